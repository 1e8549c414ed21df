"""Render a feed once per release and keep it."""

import gzip
import hashlib
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from eventweek.calendars.enums import Scope
from eventweek.calendars.ics import WORDS, Edition, entry, joined, key
from eventweek.calendars.models import FeedBody, FeedEntry
from eventweek.calendars.queries import FeedHead, find_feed, list_entries, newest_number, rendering
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import Week
from eventweek.programme.queries import find_week, get_week
from eventweek.scheduling.queries import PublishedSession, list_for_calendars

logger = logging.getLogger(__name__)


def keep_feed(week: str, scope: Scope, code: str, language: str, base: str) -> FeedHead:
    """Return the stored feed of the newest release; render and store it first when nobody asked for it before.

    Written outside the transaction, stored inside: of two first requests one stores, the other takes what is stored.
    Raises: Refusal feed.not_found for an unknown week or a session that is not public.
    """
    found = find_feed(week, scope, code, language, base)
    if found:
        return found
    own = find_week(week)
    if own is None:
        raise Refusal("feed.not_found")
    return _keep(own, _newest(own.id), list_for_calendars(own.id), (scope, code, language), base)


def render_feeds(week_id: int, base: str) -> int:
    """Store the week's feeds and whatever feed was ever asked for as the newest release has them; return how many."""
    own, asked = get_week(week_id), select(FeedBody.scope, FeedBody.code, FeedBody.language)
    stored = {(Scope(scope), code, lang) for scope, code, lang in db.session.execute(asked.filter_by(week_id=week_id))}
    number, sessions, done = _newest(week_id), list_for_calendars(week_id), 0
    for scope, code, language in sorted(stored | {(Scope.WEEK, "", language) for language in WORDS}):
        if scope is Scope.WEEK or any(session.code == code for session in sessions):
            _keep(own, number, sessions, (scope, code, language), base)
            done += 1
    return done


def _newest(week_id: int) -> int:
    return db.session.scalar(newest_number(week_id)) or 0


def _keep(
    own: Week, number: int, public: Sequence[PublishedSession], feed: tuple[Scope, str, str], base: str
) -> FeedHead:
    scope, code, language = feed
    sessions = [session for session in public if scope is Scope.WEEK or session.code == code]
    if scope is Scope.SESSION and not sessions:
        raise Refusal("feed.not_found")
    edition = Edition(base, own.code, own.title.best(language)[0], own.timezone, language)
    entries = entries_of(sessions, edition)
    body = joined(edition, sessions, entries.values(), edition.feed(code))
    fresh = FeedBody(scope=scope, code=code, language=language, number=number, rendering=rendering(base), body=body)
    with transaction():
        return _store(own.id, fresh, entries)


def entries_of(sessions: Sequence[PublishedSession], edition: Edition) -> dict[str, bytes]:
    """Return the entries by key; one that cannot be written is logged and left out, the others stay readable."""
    keys = {key(session, edition): session for session in sessions}
    stored, entries = list_entries(keys), {}
    for name, session in keys.items():
        try:
            entries[name] = stored[name] if name in stored else entry(session, edition)
        except Exception:
            logger.exception("calendar entry of session %s cannot be written", session.code)
    return entries


def _store(week_id: int, fresh: FeedBody, entries: dict[str, bytes]) -> FeedHead:
    db.session.execute(select(Week.id).where(Week.id == week_id).with_for_update(key_share=True))
    own = (FeedBody.scope == fresh.scope, FeedBody.code == fresh.code, FeedBody.language == fresh.language)
    kept = db.session.scalar(select(FeedBody).where(FeedBody.week_id == week_id, *own))
    if kept is None or (kept.number, kept.rendering) != (fresh.number, fresh.rendering):
        kept = _replace(week_id, kept, fresh) if kept is None or kept.number <= fresh.number else kept
        _store_entries(week_id, fresh, entries)
    db.session.flush()
    return FeedHead(kept.id, kept.etag, kept.last_modified)


def _replace(week_id: int, kept: FeedBody | None, fresh: FeedBody) -> FeedBody:
    etag = hashlib.sha256(fresh.body).hexdigest()
    if kept is None:
        kept = fresh
        kept.week_id, kept.last_modified = week_id, _whole_second(now())
        db.session.add(kept)
    elif kept.etag != etag:
        kept.last_modified = max(_whole_second(now()), kept.last_modified + timedelta(seconds=1))
    kept.number, kept.rendering, kept.etag = fresh.number, fresh.rendering, etag
    kept.body, kept.gzip = fresh.body, gzip.compress(fresh.body, mtime=0)
    return kept


def _store_entries(week_id: int, fresh: FeedBody, entries: dict[str, bytes]) -> None:
    known = set(db.session.scalars(select(FeedEntry.key).where(FeedEntry.key.in_(list(entries)))))
    db.session.add_all(
        FeedEntry(key=name, week_id=week_id, language=fresh.language, entry=text)
        for name, text in entries.items()
        if name not in known
    )
    if fresh.scope == Scope.WEEK:
        old = delete(FeedEntry).where(FeedEntry.week_id == week_id, FeedEntry.language == fresh.language)
        db.session.execute(old.where(FeedEntry.key.not_in(list(entries))))


def _whole_second(instant: datetime) -> datetime:
    return instant.replace(microsecond=0)
