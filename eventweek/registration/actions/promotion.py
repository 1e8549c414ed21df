"""Let waiting parties in, in the transaction that frees the seats."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from eventweek.audit.actors import SYSTEM, Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.registration.actions import seats
from eventweek.registration.actions.history import Step, take_step
from eventweek.registration.actions.lapsing import lapse
from eventweek.registration.enums import PoolClass, State, Way
from eventweek.registration.messages import tell_offered, tell_promoted
from eventweek.registration.models import CapacityPool, Registration
from eventweek.registration.queries.offerings import OpenOffering, read_pools, room_of, serving_order, terms_of
from eventweek.registration.queries.passes import holders
from eventweek.registration.queueing import offer_until, way_of
from eventweek.registration.rules import Waiting, choose_promoted


@dataclass(frozen=True)
class Served:
    """Who got a seat, and to whom one was offered."""

    confirmed: list[Registration] = field(default_factory=list)
    offered: list[Registration] = field(default_factory=list)


def promote(own: OpenOffering, first: str = PoolClass.PUBLIC) -> Served:
    """Give free seats to who waits and fits, the class `first` before the others in the organiser's order.

    Before that, offers and holds whose time is over end. Before the cut-off a party is confirmed, then asked; see
    queueing.way_of. The caller has locked the offering's pools by a change of seats.
    """
    seats.lock([own.offering.id])
    lapse(own)
    served = Served()
    pools = read_pools(own.offering.id)
    for cls in serving_order(pools.values(), first):
        if pools[cls].waiting and _serve(own, pools, cls, served):
            pools = read_pools(own.offering.id)
    for week, holder, row in holders(served.confirmed):
        tell_promoted(week, holder, own, row)
    for week, holder, row in holders(served.offered):
        tell_offered(week, holder, own, row)
    return served


def join(own: OpenOffering, cls: str) -> None:
    """Let in who fits now that a party has joined the queue of a class, whose pools the caller has locked by that.

    Where every seat is taken for good there is nobody to look for: no offer and no hold could have ended.
    """
    pools = read_pools(own.offering.id)
    if room_of(pools, cls).free != 0 or any(pool.held for pool in pools.values()):
        promote(own, cls)


def confirm_waiting(row: Registration, pools: seats.Pools, reason: str = "promoted", *, actor: Actor = SYSTEM) -> bool:
    """Turn a waiting party into a confirmed one; False when the seats are not there."""
    if not seats.promote(pools, row.seats):
        return False
    take_step(row, pools, Step(State.CONFIRMED, reason, taken=row.seats, waiting=-row.seats), actor=actor)
    return True


def offer_seats(row: Registration, own: OpenOffering, pools: seats.Pools) -> bool:
    """Offer a waiting party its seats until the offer's end; False when they are not there or it is too late."""
    until = offer_until(terms_of(own), now())
    if until is None or not seats.offer(pools, row.seats):
        return False
    row.offer_expires_at, row.holding, row.offers = until, True, row.offers + 1
    take_step(row, pools, Step(State.OFFERED, "offered", held=row.seats, waiting=-row.seats), actor=SYSTEM)
    return True


def _serve(own: OpenOffering, pools: Mapping[str, CapacityPool], cls: str, served: Served) -> bool:
    """Serve the queue of one class; say whether seats moved."""
    way, room = way_of(terms_of(own), cls, pools[cls].consent, now()), room_of(pools, cls)
    if way == Way.KEEP or room.free == 0:
        return False
    queue = _queue(own.offering.id, cls)
    parties = [Waiting(row.id, row.seats, row.overtaken) for row in queue]
    chosen, overtaken = choose_promoted(parties, room.free, room.largest, own.offering.overtakes)
    both = seats.Pools(pools[PoolClass.ROOM].id, pools[cls].id)
    for row in queue:
        if row.id in overtaken:
            row.overtaken = overtaken[row.id]
        elif row.id in chosen and way == Way.CONFIRM and confirm_waiting(row, both):
            served.confirmed.append(row)
        elif row.id in chosen and way == Way.OFFER and offer_seats(row, own, both):
            served.offered.append(row)
    return bool(chosen)


def _queue(offering_id: int, cls: str) -> list[Registration]:
    query = select(Registration).where(
        Registration.offering_id == offering_id, Registration.cls == cls, Registration.state == State.WAITLISTED
    )
    order = (Registration.queue_priority.desc(), Registration.queued_at, Registration.id)
    return list(db.session.scalars(query.order_by(*order).execution_options(populate_existing=True)))
