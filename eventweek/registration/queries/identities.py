"""What is kept of identity numbers, and the certificates of what was destroyed."""

from sqlalchemy import select

from eventweek.kernel.db import db
from eventweek.registration.models import AttendeeIdentity, DestructionCertificate


def find_identity(attendee_id: int, week_id: int) -> AttendeeIdentity | None:
    """Return what is kept of somebody's number in a week."""
    mine = (AttendeeIdentity.attendee_id == attendee_id, AttendeeIdentity.week_id == week_id)
    return db.session.scalar(select(AttendeeIdentity).where(*mine))


def list_certificates(week_id: int) -> list[DestructionCertificate]:
    """Return the certificates of a week, newest first."""
    query = select(DestructionCertificate).where(DestructionCertificate.week_id == week_id)
    return list(db.session.scalars(query.order_by(DestructionCertificate.id.desc())))
