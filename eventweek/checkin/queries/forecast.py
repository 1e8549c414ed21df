"""How many gates each venue needs on a day: from confirmed registrations and the times at which people come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction

from sqlalchemy import func, select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actors import Actor
from eventweek.checkin.enums import Fit
from eventweek.checkin.forecast import (
    LATE_MIN,
    QUARTER_MIN,
    QUARTER_S,
    Asked,
    Crowd,
    busiest_rate,
    expect,
    fit_of,
    gates_for,
    measure,
)
from eventweek.checkin.queries.arrivals import list_arrivals
from eventweek.checkin.queries.gates import list_devices, list_gates
from eventweek.checkin.queries.sessions import DoorSession, is_on, list_sessions
from eventweek.kernel.clock import local_day, now
from eventweek.kernel.db import Bilingual, db
from eventweek.programme.enums import Family
from eventweek.programme.models import Week
from eventweek.programme.rules.scopes import bar_of_session, scopes
from eventweek.registration.enums import PoolClass, State
from eventweek.registration.models import Offering, OfferingSession, Registration

_WORST = {Fit.SHORT: 0, Fit.TIGHT: 1, Fit.ENOUGH: 2}


@dataclass(frozen=True)
class QuarterRow:
    """A quarter hour at a door. `rate`: people a second in its busiest minutes; `needed` gates against those there."""

    at: datetime
    people: int
    rate: float
    needed: int
    fit: Fit


@dataclass(frozen=True)
class DoorRow:
    """A venue; `gates` are its entrances, `phones` the devices that stand there alone, `lanes` what is counted with."""

    code: str
    name: Bilingual
    gates: int
    phones: int
    quarters: tuple[QuarterRow, ...]

    @property
    def lanes(self) -> int:
        """Return how many people can be let in side by side: an entrance is one, further phones at it are more."""
        return max(self.gates, self.phones)

    @property
    def worst(self) -> QuarterRow:
        """Return the quarter hour that needs most gates, the first of several."""
        return max(self.quarters, key=lambda row: (row.needed, row.people, -row.at.timestamp()))


@dataclass(frozen=True)
class Forecast:
    """The doors of a day, the worst first. `measured`: the week's own curve, None as long as too few came.

    `uncounted`: sessions of the day to which people come without registering; `roaming`: phones of several venues.
    """

    day: date
    asked: Asked
    doors: tuple[DoorRow, ...]
    measured: tuple[int, ...] | None
    uncounted: int
    roaming: int


def read_forecast(week: Week, day: date, asked: Asked, *, actor: Actor) -> Forecast:
    """Return what each venue within the actor's reach needs on a local day, in seven statements.

    Raises: Refusal permission.denied.
    """
    require(actor, Verb.DOOR_MANAGE, week.id)
    own = scopes(actor, Verb.DOOR_MANAGE, week.id)
    every = [session for session in list_sessions(week.id) if not session.cancelled]
    mine = [s for s in every if is_on(s, day, week.timezone) and bar_of_session(own, s.owners) is None]
    people = _list_people(week.id)
    crowds = [crowd for session in mine for crowd in _crowds(session, people.get(session.id, []))]
    gates, phones, roaming = _count_lanes(week.id)
    names = {session.venue_code: session.venue for session in mine}
    doors = []
    for code, quarters in expect(crowds, asked.shares).items():
        lanes = max(gates.get(code, 0), phones.get(code, 0))
        rows = [_row(n, count, lanes, asked.seconds) for n, count in sorted(quarters.items()) if count >= 1]
        rows = [row for row in rows if local_day(row.at, week.timezone) == day]
        if rows:
            doors.append(DoorRow(code, names[code], gates.get(code, 0), phones.get(code, 0), tuple(rows)))
    return Forecast(
        day=day,
        asked=asked,
        doors=tuple(sorted(doors, key=_badness)),
        measured=measure(_list_minutes(week.id, every)),
        uncounted=sum(session.open_entry for session in mine),
        roaming=roaming,
    )


def _badness(door: DoorRow) -> tuple[int, int, int, str]:
    worst = min(_WORST[row.fit] for row in door.quarters)
    return worst, door.lanes - door.worst.needed, -door.worst.needed, door.code


def _row(quarter: int, people: Fraction, lanes: int, seconds: int) -> QuarterRow:
    return QuarterRow(
        at=datetime.fromtimestamp(quarter * QUARTER_S, UTC),
        people=int(people + Fraction(1, 2)),
        rate=float(busiest_rate(people)),
        needed=gates_for(people, seconds),
        fit=fit_of(people, lanes, seconds),
    )


def _crowds(session: DoorSession, people: Sequence[tuple[datetime | None, int]]) -> list[Crowd]:
    """Return who comes to a session: by the curve, to an exhibition evenly; who has a slot comes for that."""
    minutes = int((session.end - session.start).total_seconds() // 60)
    even = max(QUARTER_MIN, minutes - LATE_MIN) if session.family == Family.SHOW else 0
    return [
        Crowd(session.venue_code, count, _minute(slot or session.start), 0 if slot else even) for slot, count in people
    ]


def _list_people(week_id: int) -> dict[int, list[tuple[datetime | None, int]]]:
    """Return the confirmed seats of sessions by slot, without those who take part on line."""
    query = (
        select(OfferingSession.session_id, Offering.slot_start, func.sum(Registration.seats))
        .join(Offering, Offering.id == OfferingSession.offering_id)
        .join(Registration, Registration.offering_id == Offering.id)
        .where(Offering.week_id == week_id, Registration.state == State.CONFIRMED)
        .where(Registration.cls != PoolClass.ONLINE)
        .group_by(OfferingSession.session_id, Offering.slot_start)
    )
    found: dict[int, list[tuple[datetime | None, int]]] = {}
    for session_id, slot, seats in db.session.execute(query):
        found.setdefault(session_id, []).append((slot, seats))
    return found


def _count_lanes(week_id: int) -> tuple[dict[str, int], dict[str, int], int]:
    """Return entrances and phones by venue, and how many phones stand at no single one."""
    gates: dict[str, int] = {}
    phones: dict[str, int] = {}
    for gate in list_gates(week_id):
        gates[gate.venue.code] = gates.get(gate.venue.code, 0) + 1
    roaming = 0
    for device in list_devices(week_id):
        if device.revoked_at is None and device.valid_to > now():
            venues = {row.gate.venue.code for row in device.gates}
            roaming += len(venues) != 1
            if len(venues) == 1:
                phones[min(venues)] = phones.get(min(venues), 0) + 1
    return gates, phones, roaming


def _list_minutes(week_id: int, sessions: Sequence[DoorSession]) -> dict[int, int]:
    """Return people by minutes after the beginning, of sessions that are over; exhibitions have no hour of arrival."""
    over = {s.id: s.start for s in sessions if s.end <= now() and s.family != Family.SHOW}
    found: dict[int, int] = {}
    for session_id, came in list_arrivals(week_id, 60).items():
        if session_id in over:
            for at, count in came.items():
                minute = int((at - over[session_id]).total_seconds() // 60)
                found[minute] = found.get(minute, 0) + count
    return found


def _minute(at: datetime) -> int:
    return int(at.timestamp()) // 60
