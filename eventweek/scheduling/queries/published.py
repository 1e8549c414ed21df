"""What is published: the snapshots of the last release of each session, never a draft."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select

from eventweek.kernel.db import AT_ONCE, Bilingual, db
from eventweek.kernel.text import search_key
from eventweek.programme.enums import Visibility
from eventweek.programme.models import Session
from eventweek.scheduling.models import Published, Release, ReleaseItem


@dataclass(frozen=True)
class PublishedSession:
    """A session as released; instants aware in UTC. `id` is that of the session's row, 0 for one that has none."""

    code: str
    uid: str
    title: Bilingual
    start: datetime
    end: datetime
    sequence: int
    changed_at: datetime
    facts: dict[str, Any]
    id: int = 0

    @property
    def cancelled(self) -> bool:
        """Say whether it was called off; it stays published so that everybody learns of it."""
        return bool(self.facts.get("cancelled"))

    @property
    def reason(self) -> Bilingual:
        """Return why it was called off."""
        own = self.facts.get("reason") or {"zh": "", "en": ""}
        return Bilingual(own["zh"], own["en"])

    @property
    def visibility(self) -> str:
        """Return who may know of it."""
        return str(self.facts["visibility"])

    @property
    def registration(self) -> str:
        """Return how one gets in."""
        return str(self.facts["registration"])

    @property
    def text(self) -> Bilingual:
        """Return the description in Markdown."""
        own = self.facts.get("text") or {"zh": "", "en": ""}
        return Bilingual(own["zh"], own["en"])

    @property
    def tags(self) -> list[dict[str, str]]:
        """Return its tags: `set`, `code`, `zh`, `en`."""
        return list(self.facts.get("tags", []))

    @property
    def organisations(self) -> list[dict[str, Any]]:
        """Return its organisations with their `role`, hosts first."""
        return list(self.facts.get("organisations", []))

    @property
    def series(self) -> list[dict[str, Any]]:
        """Return the series it belongs to: `code`, `kind`, `position` (from 1, 0: no order), `zh`, `en`."""
        return list(self.facts.get("series", []))

    @property
    def attachments(self) -> list[dict[str, Any]]:
        """Return the files beside the session, in the organisers' order."""
        return list(self.facts.get("attachments", []))

    @property
    def links(self) -> list[dict[str, str]]:
        """Return the addresses beside it in their order: `kind`, `url`, `zh`, `en`."""
        return list(self.facts.get("links", []))

    def matches(self, words: str) -> bool:
        """Say whether every word of a search stands in the title, kind, place, people, organisations or tags."""
        return all(word in self.facts["search"] for word in search_key(words).split())


def list_public_sessions(week_id: int) -> list[PublishedSession]:
    """Return the public sessions, cancelled ones too, by start and code."""
    return [session for session in list_published(week_id) if session.visibility == Visibility.PUBLIC]


def list_for_calendars(week_id: int) -> list[PublishedSession]:
    """Return the public sessions and, as cancelled, what was public of those that are so no more."""
    sessions = [_left(session) or session for session in list_published(week_id)]
    return [session for session in sessions if session.visibility == Visibility.PUBLIC]


def list_published(week_id: int) -> list[PublishedSession]:
    """Return every published session, whoever may know of it, by start and code."""
    rows = [tuple(row) for row in db.session.execute(_OF_WEEK, {"own_week": week_id}).all()]
    known, ordered = _ordered.get(week_id, ([], []))
    if rows != known:
        ordered = sorted(recall(rows), key=lambda session: (session.start, session.code))
        _ordered[week_id] = rows, ordered
    return list(ordered)


def find_published(session_id: int) -> PublishedSession | None:
    """Return a session as published, whoever may know of it."""
    return next(iter(_list(_AT.session_id == session_id)), None)


def map_published(session_ids: Collection[int]) -> dict[int, PublishedSession]:
    """Return what is published of these sessions, whoever may know of them, by session id."""
    return {own.id: own for own in _list(_AT.session_id.in_(session_ids))}


def map_public(week_id: int, codes: Collection[str]) -> dict[str, PublishedSession]:
    """Return those of these sessions of a week that are public, by code."""
    of_codes = select(Session.id).where(Session.week_id == week_id, Session.code.in_(codes))
    found = _list(_AT.week_id == week_id, _AT.session_id.in_(of_codes))
    return {own.code: own for own in found if own.visibility == Visibility.PUBLIC}


