"""The live wall: who is registered, arrived and inside by session, venue, city and week, and how the gates are.

What a week looks like on a day is read once for all walls and kept while nothing happened; each viewer gets their part.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actors import Actor
from eventweek.audit.models import AuditEntry
from eventweek.checkin.enums import Contact
from eventweek.checkin.models import Device, Gate, Scan
from eventweek.checkin.queries.arrivals import list_arrivals
from eventweek.checkin.queries.gates import list_devices, list_gates
from eventweek.checkin.queries.sessions import DoorSession, Turnout, is_on, list_sessions, list_turnout, usual_day
from eventweek.kernel.clock import local_day, now
from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.errors import Refusal
from eventweek.kernel.remembering import Memory
from eventweek.programme.models import Week
from eventweek.programme.rules.scopes import Owners, Scope, bar_of_session, scopes
from eventweek.registration.models import RegistrationEvent

QUARTER = 900
"""Seconds."""
QUIET = timedelta(minutes=10)
"""A phone at which nobody comes by is heard of more rarely than that; longer, and somebody looks after it."""
CLOCK_OFF_MS = 60_000
"""A device whose clock is further off than this is named."""
_MEMORY: Memory["_Picture"] = Memory(most=16, seconds=60)


@dataclass(frozen=True)
class Wish:
    """What an address chooses: one session, venue or city by code, all of it where these are empty; and the day."""

    session: str = ""
    venue: str = ""
    city: str = ""
    day: date | None = None


@dataclass(frozen=True)
class SessionRow:
    """A session and its people."""

    session: DoorSession
    turnout: Turnout


@dataclass(frozen=True)
class PlaceRow:
    """A venue or a city, and the people of its sessions on the day and in the whole week."""

    code: str
    name: Bilingual
    today: Turnout
    week: Turnout


@dataclass(frozen=True)
class GateRow:
    """An entrance."""

    code: str
    name: Bilingual
    venue: Bilingual
    venue_code: str
    stopped: bool


@dataclass(frozen=True)
class DeviceRow:
    """A device that may work; `everywhere`: at all gates. `clock_off_ms`: how far its clock was ahead of ours."""

    code: str
    name: str
    gates: tuple[GateRow, ...]
    everywhere: bool
    last_seen_at: datetime | None
    contact: Contact
    clock_off_ms: int

    @property
    def clock_wrong(self) -> bool:
        """Say whether its clock is off by more than a minute."""
        return abs(self.clock_off_ms) > CLOCK_OFF_MS

    @property
    def troubled(self) -> bool:
        """Say whether somebody should look after it."""
        return self.clock_wrong or self.contact != Contact.FRESH


@dataclass(frozen=True)
class Wall:
    """What one viewer sees at the moment `at`; `tag` is another one as soon as any of it may read otherwise.

    `quarters`: first entries on the day by the quarter hour's beginning, without gaps.
    """

    at: datetime
    tag: str
    day: date
    today: Turnout
    week: Turnout
    sessions: tuple[SessionRow, ...]
    venues: tuple[PlaceRow, ...]
    cities: tuple[PlaceRow, ...]
    quarters: tuple[tuple[datetime, int], ...]
    gates: tuple[GateRow, ...]
    devices: tuple[DeviceRow, ...]
    one: DoorSession | None = None


@dataclass(frozen=True)
class _Picture:
    """A week on a day, for whoever may see which part of it."""

    at: datetime
    rows: tuple[SessionRow, ...]
    arrivals: Mapping[int, Mapping[datetime, int]]
    gates: tuple[GateRow, ...]
    devices: tuple[DeviceRow, ...]
    cities: Mapping[str, str] = field(default_factory=dict)
    """City by venue, codes."""


def read_wall(week: Week, wish: Wish, *, actor: Actor) -> Wall:
    """Return the wall of what is wished, as far as the actor's role at the door reaches.

    One statement while nothing happened, else nine. Raises: Refusal permission.denied; wall.not_found where there is no
    such session, venue or city, or it is out of reach.
    """
    require(actor, Verb.DOOR_MANAGE, week.id)
    own = sorted(scopes(actor, Verb.DOOR_MANAGE, week.id))
    stamp = _stamp(week.id)
    first = _MEMORY.recall(week.id, stamp, lambda: _read(week))
    rows = [row for row in first.rows if bar_of_session(own, row.session.owners) is None and _is_wished(row, wish)]
    if not rows and (wish.session or wish.venue or wish.city):
        raise Refusal("wall.not_found")
    day = wish.day or _usual_day(week, rows, wish)
    today = [row for row in rows if is_on(row.session, day, week.timezone)]
    return Wall(
        at=first.at,
        tag=repr((stamp, own, wish, day)),
        day=day,
        today=_sum(today),
        week=_sum(rows),
        sessions=tuple(today),
        venues=_places(rows, today, lambda s: (s.venue_code, s.venue)),
        cities=_places(rows, today, lambda s: (s.city_code, s.city)),
        quarters=_quarters(today, first.arrivals, day, week.timezone),
        gates=tuple(gate for gate in first.gates if _gate_is_wished(gate, own, wish, rows, first)),
        devices=tuple(row for row in first.devices if _device_is_wished(row, own, wish, rows, first)),
        one=rows[0].session if wish.session else None,
    )


def _stamp(week_id: int) -> tuple[object, ...]:
    """Return what differs as soon as something happened: a scan, a step of a registration, a change at the desk.

    The minute is part of it, so that nothing is older than that, whatever came to pass. One statement.
    """
    newest = [select(func.max(model.id)).scalar_subquery() for model in (Scan, RegistrationEvent, AuditEntry)]
    seen = select(func.max(Device.last_seen_at)).where(Device.week_id == week_id).scalar_subquery()
    return (now().strftime("%Y-%m-%dT%H:%M"), *map(str, db.session.execute(select(*newest, seen)).one()))


def _read(week: Week) -> _Picture:
    at = now()
    sessions = [session for session in list_sessions(week.id) if not session.cancelled]
    turnout = list_turnout([session.id for session in sessions])
    gates = {gate.id: _gate(gate) for gate in list_gates(week.id)}
    devices = [_device(device, gates, at) for device in list_devices(week.id) if _may_work(device, at)]
    return _Picture(
        at=at,
        rows=tuple(SessionRow(session, turnout[session.id]) for session in sessions),
        arrivals=list_arrivals(week.id, QUARTER),
        gates=tuple(gates.values()),
        devices=tuple(sorted(devices, key=lambda row: (not row.troubled, row.name, row.code))),
        cities={session.venue_code: session.city_code for session in sessions},
    )


def _quarters(
    rows: Iterable[SessionRow], arrivals: Mapping[int, Mapping[datetime, int]], day: date, zone: str
) -> tuple[tuple[datetime, int], ...]:
    """Return the arrivals of a local day, from an hour before its first session to the end of its last."""
    people: dict[datetime, int] = {}
    begin = datetime.combine(day, time(), ZoneInfo(zone))
    end = begin + timedelta(days=1)
    shown: list[datetime] = []
    for row in rows:
        shown += [row.session.start - timedelta(hours=1), row.session.end - timedelta(seconds=1)]
        for quarter, count in arrivals.get(row.session.id, {}).items():
            if begin <= quarter < end:
                people[quarter] = people.get(quarter, 0) + count
                shown.append(quarter)
    if not shown:
        return ()
    first = int(max(min(shown), begin).timestamp()) // QUARTER
    last = int(min(max(shown), end - timedelta(seconds=1)).timestamp()) // QUARTER
    moments = [datetime.fromtimestamp(number * QUARTER, ZoneInfo(zone)) for number in range(first, last + 1)]
    return tuple((moment, people.get(moment, 0)) for moment in moments)


def _places(
    rows: Iterable[SessionRow], today: Iterable[SessionRow], key: Callable[[DoorSession], tuple[str, Bilingual]]
) -> tuple[PlaceRow, ...]:
    """Return venues or cities with their people, those with most arrivals on the day first."""
    names: dict[str, Bilingual] = dict(key(row.session) for row in rows)
    whole, now_on = _by(rows, key), _by(today, key)
    every = [PlaceRow(code, name, now_on.get(code, Turnout()), whole[code]) for code, name in names.items() if code]
    return tuple(sorted(every, key=lambda row: (-row.today.arrived, -row.today.registered, row.code)))


def _by(rows: Iterable[SessionRow], key: Callable[[DoorSession], tuple[str, Bilingual]]) -> dict[str, Turnout]:
    found: dict[str, Turnout] = {}
    for row in rows:
        code = key(row.session)[0]
        found[code] = found.get(code, Turnout()) + row.turnout
    return found


def _sum(rows: Iterable[SessionRow]) -> Turnout:
    return sum((row.turnout for row in rows), Turnout())


def _is_wished(row: SessionRow, wish: Wish) -> bool:
    asked = (wish.session, row.session.code), (wish.venue, row.session.venue_code), (wish.city, row.session.city_code)
    return all(wanted in ("", code) for wanted, code in asked)


def _gate_is_wished(gate: GateRow, own: list[Scope], wish: Wish, rows: Iterable[SessionRow], picture: _Picture) -> bool:
    city = picture.cities.get(gate.venue_code, "")
    if bar_of_session(own, Owners(city=city, venue=gate.venue_code)) is not None:
        return False
    narrow = wish.session or wish.venue or wish.city
    return not narrow or gate.venue_code in {row.session.venue_code for row in rows}


def _device_is_wished(
    device: DeviceRow, own: list[Scope], wish: Wish, rows: Iterable[SessionRow], picture: _Picture
) -> bool:
    """A device of all gates is everybody's who has the whole week before them."""
    if device.everywhere:
        return bar_of_session(own, Owners()) is None and not (wish.session or wish.venue or wish.city)
    return any(_gate_is_wished(gate, own, wish, rows, picture) for gate in device.gates)


def _usual_day(week: Week, rows: Sequence[SessionRow], wish: Wish) -> date:
    """Return today where something can be on today, else the first day of the session or the week."""
    today = local_day(now(), week.timezone)
    if any(is_on(row.session, today, week.timezone) for row in rows):
        return today
    if wish.session:
        return local_day(rows[0].session.start, week.timezone)
    return usual_day(week)


def _gate(own: Gate) -> GateRow:
    return GateRow(own.code, own.name, own.venue.name, own.venue.code, own.stopped)


def _device(own: Device, gates: Mapping[int, GateRow], at: datetime) -> DeviceRow:
    seen = own.last_seen_at
    contact = Contact.NEVER if seen is None else Contact.QUIET if at - seen > QUIET else Contact.FRESH
    standing = tuple(gates[row.gate_id] for row in own.gates if row.gate_id in gates)
    return DeviceRow(own.code, own.name, standing, not own.gates, seen, contact, own.clock_offset_ms)


def _may_work(own: Device, at: datetime) -> bool:
    return own.revoked_at is None and own.valid_to > at
