"""Kinds, tags, tracks, series, sessions and what binds them; all of one edition."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventweek.accounts.models import User
from eventweek.kernel.db import Base, Bilingual, UtcDateTime, bilingual
from eventweek.kernel.tokens import random_code
from eventweek.programme.models.attachments import SessionAttachment
from eventweek.programme.models.parties import Organisation, Person
from eventweek.programme.models.pictures import Picture
from eventweek.programme.models.places import City, Feature, Room, Venue

if TYPE_CHECKING:
    from eventweek.programme.models.speakers import SpeakerReply

session_feature = Table(
    "session_feature",
    Base.metadata,
    Column("session_id", ForeignKey("session.id", ondelete="CASCADE"), primary_key=True),
    Column("feature_id", ForeignKey("feature.id", ondelete="RESTRICT"), primary_key=True),
)
session_venue = Table(
    "session_venue",
    Base.metadata,
    Column("session_id", ForeignKey("session.id", ondelete="CASCADE"), primary_key=True),
    Column("venue_id", ForeignKey("venue.id", ondelete="RESTRICT"), primary_key=True),
)
session_tag = Table(
    "session_tag",
    Base.metadata,
    Column("week_id", primary_key=True),
    Column("session_id", primary_key=True),
    Column("tag_id", primary_key=True),
    ForeignKeyConstraint(["week_id", "session_id"], ["session.week_id", "session.id"], ondelete="CASCADE"),
    ForeignKeyConstraint(["week_id", "tag_id"], ["tag.week_id", "tag.id"], ondelete="CASCADE"),
)


class Kind(Base):
    """A kind of session; all rules of a kind are data. Hours are local `HH:MM`, empty = the week's."""

    __tablename__ = "kind"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[Bilingual] = bilingual("name", 80)
    family: Mapped[str] = mapped_column(String(20))
    default_minutes: Mapped[int]
    changeover_min: Mapped[int]
    earliest: Mapped[str] = mapped_column(String(5), default="")
    latest_end: Mapped[str] = mapped_column(String(5), default="")
    may_span_lunch: Mapped[bool] = mapped_column(default=False)
    visibility: Mapped[str] = mapped_column(String(12), default="public")
    registration: Mapped[str] = mapped_column(String(20))
    rule: Mapped[Bilingual] = bilingual("rule", 400)
    position: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("week_id", "code"),
        UniqueConstraint("week_id", "id"),
        CheckConstraint("default_minutes > 0 AND changeover_min >= 0", name="minutes"),
    )


class TagSet(Base):
    """A set of tags such as `industry`, `economy`, `audience`; `single`: a session has at most one of it."""

    __tablename__ = "tag_set"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[Bilingual] = bilingual("name", 60)
    single: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    tags: Mapped[list["Tag"]] = relationship(
        back_populates="set", order_by="Tag.position", cascade="all, delete-orphan"
    )
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (UniqueConstraint("week_id", "code"), UniqueConstraint("week_id", "id"))


class Tag(Base):
    """One tag of a set."""

    __tablename__ = "tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int]
    set_id: Mapped[int]
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[Bilingual] = bilingual("name", 60)
    position: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    set: Mapped[TagSet] = relationship(back_populates="tags")
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        ForeignKeyConstraint(["week_id", "set_id"], ["tag_set.week_id", "tag_set.id"], ondelete="CASCADE"),
        UniqueConstraint("week_id", "id"),
        UniqueConstraint("set_id", "code"),
    )


class Track(Base):
    """A named line of sessions (专题) with a colour token and a manager; at most one per session."""

    __tablename__ = "track"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[Bilingual] = bilingual("name", 80)
    short_name: Mapped[Bilingual] = bilingual("short_name", 40)
    colour: Mapped[str] = mapped_column(String(20), default="")
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    position: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    manager: Mapped[User | None] = relationship()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (UniqueConstraint("week_id", "code"), UniqueConstraint("week_id", "id"))