def find_last_release(week_id: int) -> Release | None:
    """Return the newest release, None before the first."""
    query = select(Release).where(Release.week_id == week_id).order_by(Release.number.desc()).limit(1)
    return db.session.scalar(query)


def map_last_releases() -> dict[int, Release]:
    """Return the newest release of each week that has one, by week id, in one statement."""
    newest = select(Release.week_id, func.max(Release.number).label("number")).group_by(Release.week_id).subquery()
    same = (Release.week_id == newest.c.week_id) & (Release.number == newest.c.number)
    return {release.week_id: release for release in db.session.scalars(select(Release).join(newest, same))}


def list_releases(week_id: int) -> list[Release]:
    """Return the releases, the newest first."""
    return list(db.session.scalars(select(Release).where(Release.week_id == week_id).order_by(Release.number.desc())))


Mark = tuple[int, str, int, datetime]
"""Session, SHA-256 of the snapshot, sequence, moment of change: all that a `PublishedSession` is made of."""
MOST_KNOWN = 10_000
_AT: Any = Published.__table__.c
_ITEM: Any = ReleaseItem.__table__.c
MARKS = (_ITEM.session_id, _ITEM.sha256, _ITEM.sequence, _ITEM.changed_at, _ITEM.id)
_SNAPSHOTS = select(*MARKS, _ITEM.snapshot)
_MARKS = select(*MARKS).where(_AT.item_id == _ITEM.id)
_OF_WEEK = _MARKS.where(_AT.week_id == bindparam("own_week"))
_known: dict[Mark, PublishedSession] = {}
_ordered: dict[int, tuple[list[tuple[Any, ...]], list[PublishedSession]]] = {}
"""Of each week the rows that were read last, and what they name in order: right while the rows are the same."""


def _list(*which: ColumnElement[bool]) -> list[PublishedSession]:
    return recall([tuple(row) for row in db.session.execute(_MARKS.where(*which)).all()])


def recall(rows: Collection[tuple[Any, ...]]) -> list[PublishedSession]:
    """Return published sessions by rows of `MARKS`: a snapshot is read only where this process knows it not yet.

    A snapshot never changes, so that one read once stays right; whoever receives it only reads.
    """
    found: dict[Mark, PublishedSession | None] = {row[:4]: _known.get(row[:4]) for row in rows}
    new = [row[4] for row in rows if found[row[:4]] is None]
    for start in range(0, len(new), AT_ONCE):
        for row in db.session.execute(_SNAPSHOTS.where(_ITEM.id.in_(new[start : start + AT_ONCE]))):
            session_id, sha256, sequence, changed_at, _id, facts = row
            found[session_id, sha256, sequence, changed_at] = _read(session_id, facts, sequence, changed_at)
    if len(_known) + len(new) > MOST_KNOWN:
        _known.clear()
    _known.update((mark, own) for mark, own in found.items() if own)
    return [own for own in found.values() if own]


def _left(session: PublishedSession) -> PublishedSession | None:
    """Return what calendars still hold of a session that was withdrawn from the public."""
    left = session.facts.get("withdrawn")
    return left and _read(session.id, left["facts"], left["sequence"], datetime.fromisoformat(left["at"]))


def read(item: ReleaseItem) -> PublishedSession:
    """Return a released item as readers receive it."""
    return _read(item.session_id, item.snapshot, item.sequence, item.changed_at)


def told_as(own: PublishedSession, facts: dict[str, Any]) -> PublishedSession:
    """Return a session as readers would receive it if a release said this of it."""
    return _read(own.id, facts, own.sequence, own.changed_at)


def _read(session_id: int, facts: dict[str, Any], sequence: int, changed_at: datetime) -> PublishedSession:
    start = datetime.fromisoformat(facts["start"])
    return PublishedSession(
        id=session_id,
        code=facts["code"],
        uid=facts["uid"],
        title=Bilingual(facts["title"]["zh"], facts["title"]["en"]),
        start=start,
        end=start + timedelta(minutes=facts["minutes"]),
        sequence=sequence,
        changed_at=changed_at,
        facts=facts,
    )
