"""Sessions as the door sees them (published snapshots only), and how many came."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from eventweek.checkin.models import Attendance
from eventweek.kernel.clock import local_day, now
from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.tokens import is_code
from eventweek.programme.enums import RegistrationMode
from eventweek.programme.models import Session, Week
from eventweek.programme.rules.scopes import Owners
from eventweek.registration.enums import PoolClass, State
from eventweek.registration.models import OfferingSession, Registration
from eventweek.scheduling.models import Published, ReleaseItem


@dataclass(frozen=True)
class DoorSession:
    """A published session of any visibility; `capacity` is the room's, None = unknown."""

    id: int
    code: str
    title: Bilingual
    start: datetime
    end: datetime
    room: Bilingual
    venue: Bilingual
    venue_code: str
    capacity: int | None
    open_entry: bool
    cancelled: bool
    family: str
    city: Bilingual
    city_code: str
    """Empty where the venue belongs to no city."""

    @property
    def owners(self) -> Owners:
        """Return whose it is, as far as a role at the door can be narrowed."""
        return Owners(city=self.city_code, venue=self.venue_code)


@dataclass(frozen=True)
class Turnout:
    """People of one session: registered seats, arrived at least once, inside now."""

    registered: int = 0
    arrived: int = 0
    inside: int = 0

    def __add__(self, other: "Turnout") -> "Turnout":
        """Return both together."""
        return Turnout(self.registered + other.registered, self.arrived + other.arrived, self.inside + other.inside)


def find_session(week_id: int, code: str) -> DoorSession | None:
    """Return one published session of the week."""
    if not is_code(code):
        return None
    row = db.session.execute(_items().where(Session.week_id == week_id, Session.code == code)).first()
    return _door_session(row[0], row[1]) if row else None


def list_sessions(week_id: int) -> list[DoorSession]:
    """Return all published sessions of the week by start, in one statement."""
    found = [_door_session(*row) for row in db.session.execute(_items().where(Published.week_id == week_id))]
    return sorted(found, key=lambda s: (s.start, s.code))


def list_days(week: Week) -> dict[date, list[DoorSession]]:
    """Return what is not cancelled by each local day on which it begins or goes on, in one statement."""
    days: dict[date, list[DoorSession]] = {}
    for session in list_sessions(week.id):
        if not session.cancelled:
            first = local_day(session.start, week.timezone)
            last = local_day(session.end - timedelta(seconds=1), week.timezone)
            for number in range((last - first).days + 1):
                days.setdefault(first + timedelta(days=number), []).append(session)
    return dict(sorted(days.items()))


def usual_day(week: Week) -> date:
    """Return today where it is one of the week's days, else its first day."""
    today = local_day(now(), week.timezone)
    return today if today in {own.day for own in week.days} else week.first_day


def is_on(session: DoorSession, day: date, zone: str) -> bool:
    """Say whether a session begins or goes on on a local day."""
    return local_day(session.start, zone) <= day <= local_day(session.end - timedelta(seconds=1), zone)


def list_sessions_of_day(week: Week, day: date) -> list[DoorSession]:
    """Return the sessions that begin or go on on a local day and are not cancelled."""
    return list_days(week).get(day, [])


def count_turnout(session_id: int) -> Turnout:
    """Return the people of one session."""
    return list_turnout([session_id]).get(session_id, Turnout())


def list_turnout(session_ids: list[int]) -> Mapping[int, Turnout]:
    """Return the people of sessions by id, in two statements."""
    query = (
        select(OfferingSession.session_id, func.sum(Registration.seats))
        .join(Registration, Registration.offering_id == OfferingSession.offering_id)
        .where(OfferingSession.session_id.in_(session_ids), Registration.state == State.CONFIRMED)
        .where(Registration.cls != PoolClass.ONLINE)
        .group_by(OfferingSession.session_id)
    )
    registered = {row[0]: row[1] for row in db.session.execute(query)}
    inside = func.sum(Attendance.party).filter(Attendance.inside)
    came = {
        row[0]: row[1:]
        for row in db.session.execute(
            select(Attendance.session_id, func.sum(Attendance.party), inside)
            .where(Attendance.session_id.in_(session_ids), Attendance.entries > 0)
            .group_by(Attendance.session_id)
        )
    }
    return {
        each: Turnout(registered.get(each, 0), came.get(each, (0, 0))[0], came.get(each, (0, 0))[1] or 0)
        for each in session_ids
    }


def _items() -> Any:
    return (
        select(Session.id, ReleaseItem.snapshot)
        .join(Published, Published.session_id == Session.id)
        .join(ReleaseItem, ReleaseItem.id == Published.item_id)
    )


def _door_session(session_id: int, facts: dict[str, Any]) -> DoorSession:
    start = datetime.strptime(facts["start"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    city = facts["city"] or {"code": "", "zh": "", "en": ""}
    return DoorSession(
        id=session_id,
        code=facts["code"],
        title=_pair(facts["title"]),
        start=start,
        end=start + timedelta(minutes=facts["minutes"]),
        room=_pair(facts["room"]),
        venue=_pair(facts["venue"]),
        venue_code=facts["venue"]["code"],
        capacity=facts["room"].get("capacity"),
        open_entry=facts["registration"] == RegistrationMode.NONE,
        cancelled=bool(facts.get("cancelled")),
        family=facts["kind"]["family"],
        city=_pair(city),
        city_code=city["code"],
    )


def _pair(text: dict[str, str]) -> Bilingual:
    return Bilingual(text["zh"], text["en"])
