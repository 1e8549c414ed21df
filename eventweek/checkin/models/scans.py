"""Scans, what follows from them, and the conflicts that somebody has to look at."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eventweek.kernel.db import Base, UtcDateTime


class Scan(Base):
    """What one device saw; inserted, never changed, without personal data.

    `device_seq` counts from 1 on the device. `holder` is the pass's code (of a walk-in: `w-DEVICE-SEQ`), empty when
    unknown. `effective_time` is the device's time corrected by `offset_ms`. `repeat`: the previous verdict said again.
    `should_have`: the verdict that the server would have given. `prev_hash`: SHA-256 over the device's scan before.
    """

    __tablename__ = "scan"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    device_id: Mapped[int]
    device_seq: Mapped[int]
    gate_id: Mapped[int | None]
    session_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    annuls_seq: Mapped[int | None]
    token_hash: Mapped[str | None] = mapped_column(String(64))
    holder: Mapped[str] = mapped_column(String(40), default="")
    party: Mapped[int] = mapped_column(default=1)
    device_time: Mapped[datetime] = mapped_column(UtcDateTime)
    offset_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    effective_time: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    mode: Mapped[str] = mapped_column(String(8))
    rehearsal: Mapped[bool] = mapped_column(default=False)
    manifest_seq: Mapped[int | None]
    door_verdict: Mapped[str] = mapped_column(String(4))
    door_reason: Mapped[str] = mapped_column(String(40))
    repeat: Mapped[bool] = mapped_column(default=False)
    override: Mapped[str] = mapped_column(String(12), default="")
    overridden: Mapped[str] = mapped_column(String(40), default="")
    should_have: Mapped[str] = mapped_column(String(4))
    should_reason: Mapped[str] = mapped_column(String(40))
    operator: Mapped[str] = mapped_column(String(40))
    prev_hash: Mapped[str] = mapped_column(String(64))
    __table_args__ = (
        ForeignKeyConstraint(["week_id", "device_id"], ["device.week_id", "device.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["week_id", "gate_id"], ["gate.week_id", "gate.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["week_id", "session_id"], ["session.week_id", "session.id"], ondelete="CASCADE"),
        UniqueConstraint("device_id", "device_seq"),
        UniqueConstraint("week_id", "id"),
        CheckConstraint("device_seq > 0", name="device_seq"),
        CheckConstraint("party > 0", name="party"),
        Index(None, "session_id", "holder"),
        Index(None, "session_id", "id"),
    )


class Attendance(Base):
    """What the scans of one holder in one session add up to; rebuilt from them at any time. `minutes` inside so far."""

    __tablename__ = "attendance"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    session_id: Mapped[int]
    holder: Mapped[str] = mapped_column(String(40))
    registration_code: Mapped[str | None] = mapped_column(String(16))
    party: Mapped[int] = mapped_column(default=1)
    first_in: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_in: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_out: Mapped[datetime | None] = mapped_column(UtcDateTime)
    minutes: Mapped[int] = mapped_column(default=0)
    entries: Mapped[int] = mapped_column(default=0)
    inside: Mapped[bool] = mapped_column(default=False)
    flags: Mapped[str] = mapped_column(String(80), default="")
    __table_args__ = (
        ForeignKeyConstraint(["week_id", "session_id"], ["session.week_id", "session.id"], ondelete="CASCADE"),
        UniqueConstraint("session_id", "holder"),
        CheckConstraint("entries >= 0 AND minutes >= 0 AND party > 0", name="counts"),
    )


class ScanReview(Base):
    """A conflict between scans: its code, what is proposed, and how it was settled."""

    __tablename__ = "scan_review"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int]
    scan_id: Mapped[int]
    code: Mapped[str] = mapped_column(String(40))
    proposed: Mapped[str] = mapped_column(String(40), default="")
    resolution: Mapped[str] = mapped_column(String(40), default="")
    resolved_by: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        ForeignKeyConstraint(["week_id", "scan_id"], ["scan.week_id", "scan.id"], ondelete="CASCADE"),
        UniqueConstraint("scan_id", "code"),
        Index(None, "week_id", "resolved_at"),
    )
