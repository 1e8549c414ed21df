"""What the caller's own key is and may do."""

from flask import Response

from eventweek.accounts.enums import Role, Verb
from eventweek.accounts.permissions import TABLE
from eventweek.api.v1.desk.frame import at_work, blueprint, needs_key
from eventweek.api.v1.desk.schemas import described_as
from eventweek.api.v1.frame import private
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor


@blueprint.get("/key")
@described_as("Show the key of the caller and what it may do", "DeskKey")
@needs_key(Verb.PROGRAMME_READ)
def own_key(_actor: Actor) -> Response:
    """Answer a program that asks who it is."""
    facts = at_work().facts
    held = facts.held
    scope = {"kind": held.scope_kind, "id": held.scope_code}
    may = sorted(str(verb) for verb in TABLE[Role(held.role)])
    body = {"id": facts.code, "name": facts.name, "week": held.week, "role": held.role, "scope": scope, "may": may}
    life = {name: getattr(facts, name) for name in ("created_at", "expires_at", "last_used_at")}
    return private(told(body | life))
