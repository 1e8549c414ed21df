"""Seats of an allotment: its unit takes them and gives them back, inside the caller's transaction."""

from datetime import datetime

from sqlalchemy import CursorResult, Delete, Update, delete, select, update

from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.registration.actions import seats
from eventweek.registration.models import (
    AllotmentLink,
    AllotmentSeat,
    OfferingInvitation,
    PoolHold,
    Registration,
    RegistrationGroup,
)


def find_allotment(registration_id: int) -> int | None:
    """Return the id of the allotment whose seats a registration took, None where it has ordinary ones."""
    return db.session.scalar(select(AllotmentSeat.hold_id).where(AllotmentSeat.registration_id == registration_id))


def draw(pools: seats.Pools, hold_id: int, number: int) -> bool:
    """Turn seats of an allotment into taken ones; False when it has not so many left, or is over.

    The caller has locked the pools: holds change only under that lock.
    """
    enough = (PoolHold.id == hold_id, PoolHold.seats >= number, PoolHold.expires_at > now())
    if not _rows(update(PoolHold).where(*enough).values(seats=PoolHold.seats - number)):
        return False
    seats.accept(pools, number)
    return True


def take_more(row: Registration, pools: seats.Pools, more: int) -> str:
    """Take more seats for a confirmed registration, of its unit where it sits on an allotment; return why not."""
    hold_id = find_allotment(row.id)
    if hold_id is None:
        return "" if seats.take(pools, more) else "seat.full"
    return "" if draw(pools, hold_id, more) else "allotment.too_few"


def give_back(row: Registration, pools: seats.Pools, number: int) -> None:
    """Free seats of a confirmed registration: to its unit while the allotment lasts, else to everybody."""
    hold_id = find_allotment(row.id)
    if hold_id is not None:
        lasts = (PoolHold.id == hold_id, PoolHold.expires_at > now())
        if _rows(update(PoolHold).where(*lasts).values(seats=PoolHold.seats + number)):
            seats.put_back(pools, number)
            return
    seats.give_back(pools, number)


def leave_seats(row: Registration, pools: seats.Pools) -> None:
    """Free all seats of a confirmed registration as `give_back`; it sits on no allotment any more."""
    give_back(row, pools, row.seats)
    _rows(delete(AllotmentSeat).where(AllotmentSeat.registration_id == row.id))


def take_out(row: Registration, pools: seats.Pools) -> None:
    """Free the seats of a confirmed registration to everybody: an allotment that it sat on shrinks by them."""
    hold_id = find_allotment(row.id)
    if hold_id is not None:
        _rows(update(PoolHold).where(PoolHold.id == hold_id).values(allotted=PoolHold.allotted - row.seats))
        _rows(delete(AllotmentSeat).where(AllotmentSeat.registration_id == row.id))
    seats.give_back(pools, row.seats)


def set_cut_off(row: PoolHold, at: datetime) -> None:
    """Let seats that are kept back end at another time, and with them the unit's links and its leaders' changes."""
    row.expires_at, links = at, _links(row.id)
    _rows(update(RegistrationGroup).where(RegistrationGroup.invitation_id.in_(links)).values(cut_off=at))
    _rows(update(OfferingInvitation).where(OfferingInvitation.id.in_(links)).values(expires_at=at))


def end_links(hold_id: int) -> None:
    """Let the links of an allotment open nothing any more."""
    live = (OfferingInvitation.id.in_(_links(hold_id)), OfferingInvitation.revoked_at.is_(None))
    _rows(update(OfferingInvitation).where(*live).values(revoked_at=now()))


def _links(hold_id: int) -> list[int]:
    return list(db.session.scalars(select(AllotmentLink.invitation_id).where(AllotmentLink.hold_id == hold_id)))


def _rows(statement: Update | Delete) -> int:
    result = db.session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return result.rowcount
