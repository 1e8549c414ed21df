"""Editions: read, change, move on. Programs neither found nor delete one: that stays with people who sign in."""

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import can
from eventweek.api.v1.desk.frame import blueprint, needs_key, record, seen_version, sent, text
from eventweek.api.v1.desk.records import shape
from eventweek.api.v1.desk.schemas import IF_MATCH, IF_NONE_MATCH, described_as
from eventweek.api.v1.frame import private
from eventweek.audit.actors import Actor
from eventweek.programme.actions.weeks import edit_week, set_week_state
from eventweek.programme.models import Week
from eventweek.programme.queries import list_weeks
from eventweek.programme.queries.records import get_record
from eventweek.programme.rules.subjects import WEEK


@blueprint.get("/weeks")
@described_as("List the editions that the key may read", "DeskWeeks")
@needs_key(Verb.PROGRAMME_READ)
def week_list(actor: Actor) -> Response:
    """Answer the editions with their codes and states."""
    readable = [week for week in list_weeks() if can(actor, Verb.PROGRAMME_READ, week.id)]
    rows = [get_record(WEEK, None, week.code) for week in readable]
    return private({"items": [shape(WEEK, row) for row in rows]})


@blueprint.get("/weeks/<week>")
@described_as("Show an edition", "DeskWeek", IF_NONE_MATCH)
@needs_key(Verb.PROGRAMME_READ)
def week(_actor: Actor, week: Week) -> Response:
    """Answer an edition with its ETag."""
    return _shown(week.code)


@blueprint.patch("/weeks/<week>")
@described_as("Change fields of an edition", "DeskWeek", IF_MATCH, body="DeskWeekEdit")
@needs_key(Verb.WEEK_EDIT)
def week_edit(actor: Actor, week: Week) -> Response:
    """Change the fields that are sent."""
    body = sent()
    return _shown(edit_week(week.code, body, version=seen_version(), actor=actor).code)


@blueprint.put("/weeks/<week>/state")
@described_as("Move an edition on: draft, open, closed, archived", "DeskWeek", IF_MATCH, body="DeskState")
@needs_key(Verb.WEEK_EDIT)
def week_state(actor: Actor, week: Week) -> Response:
    """Set the state where it can follow on the one that stands."""
    state = text(sent(fields=("state",)), "state")
    return _shown(set_week_state(week.code, state, version=seen_version(), actor=actor).code)


def _shown(code: str) -> Response:
    row = get_record(WEEK, None, code)
    return record(shape(WEEK, row), row.version)
