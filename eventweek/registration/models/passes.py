"""Passes: one per person and week, with the tokens that were ever printed."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventweek.kernel.db import Base, UtcDateTime, unique_where
from eventweek.kernel.tokens import random_code
from eventweek.registration.models.attendees import Attendee


class Pass(Base):
    """The right to come in for a week (一码通行); `seed` is 16 random bytes, states active, replaced (by
    that of the same person, when two records were merged) and void.

    `feed_hash`: SHA-256 of the secret address of the holder's calendar, NULL until they ask for one; `feed_epoch`
    counts the addresses, `feed_key_id` names the key of the present one.
    """

    __tablename__ = "pass"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    attendee_id: Mapped[int] = mapped_column(ForeignKey("attendee.id", ondelete="CASCADE"), index=True)
    status: Mapped[str] = mapped_column(String(12), default="active")
    seed: Mapped[bytes] = mapped_column(LargeBinary(16))
    feed_epoch: Mapped[int] = mapped_column(default=0)
    feed_key_id: Mapped[str] = mapped_column(String(16), default="")
    feed_hash: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attendee: Mapped[Attendee] = relationship()
    tokens: Mapped[list["PassToken"]] = relationship(order_by="PassToken.epoch", cascade="all, delete-orphan")
    __table_args__ = (
        UniqueConstraint("week_id", "id"),
        unique_where("uq_pass_active", "week_id", "attendee_id", where="status = 'active'"),
    )


class PassToken(Base):
    """One epoch of a pass: SHA-256 of token, short code and owner's link; states active, replaced, void."""

    __tablename__ = "pass_token"
    id: Mapped[int] = mapped_column(primary_key=True)
    pass_id: Mapped[int] = mapped_column(ForeignKey("pass.id", ondelete="CASCADE"))
    epoch: Mapped[int]
    key_id: Mapped[str] = mapped_column(String(16))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    short_hash: Mapped[str] = mapped_column(String(64), unique=True)
    manage_hash: Mapped[str] = mapped_column(String(64), unique=True)
    status: Mapped[str] = mapped_column(String(12), default="active")
    __table_args__ = (
        UniqueConstraint("pass_id", "epoch"),
        unique_where("uq_pass_token_active", "pass_id", where="status = 'active'"),
    )
