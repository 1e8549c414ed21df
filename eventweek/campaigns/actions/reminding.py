"""Remind people of what they registered for, so many days before, with a link by which they cancel in one tap."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import selectinload

from eventweek.audit.actions import record
from eventweek.audit.actors import SYSTEM
from eventweek.kernel.clock import local_day, now
from eventweek.kernel.db import db, transaction
from eventweek.programme.enums import WeekState
from eventweek.programme.models import Week
from eventweek.registration.enums import State
from eventweek.registration.messages import Held, tell_reminders
from eventweek.registration.models import Offering, Pass, Registration
from eventweek.registration.queries.message_texts import Hours, hours_of
from eventweek.registration.queries.offerings import OpenOffering, load_offerings

AT_ONCE = 200
"""People of one transaction."""


@dataclass(frozen=True)
class Due:
    """The day that people are reminded of, and since when that is due: who registered later needs no reminder."""

    day: date
    since: datetime


def send_reminders() -> int:
    """Write the reminders whose hour has come, one a person and day, once; return how many are new."""
    weeks = db.session.scalars(select(Week).where(Week.state == WeekState.OPEN)).all()
    due = [(week.id, what) for week in weeks if (what := due_at(week.timezone, hours_of(week.id), now()))]
    db.session.rollback()
    return sum(_remind(week_id, what) for week_id, what in due)


def due_at(zone: str, hours: Hours, at: datetime) -> Due | None:
    """Return the reminders that are due at an instant, None while there are none."""
    local = at.astimezone(ZoneInfo(zone))
    if not hours.remind or f"{local:%H:%M}" < hours.remind_at:
        return None
    clock = datetime.strptime(hours.remind_at, "%H:%M").time()
    since = datetime.combine(local.date(), clock, ZoneInfo(zone))
    return Due(local.date() + timedelta(days=hours.remind_days), since)


def _remind(week_id: int, due: Due) -> int:
    count, after = 0, 0
    while True:
        with transaction():
            week = db.session.get_one(Week, week_id)
            offerings = _of_the_day(week, due.day)
            people = _people(offerings, due, after)
            new = tell_reminders(week, _held(people, offerings, due), due.day)
            if new:
                told = {"day": due.day.isoformat(), "people": new}
                record(SYSTEM, "reminder.send", "week", week.code, week_id=week_id, **told)
        count += new
        if len(people) < AT_ONCE:
            return count
        after = people[-1].id


def _of_the_day(week: Week, day: date) -> dict[int, OpenOffering]:
    ids = db.session.scalars(select(Offering.id).where(Offering.week_id == week.id)).all()
    ahead = [own for own in load_offerings(ids) if not own.window.cancelled and own.starts > now()]
    return {own.offering.id: own for own in ahead if local_day(own.starts, week.timezone) == day}


def _people(offerings: dict[int, OpenOffering], due: Due, after: int) -> Sequence[Pass]:
    holds = select(Registration.id).where(Registration.attendee_id == Pass.attendee_id, *_to_remind(offerings, due))
    query = select(Pass).where(Pass.status == "active", Pass.id > after, holds.exists()).order_by(Pass.id)
    return db.session.scalars(query.limit(AT_ONCE).options(selectinload(Pass.attendee))).all()


def _to_remind(offerings: dict[int, OpenOffering], due: Due) -> tuple[ColumnElement[bool], ...]:
    confirmed = (Registration.state == State.CONFIRMED, Registration.created_at < due.since)
    return (*confirmed, Registration.offering_id.in_(offerings))


def _held(people: Sequence[Pass], offerings: dict[int, OpenOffering], due: Due) -> list[tuple[Pass, Held]]:
    """Return what each of these people holds that day, by time."""
    holders = [own.attendee_id for own in people]
    query = select(Registration).where(Registration.attendee_id.in_(holders), *_to_remind(offerings, due))
    found: dict[int, list[tuple[OpenOffering, Registration]]] = {}
    for row in db.session.scalars(query):
        found.setdefault(row.attendee_id, []).append((offerings[row.offering_id], row))
    by_time = {holder: sorted(rows, key=lambda pair: (pair[0].starts, pair[1].id)) for holder, rows in found.items()}
    return [(own, by_time[own.attendee_id]) for own in people if own.attendee_id in by_time]
