"""Stored feeds: bodies as they are sent, and the entries that they are joined from."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eventweek.kernel.db import Base, UtcDateTime


class FeedBody(Base):
    """The body of one feed for one release, plain and gzipped; `code` is the session's in scope `session`, else empty.

    `number`: the release (0: none yet). `rendering`: what else the text depends on. `etag`: SHA-256 of the plain body.
    """

    __tablename__ = "feed_body"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    scope: Mapped[str] = mapped_column(String(12))
    code: Mapped[str] = mapped_column(String(16), default="")
    language: Mapped[str] = mapped_column(String(8))
    number: Mapped[int]
    rendering: Mapped[str] = mapped_column(String(16))
    etag: Mapped[str] = mapped_column(String(64))
    last_modified: Mapped[datetime] = mapped_column(UtcDateTime)
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    gzip: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    __table_args__ = (UniqueConstraint("week_id", "scope", "code", "language"),)


class FeedEntry(Base):
    """One VEVENT; `key` is the SHA-256 of all that it was written from, so an entry never goes stale."""

    __tablename__ = "feed_entry"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"), index=True)
    language: Mapped[str] = mapped_column(String(8))
    entry: Mapped[bytes] = mapped_column(LargeBinary)
