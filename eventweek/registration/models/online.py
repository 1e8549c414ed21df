"""Taking part on line: the way in, which nobody else reads, and who went in."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from eventweek.kernel.db import Base, UtcDateTime


class OnlineLink(Base):
    """The address of an offering's room on line and what is said beside it, sealed together.

    A table of its own, so that nothing that reads offerings, snapshots or registrations can come upon it.
    """

    __tablename__ = "online_link"
    offering_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    week_id: Mapped[int]
    key_id: Mapped[str] = mapped_column(String(16))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (
        ForeignKeyConstraint(["week_id", "offering_id"], ["offering.week_id", "offering.id"], ondelete="CASCADE"),
    )


class OnlineAttendance(Base):
    """That a registration's holder opened the way into a session on line; the first time counts, inserted once."""

    __tablename__ = "online_attendance"
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    session_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
    week_id: Mapped[int]
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (
        ForeignKeyConstraint(["week_id", "session_id"], ["session.week_id", "session.id"], ondelete="CASCADE"),
    )
