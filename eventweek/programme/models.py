"""Tables of the programme; edition rows carry week_id and cannot refer into another week."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventweek.kernel.db import Base, Bilingual, bilingual
from eventweek.kernel.tokens import random_code


class Week(Base):
    """An edition."""

    __tablename__ = "week"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[Bilingual] = bilingual("title", 200)
    theme: Mapped[Bilingual] = bilingual("theme", 200)
    timezone: Mapped[str] = mapped_column(String(40))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    demo: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (CheckConstraint("first_day <= last_day", name="days"),)


class City(Base):
    """A prefecture, by its six-digit region code."""

    __tablename__ = "city"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[Bilingual] = bilingual("name", 80)


class Venue(Base):
    """A site; a virtual one has no city."""

    __tablename__ = "venue"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    source_key: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[Bilingual] = bilingual("name", 120)
    city_id: Mapped[int | None] = mapped_column(ForeignKey("city.id", ondelete="RESTRICT"))
    site_type: Mapped[str] = mapped_column(String(40))
    address: Mapped[Bilingual] = bilingual("address", 200)
    city: Mapped[City | None] = relationship()
    rooms: Mapped[list["Room"]] = relationship(back_populates="venue", order_by="Room.id")


class Room(Base):
    """A hall of a venue; capacity in people, changeover in minutes, hours as dated rows of plain values."""

    __tablename__ = "room"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    source_key: Mapped[str] = mapped_column(String(80), unique=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="RESTRICT"))
    name: Mapped[Bilingual] = bilingual("name", 80)
    capacity: Mapped[int]
    layout: Mapped[str] = mapped_column(String(20))
    features: Mapped[list[str]] = mapped_column(JSON)
    opening: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    closed_dates: Mapped[list[str]] = mapped_column(JSON)
    changeover_min: Mapped[int]
    venue: Mapped[Venue] = relationship(back_populates="rooms")
    __table_args__ = (CheckConstraint("capacity > 0", name="capacity"),)


class Organisation(Base):
    """A unit that hosts, organises or supports."""

    __tablename__ = "organisation"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    source_key: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[Bilingual] = bilingual("name", 160)
    type: Mapped[str] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(40))


class Person(Base):
    """A public profile of the programme."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    source_key: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[Bilingual] = bilingual("name", 80)
    affiliation: Mapped[Bilingual] = bilingual("affiliation", 160)
    roles: Mapped[list[str]] = mapped_column(JSON)
    max_per_day: Mapped[int]


class Kind(Base):
    """A kind of session; all rules of a kind are data."""

    __tablename__ = "kind"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[Bilingual] = bilingual("name", 80)
    family: Mapped[str] = mapped_column(String(20))
    default_minutes: Mapped[int]
    changeover_min: Mapped[int]
    registration: Mapped[str] = mapped_column(String(20))
    __table_args__ = (UniqueConstraint("week_id", "code"), UniqueConstraint("week_id", "id"))


class Session(Base):
    """One occurrence: the demands; time and place stand in its placement. Durations in minutes."""

    __tablename__ = "session"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    uid: Mapped[str] = mapped_column(String(120), unique=True)
    source_key: Mapped[str] = mapped_column(String(80))
    kind_id: Mapped[int]
    title: Mapped[Bilingual] = bilingual("title", 200)
    note: Mapped[Bilingual] = bilingual("note", 2000)
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"))
    city_id: Mapped[int | None] = mapped_column(ForeignKey("city.id", ondelete="RESTRICT"))
    duration_min: Mapped[int]
    expected: Mapped[int]
    industry: Mapped[str] = mapped_column(String(20), default="")
    language: Mapped[str] = mapped_column(String(20), default="zh")
    visibility: Mapped[str] = mapped_column(String(12))
    registration: Mapped[str] = mapped_column(String(20))
    permit_required: Mapped[bool] = mapped_column(default=False)
    demands: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)
    kind: Mapped[Kind] = relationship()
    lead: Mapped[Organisation | None] = relationship()
    people: Mapped[list["SessionPerson"]] = relationship(
        order_by="SessionPerson.position", cascade="all, delete-orphan"
    )
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        ForeignKeyConstraint(["week_id", "kind_id"], ["kind.week_id", "kind.id"]),
        UniqueConstraint("week_id", "source_key"),
        UniqueConstraint("week_id", "id"),
        CheckConstraint("duration_min > 0", name="duration"),
        CheckConstraint("title_zh <> '' OR title_en <> ''", name="title"),
    )


class SessionPerson(Base):
    """A person's role in a session."""

    __tablename__ = "session_person"
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    position: Mapped[int]
    person: Mapped[Person] = relationship()
