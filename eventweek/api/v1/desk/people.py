"""People of a week: who may be in it twice, and making two one. Contacts are not here; names are."""

from typing import Any

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import Facts, blueprint, needs_key, once_by_key, sent, text
from eventweek.api.v1.desk.schemas import ONCE, described_as
from eventweek.api.v1.frame import private
from eventweek.audit.actors import Actor
from eventweek.checkin.actions.merging import merge_attendees, require_week
from eventweek.checkin.queries.duplicates import list_duplicates
from eventweek.kernel.errors import FieldError, Invalid
from eventweek.programme.models import Week
from eventweek.registration.duplicates import Known


@blueprint.get("/weeks/<week>/duplicates")
@described_as("List pairs of people that may be one person", "DeskDuplicates")
@needs_key(Verb.REGISTRATIONS_EDIT)
def duplicates(actor: Actor, week: Week) -> Response:
    """Answer the likeliest first; `family` only shares a phone or an e-mail address."""
    require_week(actor, Verb.REGISTRATIONS_EDIT, week.id)
    found = list_duplicates(week.id)
    return private({"items": [{"likeness": str(kind), "people": [_told(a), _told(b)]} for kind, a, b in found]})


@blueprint.post("/weeks/<week>/merges")
@described_as("Make two people one", "DeskMerged", ONCE, body="DeskMerge")
@needs_key(Verb.REGISTRATIONS_EDIT)
def merge(actor: Actor, week: Week) -> Response:
    """Give everything of the holder of the pass `lose` to that of `keep`; what both had twice ends once."""
    body = sent(fields=("keep", "lose", "reason", "same_person"))
    same = body.get("same_person", False)
    if not isinstance(same, bool):
        raise Invalid([FieldError("same_person", "json.type")])

    def produce() -> Facts:
        codes: Any = (text(body, "keep")[:16], text(body, "lose")[:16])
        return vars(merge_attendees(week.id, *codes, reason=text(body, "reason"), actor=actor, same_person=same))

    return private(once_by_key(body, produce))


def _told(own: Known) -> Facts:
    return {"pass": own.code, "name": own.name, "organisation": own.organisation}
