"""Editions, their days and cities, and the calendar of holidays."""

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventweek.kernel.db import Base, Bilingual, bilingual
from eventweek.programme.models.pictures import Picture

if TYPE_CHECKING:
    from eventweek.programme.models.parties import Organisation
    from eventweek.programme.models.places import City, Venue


class Week(Base):
    """An edition. Times of the grid are local `HH:MM`; travel in minutes.

    Deadlines are offsets, so that a copy has its own: days before the first day, minutes before each session's start.
    """

    __tablename__ = "week"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[Bilingual] = bilingual("title", 200)
    theme: Mapped[Bilingual] = bilingual("theme", 200)
    contact: Mapped[Bilingual] = bilingual("contact", 200)
    short_name: Mapped[Bilingual] = bilingual("short_name", 40)
    accent: Mapped[str] = mapped_column(String(7), default="")
    organiser: Mapped[Bilingual] = bilingual("organiser", 200)
    phone: Mapped[str] = mapped_column(String(60), default="")
    icp: Mapped[str] = mapped_column(String(60), default="")
    police: Mapped[str] = mapped_column(String(60), default="")
    identifier: Mapped[str] = mapped_column(String(40), default="")
    confirmation: Mapped[Bilingual] = bilingual("confirmation", 1000)
    consent: Mapped[Bilingual] = bilingual("consent", 1000)
    registration_opens_days: Mapped[int | None]
    registration_closes_min: Mapped[int | None]
    cancelling_ends_min: Mapped[int | None]
    proposing_ends_days: Mapped[int | None]
    returning_ends_days: Mapped[int | None]
    online_before_min: Mapped[int] = mapped_column(default=30)
    speaker_link_days: Mapped[int] = mapped_column(default=30)
    identity_days: Mapped[int] = mapped_column(default=30)
    certificate_share: Mapped[int] = mapped_column(default=80)
    badge_sheet: Mapped[str] = mapped_column(String(8), default="card")
    clash_policy: Mapped[str] = mapped_column(String(8), default="warn")
    work_mode: Mapped[str] = mapped_column(String(8), default="never")
    work_min: Mapped[int] = mapped_column(default=30)
    timezone: Mapped[str] = mapped_column(String(40))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(12), default="draft")
    logo_id: Mapped[int | None] = mapped_column(ForeignKey("picture.id"))
    host_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"))
    host_venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id", ondelete="RESTRICT"))
    slot_min: Mapped[int] = mapped_column(default=15)
    start_multiple_min: Mapped[int] = mapped_column(default=30)
    day_start: Mapped[str] = mapped_column(String(5), default="08:30")
    day_end: Mapped[str] = mapped_column(String(5), default="21:00")
    lunch_start: Mapped[str] = mapped_column(String(5), default="12:00")
    lunch_end: Mapped[str] = mapped_column(String(5), default="13:00")
    travel_same_site_min: Mapped[int] = mapped_column(default=15)
    travel_same_city_min: Mapped[int] = mapped_column(default=45)
    demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    host: Mapped["Organisation | None"] = relationship(foreign_keys=[host_id])
    host_venue: Mapped["Venue | None"] = relationship(foreign_keys=[host_venue_id])
    logo: Mapped[Picture | None] = relationship()
    days: Mapped[list["WeekDay"]] = relationship(order_by="WeekDay.day", cascade="all, delete-orphan")
    cities: Mapped[list["WeekCity"]] = relationship(order_by="WeekCity.position", cascade="all, delete-orphan")
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (CheckConstraint("first_day <= last_day", name="days"),)


class WeekDay(Base):
    """A day on which sessions may lie; phase `warmup` or `main`."""

    __tablename__ = "week_day"
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    phase: Mapped[str] = mapped_column(String(12))


class WeekCity(Base):
    """A city that takes part; role `main` or `sub`."""

    __tablename__ = "week_city"
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"), primary_key=True)
    city_id: Mapped[int] = mapped_column(ForeignKey("city.id", ondelete="RESTRICT"), primary_key=True)
    role: Mapped[str] = mapped_column(String(12))
    position: Mapped[int] = mapped_column(default=0)
    city: Mapped["City"] = relationship()


class CalendarDay(Base):
    """A holiday or adjusted workday (调休) of the state's calendar; belongs to no week and is never shifted."""

    __tablename__ = "calendar_day"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    type: Mapped[str] = mapped_column(String(20))
    name: Mapped[Bilingual] = bilingual("name", 60)
    source_key: Mapped[str] = mapped_column(String(80), default="")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
