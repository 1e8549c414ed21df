"""Registrations, their history and the seats each step moved."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventweek.kernel.db import Base, UtcDateTime, unique_where
from eventweek.kernel.tokens import random_code
from eventweek.registration.enums import LIVE
from eventweek.registration.models.attendees import Attendee
from eventweek.registration.models.offerings import Offering

_IS_LIVE = "state IN (" + ", ".join(f"'{state}'" for state in LIVE) + ")"


class RegistrationGroup(Base):
    """People of one unit who were registered together; until `cut_off` the leader adds, swaps and cancels them.

    `invitation_id`: the link by which the unit fills its allotment. The secret of the leader's link is derived from a
    key and `seed`, and found by its keyed hash.
    """

    __tablename__ = "registration_group"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    unit: Mapped[str] = mapped_column(String(100))
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("attendee.id", ondelete="SET NULL"))
    offering_id: Mapped[int | None]
    invitation_id: Mapped[int | None]
    cut_off: Mapped[datetime] = mapped_column(UtcDateTime)
    seed: Mapped[bytes] = mapped_column(LargeBinary(16))
    key_id: Mapped[str] = mapped_column(String(16))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    leader: Mapped[Attendee | None] = relationship()
    __table_args__ = (
        UniqueConstraint("week_id", "id"),
        ForeignKeyConstraint(["week_id", "offering_id"], ["offering.week_id", "offering.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["week_id", "invitation_id"], ["offering_invitation.week_id", "offering_invitation.id"]),
    )


class Registration(Base):
    """One person's claim on an offering; the same row waits, holds and ends. `contact_key` NULL once verified.

    `holding`: seats are held for it (every offer, and an application where the offering says so). `review_step`:
    reviewers who agreed; `reviewer`: label of the first of two. `offers`: how often a seat was offered. `remark`: what
    the person says to the reviewer; `answer`: what the reviewer says to them.
    """

    __tablename__ = "registration"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    offering_id: Mapped[int]
    attendee_id: Mapped[int] = mapped_column(ForeignKey("attendee.id", ondelete="CASCADE"), index=True)
    group_id: Mapped[int | None]
    contact_key: Mapped[str | None] = mapped_column(String(64))
    cls: Mapped[str] = mapped_column("class", String(12), default="public")
    seats: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(12))
    end_reason: Mapped[str] = mapped_column(String(40), default="")
    source: Mapped[str] = mapped_column(String(12), default="web")
    queue_priority: Mapped[int] = mapped_column(default=0)
    overtaken: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    offer_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    offers: Mapped[int] = mapped_column(default=0)
    holding: Mapped[bool] = mapped_column(default=False)
    review_step: Mapped[int] = mapped_column(default=0)
    reviewer: Mapped[str] = mapped_column(String(120), default="")
    remark: Mapped[str] = mapped_column(String(500), default="")
    answer: Mapped[str] = mapped_column(String(200), default="")
    form_version: Mapped[int] = mapped_column(default=1)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    attendee: Mapped[Attendee] = relationship()
    offering: Mapped[Offering] = relationship()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        ForeignKeyConstraint(["week_id", "offering_id"], ["offering.week_id", "offering.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["week_id", "group_id"], ["registration_group.week_id", "registration_group.id"]),
        CheckConstraint("seats > 0", name="seats"),
        CheckConstraint("(state = 'offered') = (offer_expires_at IS NOT NULL)", name="offer"),
        CheckConstraint("NOT holding OR state IN ('offered', 'applied', 'returned')", name="holding"),
        unique_where("uq_registration_live_attendee", "offering_id", "attendee_id", where=_IS_LIVE),
        unique_where("uq_registration_live_contact", "offering_id", "contact_key", where=_IS_LIVE),
        Index(None, "offering_id", "state", "queue_priority", "queued_at"),
        Index(None, "offer_expires_at"),
    )


class RegistrationEvent(Base):
    """One step of a registration; append-only. `actor` is a label without personal data."""

    __tablename__ = "registration_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    from_state: Mapped[str] = mapped_column(String(12), default="")
    to_state: Mapped[str] = mapped_column(String(12))
    actor: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(String(200), default="")


class SeatDelta(Base):
    """What an event did to one pool's counters; append-only."""

    __tablename__ = "seat_delta"
    event_id: Mapped[int] = mapped_column(ForeignKey("registration_event.id", ondelete="CASCADE"), primary_key=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("capacity_pool.id", ondelete="CASCADE"), primary_key=True)
    taken: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
