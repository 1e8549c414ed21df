"""What a person holds, what clashes in it, and what they agree to."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from eventweek.kernel.clock import now
from eventweek.kernel.db import Bilingual, db
from eventweek.programme.models import City, TravelTime, Week
from eventweek.registration.enums import State
from eventweek.registration.models import Offering, Pass, Registration
from eventweek.registration.queries.offerings import OpenOffering, is_cancelled, load_offerings
from eventweek.registration.rules import Clash, Reason, Stop, list_clashes, why_no_cancelling
from eventweek.scheduling.queries import PublishedSession


@dataclass(frozen=True)
class RegistrationFacts:
    """One registration as its holder sees it. `position` counts from 1 while waitlisted, else 0.

    `name` of the offering is empty where it is one session. Ended ones keep state and `end_reason`.
    """

    code: str
    state: str
    end_reason: str
    seats: int
    position: int
    offering: str
    mode: str
    name: Bilingual
    slot_start: datetime | None
    slot_end: datetime | None
    starts: datetime
    sessions: tuple[PublishedSession, ...]
    max_party: int
    why_no_cancelling: Reason | None

    @property
    def entitled(self) -> bool:
        """Say whether the pass opens the door of these sessions."""
        return self.state == State.CONFIRMED


def list_registrations(pass_id: int) -> list[RegistrationFacts]:
    """Return everything the holder of a pass registered for in its week, by start; ended ones too."""
    query = (
        select(Registration)
        .join(Pass, (Pass.attendee_id == Registration.attendee_id) & (Pass.week_id == Registration.week_id))
        .where(Pass.id == pass_id)
    )
    rows = list(db.session.scalars(query))
    offerings = {own.offering.id: own for own in load_offerings(sorted({row.offering_id for row in rows}))}
    positions, moment = queue_positions(rows), now()
    facts = [
        _facts(row, offerings[row.offering_id], positions.get(row.id, 0), moment)
        for row in rows
        if row.offering_id in offerings
    ]
    return sorted(facts, key=lambda own: (own.starts, own.code))


def queue_positions(rows: Iterable[Registration]) -> dict[int, int]:
    """Return the place in its queue, from 1, of each waitlisted one of these registrations, by registration id."""
    waiting = [row for row in rows if row.state == State.WAITLISTED]
    if not waiting:
        return {}
    order = (Registration.queue_priority.desc(), Registration.queued_at, Registration.id)
    place = func.row_number().over(partition_by=(Registration.offering_id, Registration.cls), order_by=order)
    queue = (
        select(Registration.id, place.label("place"))
        .where(
            Registration.offering_id.in_({row.offering_id for row in waiting}),
            Registration.state == State.WAITLISTED,
        )
        .subquery()
    )
    found = db.session.execute(select(queue.c.id, queue.c.place).where(queue.c.id.in_([row.id for row in waiting])))
    return {own: place for own, place in found}


def list_clashes_of(week_id: int, offering_codes: Collection[str], pass_id: int | None = None) -> list[Clash]:
    """Return what one person cannot attend of a basket together with what they hold: overlaps, impossible journeys."""
    query = select(Offering.id).where(Offering.week_id == week_id, Offering.code.in_(offering_codes))
    chosen = load_offerings(db.session.scalars(query).all())
    held = (
        [own for own in list_registrations(pass_id) if own.state in (State.CONFIRMED, State.WAITLISTED)]
        if pass_id
        else []
    )
    stops = {
        session.code: _stop(session)
        for sessions in [
            *(c.sessions for c in chosen if not c.offering.slot_start),
            *(h.sessions for h in held if not h.slot_start),
        ]
        for session in sessions
        if not is_cancelled(session)
    }
    week = db.session.get(Week, week_id)
    if week is None or len(stops) < 2:
        return []
    between = _travel_minutes()

    def travel(first: Stop, second: Stop) -> int | None:
        if not first.city or not second.city:
            return None
        if first.city == second.city:
            return week.travel_same_city_min
        return between.get(frozenset((first.city, second.city)))

    new = {session.code for own in chosen for session in own.sessions}
    clashes = list_clashes(list(stops.values()), travel)
    return [clash for clash in clashes if clash.first.code in new or clash.second.code in new]


def _facts(row: Registration, own: OpenOffering, position: int, moment: datetime) -> RegistrationFacts:
    return RegistrationFacts(
        code=row.code,
        state=row.state,
        end_reason=row.end_reason,
        seats=row.seats,
        position=position,
        offering=own.offering.code,
        mode=own.offering.mode,
        name=own.offering.name,
        slot_start=own.offering.slot_start,
        slot_end=own.offering.slot_end,
        starts=own.starts,
        sessions=own.sessions,
        max_party=own.offering.max_party,
        why_no_cancelling=why_no_cancelling(row.state, own.window, moment),
    )


def _stop(session: PublishedSession) -> Stop:
    city, title = session.facts["city"], session.title
    return Stop(
        code=session.code,
        title_zh=title.zh,
        title_en=title.en,
        start=session.start,
        end=session.end,
        venue=session.facts["venue"]["code"],
        city=city["code"] if city else "",
    )


def _travel_minutes() -> dict[frozenset[str], int]:
    codes = {own: code for own, code in db.session.execute(select(City.id, City.code))}
    rows = db.session.execute(select(TravelTime.from_id, TravelTime.to_id, TravelTime.minutes))
    return {frozenset((codes[start], codes[end])): minutes for start, end, minutes in rows}
