"""End what is past its time, inside the caller's transaction: offers without an answer, holds."""

from sqlalchemy import select

from eventweek.audit.actions import record
from eventweek.audit.actors import SYSTEM, Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.registration.actions import seats
from eventweek.registration.actions.allotting import end_links, leave_seats, set_cut_off
from eventweek.registration.actions.history import Step, take_step
from eventweek.registration.enums import EndReason, State
from eventweek.registration.messages import tell_lapsed
from eventweek.registration.models import CapacityPool, Offering, PoolHold, Registration
from eventweek.registration.queries.offerings import OpenOffering, load_offerings
from eventweek.registration.queries.passes import holders
from eventweek.registration.queueing import MOST_OFFERS


def lapse(own: OpenOffering) -> None:
    """End the offers and holds of an offering that are past their time; its pools are locked."""
    held = select(CapacityPool.id).where(CapacityPool.offering_id == own.offering.id, CapacityPool.held > 0)
    pools = db.session.scalars(held).all()
    if pools:
        _lapse_offers(own)
        query = select(PoolHold).where(PoolHold.pool_id.in_(pools), PoolHold.expires_at <= now())
        for row in db.session.scalars(query.order_by(PoolHold.id)).all():
            drop_hold(row, own, SYSTEM, "lapsed")


def bound_offers(week_id: int) -> None:
    """Let no offer of a week last into its session, inside the caller's transaction: sessions have been moved."""
    offered = Registration.week_id == week_id, Registration.state == State.OFFERED
    ids = db.session.scalars(select(Registration.offering_id).where(*offered).distinct()).all()
    for own in load_offerings(ids):
        seats.lock([own.offering.id])
        query = select(Registration).where(
            Registration.offering_id == own.offering.id,
            Registration.state == State.OFFERED,
            Registration.offer_expires_at > own.starts,
        )
        for row in db.session.scalars(query.execution_options(populate_existing=True)):
            row.offer_expires_at = own.starts


def bound_allotments(week_id: int) -> None:
    """Let no allotment of a week last into its session, inside the caller's transaction: sessions have been moved."""
    query = select(PoolHold, CapacityPool.offering_id).join(CapacityPool, CapacityPool.id == PoolHold.pool_id)
    query = query.join(Offering).where(Offering.week_id == week_id, PoolHold.allotted.is_not(None))
    rows = db.session.execute(query).all()
    starts = {own.offering.id: own.starts for own in load_offerings(sorted({own for _row, own in rows}))}
    for row, offering_id in rows:
        if offering_id in starts and row.expires_at > starts[offering_id]:
            set_cut_off(row, starts[offering_id])


def drop_hold(row: PoolHold, own: OpenOffering, actor: Actor, why: str) -> None:
    """Free the seats of a hold; its pools are locked."""
    cls = next(pool.cls for pool in own.offering.pools if pool.id == row.pool_id)
    db.session.refresh(row)
    seats.unhold(seats.pools_of(own.offering, cls), row.seats)
    facts = {"hold": row.code, "class": cls, "seats": row.seats, "why": why}
    if row.allotted is not None:
        facts |= {"allotted": row.allotted}
        end_links(row.id)
    record(actor, "hold.release", "offering", own.offering.code, week_id=own.offering.week_id, **facts)
    db.session.delete(row)
    db.session.flush()


def end(row: Registration, own: OpenOffering, reason: EndReason, *, actor: Actor, note: str = "") -> None:
    """Cancel a live registration and free its seats, inside the caller's transaction, the pools being locked."""
    leave(row, own, Step(State.CANCELLED, note or reason), actor=actor)
    row.end_reason, row.ended_at = reason, now()
    record(actor, "registration.cancel", "registration", row.code, week_id=row.week_id, reason=str(reason))


def leave(row: Registration, own: OpenOffering, step: Step, *, actor: Actor) -> None:
    """Take a step that gives up whatever seats a registration has, holds or waits for."""
    pools, before, holding = seats.pools_of(own.offering, row.cls), row.state, row.holding
    taken = row.seats if before == State.CONFIRMED else 0
    waiting = row.seats if before == State.WAITLISTED else 0
    held = row.seats if holding else 0
    row.holding, row.offer_expires_at = False, None
    take_step(row, pools, Step(step.to, step.reason, -taken, -held, -waiting), actor=actor)
    if taken:
        leave_seats(row, pools)
    elif waiting:
        seats.wait(pools, -waiting)
    elif held:
        seats.unhold(pools, held)


def _lapse_offers(own: OpenOffering) -> None:
    query = select(Registration).where(Registration.offering_id == own.offering.id, Registration.state == State.OFFERED)
    moment = now()
    if moment < own.starts:
        query = query.where(Registration.offer_expires_at <= moment)
    rows = list(db.session.scalars(query.order_by(Registration.id).execution_options(populate_existing=True)))
    for row in rows:
        if own.offering.offer_requeues and row.offers < MOST_OFFERS and moment < own.starts:
            _requeue(row, own)
        else:
            end(row, own, EndReason.LAPSED, actor=SYSTEM)
    for week, holder, row in holders(rows):
        tell_lapsed(week, holder, own, row)


def _requeue(row: Registration, own: OpenOffering) -> None:
    """Put somebody who did not answer at the tail of the queue."""
    pools = seats.pools_of(own.offering, row.cls)
    seats.requeue(pools, row.seats)
    row.holding, row.offer_expires_at, row.queued_at, row.overtaken = False, None, now(), 0
    step = Step(State.WAITLISTED, EndReason.LAPSED, held=-row.seats, waiting=row.seats)
    take_step(row, pools, step, actor=SYSTEM)
