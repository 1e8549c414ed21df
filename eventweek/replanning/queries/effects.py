"""What a release does to people, before and after it: whom it affects, what clashes anew, where seats are short."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from eventweek.kernel.db import Bilingual, db
from eventweek.programme.models import Week
from eventweek.registration.enums import LIVE, PoolClass
from eventweek.registration.models import CapacityPool, Offering, OfferingSession, Registration
from eventweek.registration.queries.registrations import at_home, stop_of, travel_in
from eventweek.registration.rules import Clash, Stop, list_clashes
from eventweek.replanning.queries.demand import SEATED
from eventweek.replanning.rules import Facts, Shift, capacity_of, shifting, size_after
from eventweek.scheduling.queries import list_published
from eventweek.scheduling.queries.drafts import Draft

Pair = tuple[int, Facts | None, Facts]
"""A session by id, what is published of it, and what a release publishes."""


@dataclass(frozen=True)
class Resizing:
    """An offering whose room gets smaller: its new size, what is given out, how many seats of that are too many."""

    offering_id: int
    offering: str
    session: str
    title: Bilingual
    room: Bilingual
    size: int
    taken: int
    held: int

    @property
    def short(self) -> int:
        """Return how many seats too many are given out."""
        return max(0, self.taken + self.held - self.size)


@dataclass(frozen=True)
class Effects:
    """What a release does: shifts by offering id, live registrations in them, clashes by registration id.

    `clashes`: all that is so after it; `fresh`: those of them that were not so before.
    """

    shifts: Mapping[int, list[Shift]] = field(default_factory=dict)
    rows: Sequence[Registration] = ()
    clashes: Mapping[int, list[Clash]] = field(default_factory=dict)
    fresh: Mapping[int, list[Clash]] = field(default_factory=dict)
    resizings: Sequence[Resizing] = ()


@dataclass(frozen=True)
class Consequence:
    """What publishing a session does to its people: who is in, who waits, and who of all these gets a new clash."""

    registered: int = 0
    waiting: int = 0
    clashing: int = 0

    @property
    def people(self) -> int:
        """Return how many registrations it concerns."""
        return self.registered + self.waiting


@dataclass(frozen=True)
class Foreseen:
    """The numbers of a release to come: people, those of them with a new clash or of what is called off, by session."""

    people: int = 0
    registrations: int = 0
    clashing: int = 0
    cancelled: int = 0
    sessions: Mapping[str, Consequence] = field(default_factory=dict)
    shortages: Sequence[Resizing] = ()


def foresee(week: Week, drafts: Iterable[Draft]) -> Foreseen:
    """Return what publishing these drafts would do to people; at most six statements."""
    return foreseen(read_effects(week, pairs_of(drafts)))


def pairs_of(drafts: Iterable[Draft]) -> list[Pair]:
    """Return what publishing these drafts changes, without those that stay as they are."""
    return [(draft.session.id, draft.before, draft.after) for draft in drafts if draft.after and draft.action]


def foreseen(own: Effects) -> Foreseen:
    """Return what happens to people in numbers."""
    rows: dict[str, dict[int, Registration]] = {}
    for row in own.rows:
        for shift in own.shifts[row.offering_id]:
            rows.setdefault(shift.after["code"], {})[row.id] = row
    return Foreseen(
        people=len({row.attendee_id for row in own.rows}),
        registrations=len(own.rows),
        clashing=len({row.attendee_id for row in own.rows if own.fresh.get(row.id)}),
        cancelled=len([row for row in own.rows if all(s.after["cancelled"] for s in own.shifts[row.offering_id])]),
        sessions={code: _consequence(own, list(found.values())) for code, found in rows.items()},
        shortages=[resizing for resizing in own.resizings if resizing.short],
    )


def _consequence(own: Effects, rows: Sequence[Registration]) -> Consequence:
    waiting = sum(row.state not in SEATED for row in rows)
    return Consequence(len(rows) - waiting, waiting, sum(bool(own.fresh.get(row.id)) for row in rows))


def list_touched(pairs: Iterable[Pair]) -> list[int]:
    """Return the offerings (ids) whose people or seats publishing these concerns."""
    return sorted(_links(_touched(pairs)))


def read_effects(week: Week, pairs: Iterable[Pair]) -> Effects:
    """Return what publishing these does to the live registrations of a week, in a constant number of statements."""
    known = list(pairs)
    links = _links(_touched(known))
    if not links:
        return Effects()
    shifts = [Shift(own, kind, b, a) for own, b, a in known if b is not None and (kind := shifting(b, a))]
    after = {session.id: session.facts for session in list_published(week.id)} | {own: a for own, _b, a in known}
    before = after | {own: b for own, b, _a in known if b is not None}
    by_offering = {
        offering: [shift for shift in shifts if shift.session_id in sessions] for offering, sessions in links.items()
    }
    by_offering = {offering: own for offering, own in by_offering.items() if own}
    rows = [row for row in _live(by_offering) if _concerns(row, by_offering[row.offering_id])]
    return Effects(by_offering, rows, *_clashes(week, rows, before, after), _resizings(links, before, after))


def _concerns(row: Registration, shifts: Iterable[Shift]) -> bool:
    """Say whether shifts concern a registration: who takes part on line does not care in which hall it is."""
    return row.cls != PoolClass.ONLINE or any(not shift.is_place_only for shift in shifts)


def _touched(pairs: Iterable[Pair]) -> set[int]:
    """Return the sessions that move, are called off or brought back, or whose room gets smaller."""
    return {own for own, b, a in pairs if b is not None and (shifting(b, a) or _shrinks(b, a))}


def _shrinks(before: Facts, after: Facts) -> bool:
    return size_after(2**30, capacity_of([before]), capacity_of([after])) is not None


def _links(sessions: Collection[int]) -> dict[int, list[int]]:
    """Return the sessions of every offering that admits to one of these, by offering id."""
    touched = select(OfferingSession.offering_id).where(OfferingSession.session_id.in_(sessions))
    query = select(OfferingSession.offering_id, OfferingSession.session_id)
    links: dict[int, list[int]] = {}
    for offering, session in db.session.execute(query.where(OfferingSession.offering_id.in_(touched))):
        links.setdefault(offering, []).append(session)
    return links


def _live(offerings: Collection[int]) -> list[Registration]:
    query = select(Registration).where(Registration.offering_id.in_(offerings), Registration.state.in_(LIVE))
    query = query.options(joinedload(Registration.attendee)).order_by(Registration.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _clashes(
    week: Week, rows: Sequence[Registration], before: Mapping[int, Facts], after: Mapping[int, Facts]
) -> tuple[dict[int, list[Clash]], dict[int, list[Clash]]]:
    """Return what each person cannot attend, by the registration that it concerns: all of it, and what is new."""
    affected = select(Registration.attendee_id).where(Registration.offering_id.in_({row.offering_id for row in rows}))
    rows_held = _list_held(week.id, Registration.attendee_id.in_(affected.correlate(None)))
    held = _by_attendee(rows_held)
    online = {registration for _attendee, registration, _session, cls in rows_held if cls == PoolClass.ONLINE}
    travel, every, fresh = travel_in(week), {}, {}
    for row in rows:
        day = held.get(row.attendee_id, {})
        own = [session for sessions in day.values() for session in sessions]
        from_home = {session for number, sessions in day.items() if number in online for session in sessions}
        mine = {after[session]["code"] for session in day.get(row.id, ()) if session in after}
        old = {key_of(clash) for clash in list_clashes(stops_of(own, before, from_home), travel)}
        new = [c for c in list_clashes(stops_of(own, after, from_home), travel) if {c.first.code, c.second.code} & mine]
        every[row.id], fresh[row.id] = new, [clash for clash in new if key_of(clash) not in old]
    return every, fresh


def days_of(week_id: int, whose: ColumnElement[bool]) -> dict[int, dict[int, list[int]]]:
    """Return the sessions of the live registrations of people by attendee id and registration id, in one statement.

    The slots of an exhibition are left out, as everywhere where clashes are looked for: one drops in and out.
    """
    return _by_attendee(_list_held(week_id, whose))


def _list_held(week_id: int, whose: ColumnElement[bool]) -> list[Any]:
    query = (
        select(Registration.attendee_id, Registration.id, OfferingSession.session_id, Registration.cls)
        .join(Offering, Offering.id == Registration.offering_id)
        .join(OfferingSession, OfferingSession.offering_id == Offering.id)
        .where(Registration.week_id == week_id, Registration.state.in_(LIVE), Offering.slot_start.is_(None))
    )
    return list(db.session.execute(query.where(whose)))


def _by_attendee(rows: Iterable[Any]) -> dict[int, dict[int, list[int]]]:
    held: dict[int, dict[int, list[int]]] = {}
    for attendee, registration, session, _cls in rows:
        held.setdefault(attendee, {}).setdefault(registration, []).append(session)
    return held


def stops_of(sessions: Iterable[int], facts: Mapping[int, Facts], online: Collection[int] = frozenset()) -> list[Stop]:
    """Return sessions (ids) as stops of a day, each once, without what is called off; those on line in no place."""
    every = [own for own in dict.fromkeys(sessions) if own in facts and not facts[own]["cancelled"]]
    return [at_home(stop_of(facts[own])) if own in online else stop_of(facts[own]) for own in every]


def key_of(clash: Clash) -> tuple[str, frozenset[str]]:
    """Return by what a clash is known: its kind and the two sessions."""
    return clash.kind, frozenset((clash.first.code, clash.second.code))


def _resizings(
    links: Mapping[int, Sequence[int]], before: Mapping[int, Facts], after: Mapping[int, Facts]
) -> list[Resizing]:
    query = select(Offering, CapacityPool).join(CapacityPool, CapacityPool.offering_id == Offering.id)
    query = query.where(Offering.id.in_(links), CapacityPool.cls == PoolClass.ROOM).order_by(Offering.id)
    found = []
    for offering, pool in db.session.execute(query.execution_options(populate_existing=True)):
        own = [after[session] for session in links[offering.id] if session in after]
        old = capacity_of([before[session] for session in links[offering.id] if session in before])
        size = size_after(pool.cap, old, capacity_of(own))
        if size is None:
            continue
        smallest = min((f for f in own if not f["cancelled"]), key=lambda f: f["room"]["capacity"] or 2**30)
        room, title = smallest["room"], smallest["title"]
        names = Bilingual(title["zh"], title["en"]), Bilingual(room["zh"], room["en"])
        found.append(Resizing(offering.id, offering.code, smallest["code"], *names, size, pool.taken, pool.held))
    return found
