"""Gates and the devices that stand at them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventweek.kernel.db import Base, Bilingual, UtcDateTime, bilingual
from eventweek.kernel.tokens import random_code
from eventweek.programme.models import Venue


class Gate(Base):
    """An entrance of a venue in a week.

    `opens_before_min`: minutes before a session's start from which it lets in. `unknown`: what an unknown code is
    answered with, `ask` or `no`. `stopped`: nobody goes in until the desk says so.
    """

    __tablename__ = "gate"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="RESTRICT"))
    name: Mapped[Bilingual] = bilingual("name", 60)
    opens_before_min: Mapped[int] = mapped_column(default=60)
    unknown: Mapped[str] = mapped_column(String(4), default="ask")
    stopped: Mapped[bool] = mapped_column(default=False)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    venue: Mapped[Venue] = relationship()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("week_id", "id"),
        UniqueConstraint("week_id", "venue_id", "name_zh", "name_en"),
        CheckConstraint("name_zh <> '' OR name_en <> ''", name="name"),
        CheckConstraint("opens_before_min >= 0 AND opens_before_min <= 720", name="opens_before"),
    )


class Device(Base):
    """A door phone. Its key and the link that enrols it are kept as SHA-256 only; no gates = all of the week.

    `clock_offset_ms`: how far its clock was ahead of ours at the last contact.
    """

    __tablename__ = "device"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    name: Mapped[str] = mapped_column(String(60))
    profile: Mapped[str] = mapped_column(String(8))
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime] = mapped_column(UtcDateTime)
    enrol_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    enrol_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    key_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    enrolled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    clock_offset_ms: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    gates: Mapped[list["DeviceGate"]] = relationship(cascade="all, delete-orphan", order_by="DeviceGate.gate_id")
    __table_args__ = (UniqueConstraint("week_id", "id"), CheckConstraint("valid_from < valid_to", name="valid"))


class DeviceGate(Base):
    """A gate at which a device may stand."""

    __tablename__ = "device_gate"
    week_id: Mapped[int]
    device_id: Mapped[int] = mapped_column(primary_key=True)
    gate_id: Mapped[int] = mapped_column(primary_key=True)
    gate: Mapped[Gate] = relationship(overlaps="gates")
    __table_args__ = (
        ForeignKeyConstraint(["week_id", "device_id"], ["device.week_id", "device.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["week_id", "gate_id"], ["gate.week_id", "gate.id"], ondelete="CASCADE"),
    )
