"""Take an offered seat; let somebody in out of order; end what nobody answered."""

from sqlalchemy import func, or_, select

from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.text import clean_line
from eventweek.registration.actions import seats
from eventweek.registration.actions.ending import lock_registration
from eventweek.registration.actions.history import Step, take_step
from eventweek.registration.actions.promotion import confirm_waiting, promote
from eventweek.registration.enums import PoolClass, State
from eventweek.registration.messages import tell_promoted
from eventweek.registration.models import CapacityPool, PoolHold, Registration
from eventweek.registration.queries.offerings import load_offerings
from eventweek.registration.queries.passes import holders
from eventweek.registration.rules import why_no_acceptance


def accept_offer(code: str, *, actor: Actor, owner: int | None = None) -> Registration:
    """Turn an offered seat into a confirmed one. One that is confirmed already stays so.

    Raises: Refusal registration.not_found, offer.none, offer.expired, permission.denied, week.archived.
    """
    with transaction():
        row, own = lock_registration(code, actor, owner)
        if row.state != State.CONFIRMED:
            reason = why_no_acceptance(row.state, row.offer_expires_at, now())
            if reason:
                raise Refusal(reason.code, **reason.facts)
            pools = seats.pools_of(own.offering, row.cls)
            seats.accept(pools, row.seats)
            row.holding, row.offer_expires_at = False, None
            take_step(row, pools, Step(State.CONFIRMED, "accepted", taken=row.seats, held=-row.seats), actor=actor)
            record(actor, "registration.accept", "registration", row.code, week_id=row.week_id, seats=row.seats)
            for week, holder, _row in holders([row]):
                tell_promoted(week, holder, own, row)
    return row


def promote_registration(code: str, *, reason: str, actor: Actor, version: int | None = None) -> Registration:
    """Confirm a waiting party before those ahead of it, where the seats are free; the reason is kept.

    Raises: Refusal registration.not_found, registration.not_waiting, offering.cancelled, seat.none_free,
    permission.denied, week.archived, version.stale, text.too_long; Invalid field.required at `reason`.
    """
    with transaction():
        row, own = lock_registration(code, actor, None, version=version)
        words = clean_line(reason, 200)
        if not words:
            raise Invalid([FieldError("reason", "field.required")])
        if row.state != State.WAITLISTED:
            raise Refusal("registration.not_waiting")
        if own.window.cancelled:
            raise Refusal("offering.cancelled")
        before = _count_ahead(row)
        if not confirm_waiting(row, seats.pools_of(own.offering, row.cls), words, actor=actor):
            raise Refusal("seat.none_free", seats=row.seats)
        facts = {"before": before, "reason": words, "seats": row.seats}
        record(actor, "registration.promote", "registration", row.code, week_id=row.week_id, **facts)
        for week, holder, _row in holders([row]):
            tell_promoted(week, holder, own, row)
    return row


def settle_offerings() -> int:
    """End offers and holds whose time is over, and give free seats to who waits, each offering in one transaction.

    Everything that changes an offering does the same for it; this is for those that nobody touches. Return how many
    offerings were looked at.
    """
    due = _list_due()
    db.session.rollback()
    for offering_id in due:
        with transaction():
            for own in load_offerings([offering_id]):
                promote(own)
    return len(due)


def _list_due() -> list[int]:
    """Return the offerings with an offer or a hold past its time, or with a free seat beside a queue."""
    moment = now()
    late = select(Registration.offering_id).where(
        Registration.state == State.OFFERED, Registration.offer_expires_at <= moment
    )
    over = select(CapacityPool.offering_id).join(PoolHold, PoolHold.pool_id == CapacityPool.id)
    left = CapacityPool.cap + CapacityPool.overbook - CapacityPool.taken - CapacityPool.held
    beside = select(CapacityPool.offering_id).where(
        CapacityPool.cls == PoolClass.ROOM, CapacityPool.waiting > 0, or_(CapacityPool.cap.is_(None), left > 0)
    )
    every = late.union(over.where(PoolHold.expires_at <= moment), beside)
    return sorted(db.session.scalars(every))


def _count_ahead(row: Registration) -> int:
    """Return how many parties of the same queue came before."""
    query = select(func.count()).where(
        Registration.offering_id == row.offering_id,
        Registration.cls == row.cls,
        Registration.state == State.WAITLISTED,
        or_(
            Registration.queue_priority > row.queue_priority,
            (Registration.queue_priority == row.queue_priority) & (Registration.queued_at < row.queued_at),
            (Registration.queue_priority == row.queue_priority)
            & (Registration.queued_at == row.queued_at)
            & (Registration.id < row.id),
        ),
    )
    return db.session.scalar(query) or 0
