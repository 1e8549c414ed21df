"""How the people of an offering would be shared out over its repeats."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.queries import get_week
from eventweek.registration.enums import LIVE, PoolClass, State
from eventweek.registration.models import Registration
from eventweek.registration.queries.desk import find_offering, is_in_reach, list_week_offerings
from eventweek.registration.queries.offerings import OpenOffering, class_of, facts_of
from eventweek.registration.queries.registrations import stop_of, travel_in
from eventweek.registration.rules import list_clashes
from eventweek.replanning.queries.effects import days_of, stops_of
from eventweek.replanning.rules import Party, spread
from eventweek.scheduling.queries import list_published

MOVABLE = (State.CONFIRMED, State.WAITLISTED)


@dataclass(frozen=True)
class Spread:
    """Who goes where: each registration that moves with its target; `stay`: how many registrations do not."""

    source: OpenOffering
    targets: Sequence[OpenOffering]
    moves: Sequence[tuple[Registration, OpenOffering]]
    stay: int

    def seats_to(self, target: OpenOffering) -> int:
        """Return how many seats go to one of the targets."""
        return sum(row.seats for row, own in self.moves if own is target)


def list_targets(source: OpenOffering, *, actor: Actor) -> list[OpenOffering]:
    """Return over which offerings people can be spread, by time: of that kind and class of seats, ahead, asking no
    more."""
    every = list_week_offerings(source.offering.week_id, actor=actor)
    return [own for own in every if _is_target(source, own) and is_in_reach(own, Verb.REGISTRATIONS_EDIT, actor)]


def plan_spread(week_id: int, code: str, targets: Sequence[str], *, actor: Actor) -> Spread:
    """Return how the people of an offering (code) would be shared out over others; see rules.spread.

    Raises: Refusal offering.not_found; Invalid spread.target at `targets` for none, or one that does not fit.
    """
    source = find_offering(week_id, code, actor=actor)
    if source is None:
        raise Refusal("offering.not_found")
    known = {own.offering.code: own for own in list_targets(source, actor=actor)}
    if not targets or any(each not in known for each in targets):
        raise Invalid([FieldError("targets", "spread.target")])
    chosen = [known[each] for each in dict.fromkeys(targets)]
    rows = _rows(source)
    free = [facts_of(own, now()).free for own in chosen]
    room = next(pool for pool in source.offering.pools if pool.cls == PoolClass.ROOM)
    where = spread(_parties(source, chosen, rows), free, room.cap)
    moves = [(row, chosen[where[row.id]]) for row in rows if row.id in where]
    return Spread(source, chosen, moves, len(rows) - len(moves))


def _is_target(source: OpenOffering, own: OpenOffering) -> bool:
    same = class_of(own.offering.mode) == class_of(source.offering.mode) and bool({*own.kinds} & {*source.kinds})
    other = own.offering.id != source.offering.id and not own.offering.asks
    return other and same and not own.window.cancelled and now() < own.window.ends


def _rows(source: OpenOffering) -> list[Registration]:
    """Return who is in or waits, in the class that the offering gives out, by id."""
    query = select(Registration).where(
        Registration.offering_id == source.offering.id,
        Registration.state.in_(MOVABLE),
        Registration.cls == class_of(source.offering.mode),
    )
    return list(db.session.scalars(query.order_by(Registration.id).execution_options(populate_existing=True)))


def _parties(source: OpenOffering, targets: Sequence[OpenOffering], rows: Sequence[Registration]) -> list[Party]:
    """Put the people of one unit together, and say where somebody of them could not be."""
    barred = _barred(source, targets)
    together: dict[tuple[str, int], list[Registration]] = {}
    for row in rows:
        together.setdefault(("unit", row.group_id) if row.group_id else ("own", row.id), []).append(row)
    return [
        Party(
            tuple(row.id for row in own),
            sum(row.seats for row in own),
            min(row.created_at for row in own),
            frozenset().union(*(barred.get(row.attendee_id, frozenset()) for row in own)),
        )
        for own in together.values()
    ]


def _barred(source: OpenOffering, targets: Sequence[OpenOffering]) -> dict[int, frozenset[int]]:
    """Return for each person in which targets (indices) they hold a place already, or what clashes with their day."""
    week_id = source.offering.week_id
    mine = select(Registration.attendee_id).where(
        Registration.offering_id == source.offering.id, Registration.state.in_(LIVE)
    )
    held = days_of(week_id, Registration.attendee_id.in_(mine.correlate(None)))
    facts = {session.id: session.facts for session in list_published(week_id)}
    leaving, travel = {session.id for session in source.sessions}, travel_in(get_week(week_id))
    found = {}
    for attendee, registrations in held.items():
        rest = [own for sessions in registrations.values() for own in sessions if own not in leaving]
        day = stops_of(rest, facts)
        codes = {stop.code for stop in day}
        bars = set()
        for number, target in enumerate(targets):
            stops = [stop_of(session.facts) for session in target.sessions if not session.cancelled]
            new = {stop.code for stop in stops}
            clashes = list_clashes([*day, *stops], travel)
            if codes & new or any({clash.first.code, clash.second.code} & new for clash in clashes):
                bars.add(number)
        found[attendee] = frozenset(bars)
    return found
