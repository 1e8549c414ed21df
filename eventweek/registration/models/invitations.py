"""Invitations that open a hidden session, or seats of a class, to whoever holds their code or link."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventweek.kernel.db import Base, UtcDateTime
from eventweek.kernel.tokens import random_code
from eventweek.registration.models.offerings import PoolHold


class OfferingInvitation(Base):
    """What lets somebody register for an offering, into seats of a class, at once and whether or not it is shown.

    `kind`: a code to pass on, a link for one person, or a link for a unit, which takes the seats of the allotment
    `hold` and nothing once that is over. The secret is derived from a key and `seed`, found by its keyed
    hash; `hint`: its first four characters, to tell invitations apart. `contact_lock`: keyed hash of the only phone or
    e-mail that may use it. `used` of `uses` registrations were made with it; the count changes in a guarded statement.
    """

    __tablename__ = "offering_invitation"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    week_id: Mapped[int]
    offering_id: Mapped[int]
    cls: Mapped[str] = mapped_column("class", String(12))
    kind: Mapped[str] = mapped_column(String(8))
    seed: Mapped[bytes] = mapped_column(LargeBinary(16))
    key_id: Mapped[str] = mapped_column(String(16))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(4))
    label: Mapped[str] = mapped_column(String(80), default="")
    contact_lock: Mapped[str | None] = mapped_column(String(64))
    uses: Mapped[int] = mapped_column(default=1)
    used: Mapped[int] = mapped_column(default=0)
    mailed: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hold: Mapped[PoolHold | None] = relationship(secondary="allotment_link", viewonly=True, lazy="joined")
    __table_args__ = (
        UniqueConstraint("week_id", "id"),
        ForeignKeyConstraint(["week_id", "offering_id"], ["offering.week_id", "offering.id"], ondelete="CASCADE"),
        Index(None, "offering_id", "id"),
        CheckConstraint("uses > 0 AND used >= 0 AND used <= uses", name="used"),
    )


class InvitationUse(Base):
    """Which registration was made with which invitation; append-only."""

    __tablename__ = "invitation_use"
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("offering_invitation.id", ondelete="CASCADE"), index=True)


class AllotmentLink(Base):
    """Which invitation opens which allotment: of a unit's links the one that is not revoked."""

    __tablename__ = "allotment_link"
    invitation_id: Mapped[int] = mapped_column(
        ForeignKey("offering_invitation.id", ondelete="CASCADE"), primary_key=True
    )
    hold_id: Mapped[int] = mapped_column(ForeignKey("pool_hold.id", ondelete="CASCADE"), index=True)


class AllotmentSeat(Base):
    """Which confirmed registration sits on which allotment; gone with its seats, or with the allotment."""

    __tablename__ = "allotment_seat"
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    hold_id: Mapped[int] = mapped_column(ForeignKey("pool_hold.id", ondelete="CASCADE"), index=True)
