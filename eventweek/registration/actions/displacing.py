"""Put whom a smaller room has no seat for at the head of the waiting list; nobody is dropped."""

from sqlalchemy import func, select

from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.registration.actions import seats
from eventweek.registration.actions.allotting import take_out
from eventweek.registration.actions.history import Step, take_step
from eventweek.registration.enums import PoolClass, State
from eventweek.registration.models import Registration
from eventweek.registration.queries.offerings import OpenOffering
from eventweek.registration.queueing import Seated, choose_displaced


def displace(own: OpenOffering, short: int, *, actor: Actor) -> list[Registration]:
    """Free so many seats: whole parties go to the head of their queue, inside the caller's transaction.

    Who: see queueing.choose_displaced. Those who registered first stand first. The pools are locked; whoever calls
    sets the new size, gives what is left over to who waits, and tells people.
    Raises: Refusal seat.kept_back with the seats that holds and applications keep.
    """
    having = Registration.state.in_((State.CONFIRMED, State.OFFERED))
    query = select(Registration).where(Registration.offering_id == own.offering.id, having)
    query = query.where(Registration.cls != PoolClass.ONLINE)
    rows = {row.id: row for row in db.session.scalars(query.execution_options(populate_existing=True))}
    parties = [
        Seated(row.id, row.seats, max(row.queue_priority, 0), row.created_at, row.state == State.OFFERED)
        for row in rows.values()
    ]
    gone = [rows[each] for each in choose_displaced(parties, short)]
    freed = sum(row.seats for row in gone)
    if freed < short:
        raise Refusal("seat.kept_back", seats=short - freed)
    head = select(func.max(Registration.queue_priority)).where(
        Registration.offering_id == own.offering.id, Registration.state == State.WAITLISTED
    )
    first = (db.session.scalar(head) or 0) + 1
    for row in gone:
        _put_back(row, own, first, actor)
    return gone


def _put_back(row: Registration, own: OpenOffering, priority: int, actor: Actor) -> None:
    pools, k = seats.pools_of(own.offering, row.cls), row.seats
    if row.state == State.OFFERED:
        seats.requeue(pools, k)
        step = Step(State.WAITLISTED, "displaced", held=-k, waiting=k)
    else:
        take_out(row, pools)
        seats.wait(pools, k)
        step = Step(State.WAITLISTED, "displaced", taken=-k, waiting=k)
    row.holding, row.offer_expires_at, row.overtaken = False, None, 0
    row.queue_priority, row.queued_at = priority, row.created_at
    take_step(row, pools, step, actor=actor)
    record(actor, "registration.displace", "registration", row.code, week_id=row.week_id, seats=k)
