"""What an edition tells the public beside its programme: free pages and notices, each with its published copy."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventweek.kernel.db import Base, Bilingual, UtcDateTime, bilingual
from eventweek.kernel.tokens import random_code
from eventweek.programme.models.places import City, Venue
from eventweek.programme.models.sessions import Session


class _Published:
    """The copy that the public reads: the values as they were when somebody published them, None while there is none.

    The long texts stand apart, so that what only names them does not read them.
    """

    published: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    published_text: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    first_published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def publication(self) -> str:
        """Return where it stands: draft, published or withdrawn."""
        if self.published is not None:
            return "published"
        return "withdrawn" if self.withdrawn_at else "draft"


class Page(_Published, Base):
    """A free page; `listed`: named at the foot of every public page."""

    __tablename__ = "page"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    title: Mapped[Bilingual] = bilingual("title", 120)
    text_zh: Mapped[str] = mapped_column(Text, default="")
    text_en: Mapped[str] = mapped_column(Text, default="")
    listed: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (UniqueConstraint("week_id", "code"),)


class Notice(_Published, Base):
    """A notice (公告), shown between two instants; about one session, venue or city, or about the whole week."""

    __tablename__ = "notice"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    source_key: Mapped[str] = mapped_column(String(80))
    title: Mapped[Bilingual] = bilingual("title", 120)
    text_zh: Mapped[str] = mapped_column(Text, default="")
    text_en: Mapped[str] = mapped_column(Text, default="")
    level: Mapped[str] = mapped_column(String(12))
    pinned: Mapped[bool] = mapped_column(default=False)
    shown_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    shown_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    session_id: Mapped[int | None]
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id", ondelete="RESTRICT"))
    city_id: Mapped[int | None] = mapped_column(ForeignKey("city.id", ondelete="RESTRICT"))
    version: Mapped[int] = mapped_column(default=1)
    session: Mapped[Session | None] = relationship(
        primaryjoin="Notice.session_id == Session.id", foreign_keys="Notice.session_id"
    )
    venue: Mapped[Venue | None] = relationship()
    city: Mapped[City | None] = relationship()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("week_id", "source_key"),
        ForeignKeyConstraint(["week_id", "session_id"], ["session.week_id", "session.id"], ondelete="CASCADE"),
        CheckConstraint(
            "(session_id IS NOT NULL AND venue_id IS NULL AND city_id IS NULL) "
            "OR (session_id IS NULL AND (venue_id IS NULL OR city_id IS NULL))",
            name="scope",
        ),
        CheckConstraint("shown_from < shown_until", name="shown"),
    )
