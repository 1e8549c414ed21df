"""Organisations and people of the programme; installation-wide."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventweek.kernel.db import Base, Bilingual, UtcDateTime, bilingual
from eventweek.kernel.tokens import random_code
from eventweek.programme.models.pictures import Picture
from eventweek.programme.models.places import City

if TYPE_CHECKING:
    from eventweek.programme.models.speakers import SpeakerConsent


class Organisation(Base):
    """A unit that hosts, organises or supports."""

    __tablename__ = "organisation"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    source_key: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[Bilingual] = bilingual("name", 160)
    short_name: Mapped[Bilingual] = bilingual("short_name", 40)
    type: Mapped[str] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(40))
    city_id: Mapped[int | None] = mapped_column(ForeignKey("city.id", ondelete="RESTRICT"))
    logo_id: Mapped[int | None] = mapped_column(ForeignKey("picture.id"))
    remark: Mapped[str] = mapped_column(String(200), default="")
    named_in_source: Mapped[bool] = mapped_column(default=False)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    city: Mapped[City | None] = relationship()
    logo: Mapped[Picture | None] = relationship()
    __mapper_args__ = {"version_id_col": version}


class Person(Base):
    """A public profile of the programme."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    source_key: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[Bilingual] = bilingual("name", 80)
    affiliation: Mapped[Bilingual] = bilingual("affiliation", 160)
    honour: Mapped[Bilingual] = bilingual("honour", 80)
    bio: Mapped[Bilingual] = bilingual("bio", 4000)
    roles: Mapped[list[str]] = mapped_column(JSON)
    team: Mapped[str] = mapped_column(String(20), default="")
    industry: Mapped[str] = mapped_column(String(20), default="")
    city_id: Mapped[int | None] = mapped_column(ForeignKey("city.id", ondelete="RESTRICT"))
    portrait_id: Mapped[int | None] = mapped_column(ForeignKey("picture.id"))
    max_per_day: Mapped[int]
    fictitious: Mapped[bool] = mapped_column(default=False)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    city: Mapped[City | None] = relationship()
    portrait: Mapped[Picture | None] = relationship()
    availability: Mapped[list["PersonAvailability"]] = relationship(
        cascade="all, delete-orphan", order_by="PersonAvailability.day"
    )
    consents: Mapped[list["SpeakerConsent"]] = relationship(viewonly=True)
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (CheckConstraint("max_per_day > 0", name="max_per_day"),)


class PersonAvailability(Base):
    """A span in which the person can come; a person without any is available always. Local `HH:MM`."""

    __tablename__ = "person_availability"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    day: Mapped[date] = mapped_column(Date)
    opens: Mapped[str] = mapped_column(String(5))
    closes: Mapped[str] = mapped_column(String(5))
    __table_args__ = (CheckConstraint("opens < closes", name="hours"),)
