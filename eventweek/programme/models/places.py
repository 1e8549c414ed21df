"""Cities, travel between them, venues and rooms; installation-wide."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventweek.kernel.db import Base, Bilingual, UtcDateTime, bilingual
from eventweek.kernel.tokens import random_code
from eventweek.programme.models.pictures import Picture

room_feature = Table(
    "room_feature",
    Base.metadata,
    Column("room_id", ForeignKey("room.id", ondelete="CASCADE"), primary_key=True),
    Column("feature_id", ForeignKey("feature.id", ondelete="RESTRICT"), primary_key=True),
)


class City(Base):
    """A prefecture, by its six-digit region code."""

    __tablename__ = "city"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[Bilingual] = bilingual("name", 80)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class TravelTime(Base):
    """Minutes by road between two cities, the lower id first."""

    __tablename__ = "travel_time"
    from_id: Mapped[int] = mapped_column(ForeignKey("city.id", ondelete="CASCADE"), primary_key=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("city.id", ondelete="CASCADE"), primary_key=True)
    minutes: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("from_id < to_id", name="order"),
        CheckConstraint("minutes >= 0", name="minutes"),
    )


class Feature(Base):
    """Equipment that a room has and a session may ask for."""

    __tablename__ = "feature"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[Bilingual] = bilingual("name", 80)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class Venue(Base):
    """A site; a virtual one has no city. Latitude and longitude in degrees (WGS 84)."""

    __tablename__ = "venue"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    source_key: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[Bilingual] = bilingual("name", 120)
    short_name: Mapped[Bilingual] = bilingual("short_name", 40)
    city_id: Mapped[int | None] = mapped_column(ForeignKey("city.id", ondelete="RESTRICT"))
    site_type: Mapped[str] = mapped_column(String(40))
    address: Mapped[Bilingual] = bilingual("address", 200)
    transport: Mapped[Bilingual] = bilingual("transport", 1000)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("picture.id"))
    floor_plan_id: Mapped[int | None] = mapped_column(ForeignKey("picture.id"))
    named_in_source: Mapped[bool] = mapped_column(default=False)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    city: Mapped[City | None] = relationship()
    photo: Mapped[Picture | None] = relationship(foreign_keys=[photo_id])
    floor_plan: Mapped[Picture | None] = relationship(foreign_keys=[floor_plan_id])
    rooms: Mapped[list["Room"]] = relationship(back_populates="venue", order_by="Room.id")
    __mapper_args__ = {"version_id_col": version}


class Room(Base):
    """A hall of a venue; capacity in people for its usual layout, changeover in minutes."""

    __tablename__ = "room"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    source_key: Mapped[str] = mapped_column(String(80), unique=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="RESTRICT"))
    name: Mapped[Bilingual] = bilingual("name", 80)
    short_name: Mapped[Bilingual] = bilingual("short_name", 40)
    capacity: Mapped[int]
    layout: Mapped[str] = mapped_column(String(20))
    changeover_min: Mapped[int]
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    venue: Mapped[Venue] = relationship(back_populates="rooms")
    features: Mapped[list[Feature]] = relationship(secondary=room_feature, order_by="Feature.code")
    layouts: Mapped[list["RoomLayout"]] = relationship(cascade="all, delete-orphan", order_by="RoomLayout.layout")
    hours: Mapped[list["RoomHours"]] = relationship(cascade="all, delete-orphan", order_by="RoomHours.id")
    closures: Mapped[list["RoomClosure"]] = relationship(cascade="all, delete-orphan", order_by="RoomClosure.day")
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("capacity > 0", name="capacity"),
        CheckConstraint("changeover_min >= 0", name="changeover"),
    )


class RoomLayout(Base):
    """Another way to set the room up, and how many people it then holds."""

    __tablename__ = "room_layout"
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id", ondelete="CASCADE"), primary_key=True)
    layout: Mapped[str] = mapped_column(String(20), primary_key=True)
    capacity: Mapped[int]
    __table_args__ = (CheckConstraint("capacity > 0", name="capacity"),)


class RoomHours(Base):
    """Opening hours on one day (`day` unset: on every day), local `HH:MM`."""

    __tablename__ = "room_hours"
    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id", ondelete="CASCADE"), index=True)
    day: Mapped[date | None] = mapped_column(Date)
    opens: Mapped[str] = mapped_column(String(5))
    closes: Mapped[str] = mapped_column(String(5))
    __table_args__ = (
        UniqueConstraint("room_id", "day", "opens"),
        CheckConstraint("opens < closes", name="hours"),
    )


class RoomClosure(Base):
    """A day on which the room is not to be had."""

    __tablename__ = "room_closure"
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    reason: Mapped[str] = mapped_column(String(200), default="")
