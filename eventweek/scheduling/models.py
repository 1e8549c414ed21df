"""Placements, releases and the published pointer."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventweek.kernel.db import Base, UtcDateTime
from eventweek.programme.models import Room, Session


class Placement(Base):
    """Start and room of a session in the working plan."""

    __tablename__ = "placement"
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), primary_key=True)
    start: Mapped[datetime] = mapped_column(UtcDateTime)
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id", ondelete="RESTRICT"))
    session: Mapped[Session] = relationship()
    room: Mapped[Room] = relationship()


class Release(Base):
    """One publication of the plan; immutable."""

    __tablename__ = "release"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    number: Mapped[int]
    note: Mapped[str] = mapped_column(String(500))
    actor: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (UniqueConstraint("week_id", "number"),)


class ReleaseItem(Base):
    """The snapshot of one changed session; immutable. `changed_at` is the published change of that session."""

    __tablename__ = "release_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id", ondelete="CASCADE"))
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"))
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))
    sequence: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Published(Base):
    """The pointer from a session to the snapshot that the public reads."""

    __tablename__ = "published"
    session_id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("release_item.id", ondelete="CASCADE"))
    item: Mapped[ReleaseItem] = relationship()
    __table_args__ = (
        ForeignKeyConstraint(["week_id", "session_id"], ["session.week_id", "session.id"], ondelete="CASCADE"),
    )
