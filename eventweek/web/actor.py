"""Who is signed in: the session cookie holds the user's id and epoch, nothing else."""

from flask import g, session

from eventweek.audit.actors import Actor
from eventweek.programme.queries import find_actor


def current_actor() -> Actor | None:
    """Return the signed-in user with their grants, None for a visitor; asked once a request."""
    if "actor" not in g:
        known = session.get("staff")
        g.actor = find_actor(known["id"], known["epoch"]) if known else None
    actor: Actor | None = g.actor
    return actor
