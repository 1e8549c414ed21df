"""The list at the door."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventweek.kernel.db import db
from eventweek.registration.enums import PoolClass, State
from eventweek.registration.models import CapacityPool, Offering, Registration


def list_with_standby() -> list[int]:
    """Return the offerings that release unclaimed seats and at whose door somebody waits."""
    query = (
        select(Offering.id)
        .join(CapacityPool, CapacityPool.offering_id == Offering.id)
        .where(CapacityPool.cls == PoolClass.STANDBY, CapacityPool.waiting > 0, Offering.standby_after_min.is_not(None))
    )
    return list(db.session.scalars(query.order_by(Offering.id)))


def list_standby(offering_id: int) -> list[Registration]:
    """Return who stands on the list of an offering, in its order, with their people."""
    query = select(Registration).where(
        Registration.offering_id == offering_id,
        Registration.cls == PoolClass.STANDBY,
        Registration.state == State.WAITLISTED,
    )
    order = (Registration.queue_priority.desc(), Registration.queued_at, Registration.id)
    return list(db.session.scalars(query.options(joinedload(Registration.attendee)).order_by(*order)))
