"""Where somebody could go instead: what is like their session, has seats for them, and clashes with nothing."""

from typing import Any

from sqlalchemy import ColumnElement, or_, select

from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.programme.models import Series, SeriesMember, Session
from eventweek.programme.queries import get_week
from eventweek.registration.enums import AT_ONCE, PoolClass
from eventweek.registration.models import Offering, OfferingSession, Registration
from eventweek.registration.queries.alternatives import REPEAT, is_open_to_all
from eventweek.registration.queries.offerings import OpenOffering, as_held, facts_of, load_offerings
from eventweek.registration.queries.registrations import at_home, stop_of, travel_in
from eventweek.registration.rules import list_clashes
from eventweek.replanning.queries.effects import days_of, stops_of
from eventweek.scheduling.queries import map_published

MOST = 8


def list_swaps(row: Registration, most: int = MOST) -> list[OpenOffering]:
    """Return what is offered instead of a registration: repeats and slots first, then its kind, nearest in time first.

    Only what one gets into at once, that asks for nothing more, has free seats for the party, and that fits the rest
    of the person's day with the way there. Who takes part on line stays so where that is open, else it is a seat.
    """
    mine = select(OfferingSession.session_id).where(OfferingSession.offering_id == row.offering_id)
    near = _ids(row, or_(OfferingSession.session_id.in_(mine), OfferingSession.session_id.in_(_repeats(mine))))
    kinds = select(Session.kind_id).where(Session.id.in_(mine))
    alike = select(Session.id).where(Session.week_id == row.week_id, Session.kind_id.in_(kinds))
    every = near | _ids(row, OfferingSession.session_id.in_(alike))
    found = load_offerings(sorted({row.offering_id, *every}))
    own = next((one for one in found if one.offering.id == row.offering_id), None)
    others = [as_held(one, row.cls) for one in found if one is not own]
    open_now = [one for one in others if _has_room(row, one)]
    fitting = _without_clashes(row, open_now)
    starts = own.starts if own else now()
    order = sorted(fitting, key=lambda one: (one.offering.id not in near, abs(one.starts - starts), one.offering.id))
    return order[:most]


def _repeats(mine: Any) -> Any:
    series = (
        select(SeriesMember.series_id)
        .join(Series, Series.id == SeriesMember.series_id)
        .where(SeriesMember.session_id.in_(mine), Series.kind == REPEAT)
    )
    return select(SeriesMember.session_id).where(SeriesMember.series_id.in_(series))


def _ids(row: Registration, condition: ColumnElement[bool]) -> set[int]:
    query = select(OfferingSession.offering_id).join(Offering, Offering.id == OfferingSession.offering_id)
    query = query.where(Offering.week_id == row.week_id, Offering.id != row.offering_id, condition)
    return set(db.session.scalars(query))


def _has_room(row: Registration, new: OpenOffering) -> bool:
    facts = facts_of(new, now())
    fits = row.seats <= facts.max_party and (facts.free is None or row.seats <= facts.free)
    return fits and facts.why_not is None and facts.mode in AT_ONCE and not new.offering.asks and is_open_to_all(new)


def _without_clashes(row: Registration, candidates: list[OpenOffering]) -> list[OpenOffering]:
    held = days_of(row.week_id, Registration.attendee_id == row.attendee_id).get(row.attendee_id, {})
    others = {session: number for number, sessions in held.items() if number != row.id for session in sessions}
    own = select(Registration.id).where(Registration.id.in_(held), Registration.cls == PoolClass.ONLINE)
    on_line = set(db.session.scalars(own))
    facts = {number: session.facts for number, session in map_published(others).items()}
    day = stops_of(others, facts, {session for session, number in others.items() if number in on_line})
    codes, travel = {stop.code for stop in day}, travel_in(get_week(row.week_id))

    def fits(new: OpenOffering) -> bool:
        stops = [stop_of(session.facts) for session in new.sessions if not session.cancelled]
        stops = [at_home(stop) for stop in stops] if new.online else stops
        if codes & {stop.code for stop in stops}:
            return False
        if new.offering.slot_start:
            return True
        mine = {stop.code for stop in stops}
        return not any({c.first.code, c.second.code} & mine for c in list_clashes([*day, *stops], travel))

    return [new for new in candidates if fits(new)]
