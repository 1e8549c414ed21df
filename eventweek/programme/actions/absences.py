"""Somebody cannot come after all: note when, and take them out of a session; each action is one transaction."""

from collections.abc import Mapping
from datetime import datetime

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import transaction
from eventweek.kernel.errors import FieldError, Invalid
from eventweek.programme.actions.parties import edit_person
from eventweek.programme.actions.sessions import edit_session, locked_session
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.models import Person, Session, Week
from eventweek.programme.queries.records import get_record
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.absences import hours_left, why_no_absence
from eventweek.programme.rules.checks import localised
from eventweek.programme.rules.incidents import Loss
from eventweek.programme.rules.subjects import PERSON, SESSION
from eventweek.programme.rules.values import Moment, Wrong


def read_absence(week: Week, values: Mapping[str, object]) -> Loss:
    """Return from when until when somebody cannot come: `since`, `until` (empty: now, and nobody knows).

    Raises: Invalid.
    """
    times: dict[str, datetime | None] = {}
    for name in ("since", "until"):
        try:
            times[name] = localised(Moment().clean(values.get(name)), week.timezone)
        except Wrong as wrong:
            raise Invalid([FieldError(name, wrong.error.code, wrong.error.facts)]) from None
    away = Loss(times["since"] or now().replace(second=0, microsecond=0), times["until"])
    if errors := why_no_absence(away, [row.day for row in week.days], week.timezone):
        raise Invalid(errors)
    return away


def note_absence(
    week_id: int, person: str, values: Mapping[str, object], *, actor: Actor, version: int | None = None
) -> Person:
    """Take the time out of the hours in which a person can come: the plan names what they miss, the planner heeds it.

    `values` as for `read_absence`. A second call changes nothing.
    Raises: Refusal permission.denied, week.not_found, week.archived, subject.not_found, version.stale; Invalid.
    """
    with transaction():
        require(actor, Verb.RELEASE_PUBLISH, week_id)
        week = editable_week(week_id)
        away, days = read_absence(week, values), {row.day for row in week.days}
        own = get_record(PERSON, None, person)
        before, left = own.version, hours_left(values_of(PERSON, own)["availability"], days, away, week.timezone)
        edited = edit_person(person, {"availability": left}, version=version, actor=actor)
        if edited.version != before:
            told = {"since": away.since.isoformat(), "until": away.until.isoformat() if away.until else None}
            record(actor, "person.away", "person", person, week_id=week.id, **told)
        return edited


def leave_out(code: str, person: str, *, actor: Actor) -> Session:
    """Take a person out of a session, in all their parts. A second call changes nothing.

    Raises: Refusal permission.denied, session.not_found, week.archived.
    """
    with transaction():
        session, _week = locked_session(code, actor)
        people = values_of(SESSION, session)["people"]
        left = [row for row in people if row["person"] != person]
        return edit_session(code, {"people": left}, version=None, actor=actor)
