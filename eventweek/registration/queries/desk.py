"""What organisers see of registration: every offering of a week, and who is in one."""

from collections.abc import Callable

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager

from eventweek.kernel.db import db
from eventweek.programme.models import Week
from eventweek.registration.drafts import list_drafts
from eventweek.registration.models import Attendee, Offering, Registration
from eventweek.registration.queries.drafts import find_material
from eventweek.registration.queries.offerings import OpenOffering, load_offerings


def list_week_offerings(week_id: int) -> list[OpenOffering]:
    """Return the offerings of a week in the order of their time, then of their code."""
    ids = db.session.scalars(select(Offering.id).where(Offering.week_id == week_id)).all()
    return sorted(load_offerings(ids), key=lambda own: (own.starts, own.offering.code))


def find_offering(week_id: int, code: str) -> OpenOffering | None:
    """Return an offering of the week, None where it has none of that code."""
    ids = db.session.scalars(select(Offering.id).where(Offering.week_id == week_id, Offering.code == code)).all()
    return next(iter(load_offerings(ids)), None)


def count_unoffered(week: Week) -> int:
    """Return how many published sessions that take registrations no offering admits to."""
    return len({session for draft in list_drafts(find_material(week)) for session in draft.sessions})


def list_registered(
    offering_id: int, words: str, state: str, window: Callable[[int], tuple[int, int]]
) -> tuple[list[Registration], int]:
    """Return registrations of an offering with their people, and how many there are; live ones first, then by time.

    `words` are looked for in name, unit, e-mail and phone; `window` gives offset and limit for the total.
    """
    query = select(Registration).join(Registration.attendee).where(Registration.offering_id == offering_id)
    columns = (Attendee.name, Attendee.name_en, Attendee.organisation, Attendee.email, Attendee.phone_e164)
    for word in words.lower().split():
        query = query.where(or_(*(func.lower(column).contains(word, autoescape=True) for column in columns)))
    if state:
        query = query.where(Registration.state == state)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    offset, limit = window(total)
    order = (Registration.ended_at.is_not(None), Registration.created_at, Registration.id)
    rows = db.session.scalars(
        query.options(contains_eager(Registration.attendee)).order_by(*order).offset(offset).limit(limit)
    )
    return list(rows), total


def find_registration(week_id: int, code: str) -> Registration | None:
    """Return a registration of the week."""
    return db.session.scalar(select(Registration).where(Registration.week_id == week_id, Registration.code == code))