class Series(Base):
    """Sessions that belong together.

    Kinds: `linked` (camp, exhibition: same room and start on consecutive days, one registration for a camp), `repeat`
    (the same thing again: choose one), `exclusive` (members never overlap), `tour` (a team, one city a day).
    """

    __tablename__ = "series"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[Bilingual] = bilingual("name", 120)
    short_name: Mapped[Bilingual] = bilingual("short_name", 40)
    kind: Mapped[str] = mapped_column(String(12))
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    members: Mapped[list["SeriesMember"]] = relationship(order_by="SeriesMember.position", cascade="all, delete-orphan")
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (UniqueConstraint("week_id", "code"), UniqueConstraint("week_id", "id"))


class SeriesMember(Base):
    """A session's place in a series, counted from 1 where the order matters (0: no order)."""

    __tablename__ = "series_member"
    week_id: Mapped[int]
    series_id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    session: Mapped["Session"] = relationship(
        primaryjoin="SeriesMember.session_id == Session.id", foreign_keys="SeriesMember.session_id"
    )
    series: Mapped[Series] = relationship(viewonly=True)
    __table_args__ = (
        ForeignKeyConstraint(["week_id", "series_id"], ["series.week_id", "series.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["week_id", "session_id"], ["session.week_id", "session.id"], ondelete="CASCADE"),
    )


class Session(Base):
    """One occurrence: the demands; time and place stand in its placement. Durations in minutes, hours local `HH:MM`.

    `tentative`: of a proposal that nobody has decided on; it is planned like any other and never published.
    `kind` and `track` join by id alone: the week's id, which both foreign keys share, is not theirs to empty.
    """

    __tablename__ = "session"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    uid: Mapped[str] = mapped_column(String(120), unique=True)
    source_key: Mapped[str] = mapped_column(String(80))
    kind_id: Mapped[int]
    track_id: Mapped[int | None]
    slug: Mapped[str] = mapped_column(String(120), default="")
    title: Mapped[Bilingual] = bilingual("title", 200)
    subtitle: Mapped[Bilingual] = bilingual("subtitle", 255)
    abstract_zh: Mapped[str] = mapped_column(Text, default="")
    abstract_en: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[Bilingual] = bilingual("note", 2000)
    text_zh: Mapped[str] = mapped_column(Text, default="")
    text_en: Mapped[str] = mapped_column(Text, default="")
    city_id: Mapped[int | None] = mapped_column(ForeignKey("city.id", ondelete="RESTRICT"))
    duration_min: Mapped[int]
    expected: Mapped[int]
    expected_online: Mapped[int] = mapped_column(default=0)
    demand: Mapped[int] = mapped_column(default=0)
    language: Mapped[str] = mapped_column(String(20), default="zh")
    visibility: Mapped[str] = mapped_column(String(12))
    registration: Mapped[str] = mapped_column(String(20))
    earliest: Mapped[str] = mapped_column(String(5), default="")
    latest_end: Mapped[str] = mapped_column(String(5), default="")
    plenary: Mapped[bool] = mapped_column(default=False)
    fixed_start: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fixed_room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id", ondelete="RESTRICT"))
    permit_required: Mapped[bool] = mapped_column(default=False)
    permit_status: Mapped[str] = mapped_column(String(12), default="")
    poster_id: Mapped[int | None] = mapped_column(ForeignKey("picture.id"))
    tentative: Mapped[bool] = mapped_column(default=False)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_reason: Mapped[Bilingual] = bilingual("cancel_reason", 300)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    kind: Mapped[Kind] = relationship(primaryjoin="Session.kind_id == Kind.id", foreign_keys="Session.kind_id")
    track: Mapped[Track | None] = relationship(
        primaryjoin="Session.track_id == Track.id", foreign_keys="Session.track_id"
    )
    city: Mapped[City | None] = relationship()
    fixed_room: Mapped[Room | None] = relationship()
    poster: Mapped[Picture | None] = relationship()
    people: Mapped[list["SessionPerson"]] = relationship(
        order_by="SessionPerson.position", cascade="all, delete-orphan"
    )
    organisations: Mapped[list["SessionOrganisation"]] = relationship(
        order_by="SessionOrganisation.position", cascade="all, delete-orphan"
    )
    links: Mapped[list["SessionLink"]] = relationship(order_by="SessionLink.position", cascade="all, delete-orphan")
    attachments: Mapped[list[SessionAttachment]] = relationship(
        order_by="SessionAttachment.position", cascade="all, delete-orphan"
    )
    days: Mapped[list["SessionDay"]] = relationship(order_by="SessionDay.day", cascade="all, delete-orphan")
    features: Mapped[list[Feature]] = relationship(secondary=session_feature, order_by="Feature.code")
    venues: Mapped[list[Venue]] = relationship(secondary=session_venue, order_by="Venue.id")
    tags: Mapped[list[Tag]] = relationship(secondary=session_tag, order_by="Tag.id")
    relations: Mapped[list["SessionRelation"]] = relationship(
        foreign_keys="SessionRelation.session_id", cascade="all, delete-orphan"
    )
    memberships: Mapped[list["SeriesMember"]] = relationship(viewonly=True, order_by="SeriesMember.series_id")
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        ForeignKeyConstraint(["week_id", "kind_id"], ["kind.week_id", "kind.id"]),
        ForeignKeyConstraint(["week_id", "track_id"], ["track.week_id", "track.id"]),
        UniqueConstraint("week_id", "source_key"),
        UniqueConstraint("week_id", "id"),
        CheckConstraint("duration_min > 0", name="duration"),
        CheckConstraint("expected >= 0 AND expected_online >= 0 AND demand >= 0", name="counts"),
        CheckConstraint("title_zh <> '' OR title_en <> ''", name="title"),
    )


class SessionLink(Base):
    """An address beside the session: a page, slides, the live broadcast, the replay."""

    __tablename__ = "session_link"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    url: Mapped[str] = mapped_column(String(1000))
    title: Mapped[Bilingual] = bilingual("title", 200)
    position: Mapped[int]


class SessionDay(Base):
    """A day on which the session may lie; none = any day of the week."""

    __tablename__ = "session_day"
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)


