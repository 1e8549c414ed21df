"""Reads of stored feeds."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from eventweek.calendars.enums import Scope
from eventweek.calendars.ics import REVISION
from eventweek.calendars.models import FeedBody, FeedEntry
from eventweek.kernel.db import db
from eventweek.programme.models import Week
from eventweek.scheduling.models import Release


@dataclass(frozen=True)
class FeedHead:
    """What a revalidation needs to know of a stored feed."""

    id: int
    etag: str
    last_modified: datetime


@dataclass(frozen=True)
class Feed(FeedHead):
    """A stored feed with the asked form of its body."""

    body: bytes


def find_feed(week: str, scope: Scope, code: str, language: str, base: str) -> FeedHead | None:
    """Return the feed stored for the newest release, in one statement that reads neither a session nor a body."""
    row = db.session.execute(
        select(FeedBody.id, FeedBody.etag, FeedBody.last_modified)
        .join(Week, Week.id == FeedBody.week_id)
        .where(
            Week.code == week,
            FeedBody.scope == scope,
            FeedBody.code == code,
            FeedBody.language == language,
            FeedBody.rendering == rendering(base),
            FeedBody.number == newest_number(Week.id).scalar_subquery(),
        )
    ).first()
    return FeedHead(*row) if row else None


def find_body(feed_id: int, zipped: bool) -> Feed | None:
    """Return head and body as they stand now, from one row; None when the feed has gone."""
    form = FeedBody.gzip if zipped else FeedBody.body
    query = select(FeedBody.id, FeedBody.etag, FeedBody.last_modified, form).where(FeedBody.id == feed_id)
    row = db.session.execute(query).first()
    return Feed(*row) if row else None


def list_entries(keys: Iterable[str]) -> dict[str, bytes]:
    """Return the stored entries among these keys."""
    query = select(FeedEntry.key, FeedEntry.entry).where(FeedEntry.key.in_(list(keys)))
    return {key: entry for key, entry in db.session.execute(query)}


def newest_number(week_id: object) -> Select[int]:
    """Select the number of a week's newest release, 0 before the first."""
    return select(func.coalesce(func.max(Release.number), 0)).where(Release.week_id == week_id)


def rendering(base: str) -> str:
    """Return a short name of what a body depends on besides release, scope and language."""
    return hashlib.sha256(f"{REVISION}/{base}".encode()).hexdigest()[:16]
