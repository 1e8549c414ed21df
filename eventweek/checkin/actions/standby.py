"""Give the seats of those who have not come to the list at the door."""

from sqlalchemy import select

from eventweek.checkin.models import Attendance
from eventweek.kernel.db import db
from eventweek.registration.actions import release_unclaimed
from eventweek.registration.models import OfferingSession
from eventweek.registration.queries.standby import list_with_standby


def release_seats() -> int:
    """Release, for every offering at whose door somebody waits; return how many registrations ended.

    Who came in to one of its sessions has come.
    """
    due = {own: _arrived(own) for own in list_with_standby()}
    db.session.rollback()
    return sum(release_unclaimed(offering, arrived) for offering, arrived in due.items())


def _arrived(offering_id: int) -> set[str]:
    query = (
        select(Attendance.registration_code)
        .join(OfferingSession, OfferingSession.session_id == Attendance.session_id)
        .where(OfferingSession.offering_id == offering_id, Attendance.entries > 0)
    )
    return {code for code in db.session.scalars(query) if code}
