"""What changed in things that are no subject of the table of resources: editions, offerings, gates, days, pairs."""

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import Facts, blueprint, needs_key, paged
from eventweek.api.v1.desk.schemas import PAGE, described_as
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.audit.histories import RevisionFilter, Stretch, list_revisions, stretch_of
from eventweek.audit.models import Revision
from eventweek.checkin.queries.gates import list_gates
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import Week
from eventweek.programme.queries.calendar import find_holiday, find_travel_time
from eventweek.programme.queries.masters import Listed
from eventweek.programme.rules.calendar import day_number, pair_number
from eventweek.registration.queries.desk import find_offering

SHAPE = "DeskRevisionList"


def past(stretch: Stretch) -> Response:
    """Answer one page of a history, the newest change first."""
    return paged(lambda window: Listed(*list_revisions(stretch, RevisionFilter(), window)), _revision)


@blueprint.get("/weeks/<week>/history")
@described_as("List what changed in an edition, the newest first", SHAPE, *PAGE)
@needs_key(Verb.PROGRAMME_READ)
def week_history(_actor: Actor, week: Week) -> Response:
    """Answer the history of the settings and of the state."""
    return past(stretch_of("week", week.id))


@blueprint.get("/weeks/<week>/offerings/<code>/history")
@described_as("List what changed in an offering, the newest first", SHAPE, *PAGE)
@needs_key(Verb.REGISTRATIONS_READ)
def offering_history(actor: Actor, week: Week, code: str) -> Response:
    """Answer the history of an offering that the role reaches."""
    found = find_offering(week.id, code, actor=actor)
    if found is None:
        raise Refusal("offering.not_found")
    return past(stretch_of("offering", found.offering.id))


@blueprint.get("/weeks/<week>/gates/<code>/history")
@described_as("List what changed at a gate, the newest first", SHAPE, *PAGE)
@needs_key(Verb.DOOR_MANAGE)
def gate_history(_actor: Actor, week: Week, code: str) -> Response:
    """Answer the history of a gate."""
    found = next((gate for gate in list_gates(week.id) if gate.code == code), None)
    if found is None:
        raise Refusal("gate.not_found")
    return past(stretch_of("gate", found.id))


@blueprint.get("/holidays/<code>/history")
@described_as("List what changed in the entry of a day, the newest first", SHAPE, *PAGE)
@needs_key(Verb.PROGRAMME_READ)
def holiday_history(_actor: Actor, code: str) -> Response:
    """Answer the history of a day that has an entry."""
    found = find_holiday(code)
    if found is None:
        raise Refusal("subject.not_found")
    return past(Stretch((("holiday", day_number(found.day)),)))


@blueprint.get("/travel-times/<code>/<other>/history")
@described_as("List what changed in the minutes between two cities, the newest first", SHAPE, *PAGE)
@needs_key(Verb.PROGRAMME_READ)
def travel_time_history(_actor: Actor, code: str, other: str) -> Response:
    """Answer the history of a pair, in either order."""
    found = find_travel_time(code, other)
    if found is None:
        raise Refusal("subject.not_found")
    return past(Stretch((("travel_time", pair_number(found[2].from_id, found[2].to_id)),)))


def _revision(row: Revision) -> Facts:
    facts = {"id": row.id, "at": row.at, "actor": row.actor, "subject": row.subject, "verb": row.verb}
    return dict(told({**facts, "version": row.version, "changes": {**row.personal, **row.changes}}))
