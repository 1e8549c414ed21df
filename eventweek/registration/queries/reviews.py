"""Applications that wait for a decision."""

from collections.abc import Callable, Collection

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from eventweek.kernel.db import db
from eventweek.registration.enums import State
from eventweek.registration.models import Registration
from eventweek.registration.rules import Application

OPEN = (State.APPLIED, State.RETURNED)


def application_of(row: Registration) -> Application:
    """Return what stands of the review of a registration."""
    return Application(row.state, row.review_step, row.reviewer)


def list_applications(
    offering_ids: Collection[int], state: str, window: Callable[[int], tuple[int, int]]
) -> tuple[list[Registration], int]:
    """Return the applications of offerings with their people, the oldest first, and how many there are.

    `state`: applied, returned, or empty for both; `window` gives offset and limit for the total.
    """
    states = [State(state)] if state in OPEN else OPEN
    query = select(Registration).where(Registration.offering_id.in_(offering_ids), Registration.state.in_(states))
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    offset, limit = window(total)
    query = query.options(joinedload(Registration.attendee)).order_by(Registration.created_at, Registration.id)
    return list(db.session.scalars(query.offset(offset).limit(limit))), total


def count_applied(offering_ids: Collection[int]) -> dict[int, int]:
    """Return how many applications wait for a decision, by offering."""
    query = select(Registration.offering_id, func.count()).where(
        Registration.offering_id.in_(offering_ids), Registration.state == State.APPLIED
    )
    return {own: count for own, count in db.session.execute(query.group_by(Registration.offering_id))}
