"""What the public may read: published snapshots of public sessions, never a draft."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.text import search_key
from eventweek.programme.enums import Visibility
from eventweek.scheduling.models import Published, Release, ReleaseItem


@dataclass(frozen=True)
class PublishedSession:
    """A public session as released; instants aware in UTC."""

    code: str
    uid: str
    title: Bilingual
    start: datetime
    end: datetime
    sequence: int
    changed_at: datetime
    facts: dict[str, Any]

    def matches(self, words: str) -> bool:
        """Say whether every word of a search stands in the title, place, people or organiser."""
        names = [self.facts[k] for k in ("title", "kind", "room", "venue", "city", "lead") if self.facts[k]]
        text = search_key(" ".join(f"{n['zh']} {n['en']}" for n in [*names, *self.facts["people"]]))
        return all(word in text for word in search_key(words).split())


def list_public_sessions(week_id: int) -> list[PublishedSession]:
    """Return the public sessions of the last release, by start and code, in one statement."""
    rows = db.session.scalars(
        select(ReleaseItem).join(Published, Published.item_id == ReleaseItem.id).where(Published.week_id == week_id)
    )
    public = [_session(row) for row in rows if row.snapshot["visibility"] == Visibility.PUBLIC]
    return sorted(public, key=lambda s: (s.start, s.code))


def find_last_release(week_id: int) -> Release | None:
    """Return the newest release, None before the first."""
    query = select(Release).where(Release.week_id == week_id).order_by(Release.number.desc()).limit(1)
    return db.session.scalar(query)


def _session(item: ReleaseItem) -> PublishedSession:
    facts = item.snapshot
    start = datetime.strptime(facts["start"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return PublishedSession(
        code=facts["code"],
        uid=facts["uid"],
        title=Bilingual(facts["title"]["zh"], facts["title"]["en"]),
        start=start,
        end=start + timedelta(minutes=facts["minutes"]),
        sequence=item.sequence,
        changed_at=item.changed_at,
        facts=facts,
    )


def map_published(session_ids: Collection[int]) -> dict[int, PublishedSession]:
    """Return what is published of these sessions, whatever their visibility, by session id, in one statement."""
    query = select(ReleaseItem).join(Published, Published.item_id == ReleaseItem.id)
    rows = db.session.scalars(query.where(Published.session_id.in_(session_ids)))
    return {row.session_id: _session(row) for row in rows}