class SessionPerson(Base):
    """A person's role in a session."""

    __tablename__ = "session_person"
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    position: Mapped[int]
    person: Mapped[Person] = relationship()
    reply: Mapped["SpeakerReply | None"] = relationship(
        primaryjoin="and_(SessionPerson.session_id == SpeakerReply.session_id, "
        "SessionPerson.person_id == SpeakerReply.person_id)",
        foreign_keys="[SessionPerson.session_id, SessionPerson.person_id]",
        viewonly=True,
    )


class SessionOrganisation(Base):
    """An organisation's role: `host` 主办, `organiser` 承办, `co_organiser` 协办, `supporter` 支持."""

    __tablename__ = "session_organisation"
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    position: Mapped[int]
    organisation: Mapped[Organisation] = relationship()


class SessionRelation(Base):
    """`after`: starts at least `min_gap_min` after the other's end; `sync_with`: starts with the other."""

    __tablename__ = "session_relation"
    week_id: Mapped[int]
    session_id: Mapped[int] = mapped_column(primary_key=True)
    other_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    min_gap_min: Mapped[int] = mapped_column(default=0)
    other: Mapped[Session] = relationship(
        primaryjoin="SessionRelation.other_id == Session.id", foreign_keys="SessionRelation.other_id"
    )
    __table_args__ = (
        ForeignKeyConstraint(["week_id", "session_id"], ["session.week_id", "session.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["week_id", "other_id"], ["session.week_id", "session.id"], ondelete="CASCADE"),
        CheckConstraint("session_id <> other_id", name="two"),
        Index(None, "other_id"),
    )
