"""Halls that are lost on the day, and what was decided because of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventweek.kernel.db import Base, Bilingual, UtcDateTime, bilingual
from eventweek.kernel.tokens import random_code
from eventweek.programme.models.places import Room


class Incident(Base):
    """Rooms that cannot be used in a week from an instant until another (None: until it is lifted), and why.

    `way`, `release`, `notice`: what was decided, the number of the release that said so, and the code of the notice
    that told it (empty: none). Of a decided one all of them stay; lifting opens the rooms again and undoes nothing.
    """

    __tablename__ = "incident"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"), index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[Bilingual] = bilingual("reason", 200)
    actor: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_by: Mapped[str] = mapped_column(String(120), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str] = mapped_column(String(120), default="")
    way: Mapped[str] = mapped_column(String(8), default="")
    release: Mapped[int | None]
    notice: Mapped[str] = mapped_column(String(16), default="")
    version: Mapped[int] = mapped_column(default=1)
    rooms: Mapped[list["IncidentRoom"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="IncidentRoom.room_id"
    )
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("until IS NULL OR since < until", name="span"),
        CheckConstraint("(decided_at IS NULL) = (way = '')", name="decided"),
    )


class IncidentRoom(Base):
    """A room that is lost."""

    __tablename__ = "incident_room"
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id", ondelete="RESTRICT"), primary_key=True, index=True)
    room: Mapped[Room] = relationship()
