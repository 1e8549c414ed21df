"""Who is signed in: the session cookie holds the user's id and epoch and two times, nothing else."""

from datetime import datetime, timedelta
from typing import Any, cast

from flask import Flask, g, session
from flask_login import LoginManager, UserMixin, current_user

from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.errors import Refusal
from eventweek.programme.queries import find_actor

IDLE = timedelta(hours=2)
LIFE = timedelta(hours=12)
_NOTED_EVERY = timedelta(minutes=5)


class SignedIn(UserMixin):  # type: ignore[misc]
    """The signed-in user as flask-login and the templates see them."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.id = actor.label

    @property
    def name(self) -> str:
        """Return the person's name."""
        return self.actor.name


def init_actor(app: Flask) -> None:
    """Let flask-login find the user in our session.

    `LoginManager.init_app` is not called: its hooks read the session on each response, and public pages would then
    vary by a cookie.
    """
    manager = LoginManager()
    manager.session_protection = None
    manager.request_loader(lambda _request: _load())
    app.login_manager = manager  # type: ignore[attr-defined]
    app.jinja_env.globals["current_user"] = current_user


def current_actor() -> Actor | None:
    """Return the signed-in user with their grants, None for a visitor; asked once a request."""
    return current_user.actor if current_user.is_authenticated else None


def at_work() -> Actor:
    """Return the signed-in user.

    Raises: Refusal permission.denied for a visitor.
    """
    actor = current_actor()
    if actor is None:
        raise Refusal("permission.denied", verb="signed_in")
    return actor


def begin_session(user_id: int, epoch: int) -> None:
    """Start a new session for a user: what an earlier one held, its CSRF secret too, is gone."""
    session.clear()
    at = int(now().timestamp())
    session["staff"] = {"id": user_id, "epoch": epoch, "since": at, "seen": at}
    g.pop("_login_user", None)


def end_session() -> None:
    """Forget who is signed in."""
    session.clear()
    g.pop("_login_user", None)


def _load() -> SignedIn | None:
    known = session.get("staff")
    if not known or not _is_fresh(known):
        return None
    actor = find_actor(known["id"], known["epoch"])
    if actor is None:
        return None
    if now() - _time(known, "seen") > _NOTED_EVERY:
        session["staff"] = known | {"seen": int(now().timestamp())}
    return SignedIn(actor)


def _is_fresh(known: dict[str, Any]) -> bool:
    if "since" not in known:
        return False
    return now() - _time(known, "seen") < IDLE and now() - _time(known, "since") < LIFE


def _time(known: dict[str, Any], name: str) -> datetime:
    return datetime.fromtimestamp(cast(int, known[name]), now().tzinfo)
