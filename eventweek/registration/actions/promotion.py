"""Let waiting parties in, in the transaction that frees the seats."""

from datetime import timedelta

from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.registration.actions import seats
from eventweek.registration.actions.history import Step, take_step
from eventweek.registration.enums import PoolClass, State
from eventweek.registration.messages import tell_promoted
from eventweek.registration.models import CapacityPool, Registration
from eventweek.registration.queries.offerings import OpenOffering, free_seats, least
from eventweek.registration.queries.passes import holders
from eventweek.registration.rules import Waiting, choose_promoted

ORDER = (PoolClass.PUBLIC, PoolClass.INVITED, PoolClass.MEDIA, PoolClass.STANDBY)


def promote(own: OpenOffering, first: str = PoolClass.PUBLIC) -> list[Registration]:
    """Confirm who waits and fits, the class `first` before the others; nobody after the cut-off or a cancellation.

    The caller has locked the offering's pools by a change of seats. Returns those confirmed.
    """
    cut_off = own.starts - timedelta(minutes=own.offering.promote_until_min)
    if own.window.cancelled or now() >= cut_off:
        return []
    seats.lock([own.offering.id])
    promoted: list[Registration] = []
    for cls in sorted(ORDER, key=lambda cls: cls != first):
        promoted += _promote_class(own, cls)
    for week, holder, row in holders(promoted):
        tell_promoted(week, holder, own, row)
    return promoted


def _promote_class(own: OpenOffering, cls: str) -> list[Registration]:
    query = select(CapacityPool).where(CapacityPool.offering_id == own.offering.id)
    pools = {p.cls: p for p in db.session.scalars(query.execution_options(populate_existing=True))}
    if cls not in pools or not pools[cls].waiting:
        return []
    free = least(*(free_seats(pools[c]) for c in (PoolClass.ROOM, cls)))
    if free == 0:
        return []
    queue = _queue(own.offering.id, cls)
    largest = least(*(_size(pools[c]) for c in (PoolClass.ROOM, cls)))
    parties = [Waiting(row.id, row.seats, row.overtaken) for row in queue]
    chosen, overtaken = choose_promoted(parties, free, largest, own.offering.overtakes)
    both = seats.Pools(pools[PoolClass.ROOM].id, pools[cls].id)
    promoted = []
    for row in queue:
        if row.id in chosen and seats.promote(both, row.seats):
            step = Step(State.CONFIRMED, "promoted", taken=row.seats, waiting=-row.seats)
            take_step(row, both, step, actor=SYSTEM)
            promoted.append(row)
        elif row.id in overtaken:
            row.overtaken = overtaken[row.id]
    return promoted


def _queue(offering_id: int, cls: str) -> list[Registration]:
    query = select(Registration).where(
        Registration.offering_id == offering_id, Registration.cls == cls, Registration.state == State.WAITLISTED
    )
    order = (Registration.queue_priority.desc(), Registration.queued_at, Registration.id)
    return list(db.session.scalars(query.order_by(*order).execution_options(populate_existing=True)))


def _size(pool: CapacityPool) -> int | None:
    return None if pool.cap is None else pool.cap + pool.overbook
