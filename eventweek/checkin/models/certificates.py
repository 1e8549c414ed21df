"""Certificates of attendance that were given out."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventweek.kernel.db import Base, UtcDateTime
from eventweek.kernel.tokens import random_code
from eventweek.registration.models import Pass


class AttendanceCertificate(Base):
    """That the holder of a pass was given a certificate for an offering, or for a session that one walks into.

    It says nothing of its own: name, session and whether it is still true are read from what they hang on. Its code is
    derived from `seed` and found by `token_hash`. `needed_min`: the minutes that were asked for when it was given, so
    that a later change of the setting takes nothing away.
    """

    __tablename__ = "attendance_certificate"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int]
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    pass_id: Mapped[int]
    offering_id: Mapped[int | None]
    session_id: Mapped[int | None]
    seed: Mapped[bytes] = mapped_column(LargeBinary(16))
    key_id: Mapped[str] = mapped_column(String(16))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    needed_min: Mapped[int] = mapped_column(default=0)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    own: Mapped[Pass] = relationship()
    __table_args__ = (
        ForeignKeyConstraint(["week_id", "pass_id"], ["pass.week_id", "pass.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["week_id", "offering_id"], ["offering.week_id", "offering.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["week_id", "session_id"], ["session.week_id", "session.id"], ondelete="CASCADE"),
        UniqueConstraint("pass_id", "offering_id"),
        UniqueConstraint("pass_id", "session_id"),
        CheckConstraint("(offering_id IS NULL) <> (session_id IS NULL)", name="subject"),
        CheckConstraint("needed_min >= 0", name="needed_min"),
    )
