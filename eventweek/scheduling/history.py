"""What each release changed: its items, each beside what was published of the session before."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.errors import Refusal
from eventweek.scheduling.models import Release, ReleaseItem


@dataclass(frozen=True)
class Item:
    """One session of a release; `before` is None where it was the first time."""

    code: str
    title: Bilingual
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any]


def count_items(week_id: int) -> dict[int, int]:
    """Return how many sessions each release of the week changed, by the release's id."""
    query = select(ReleaseItem.release_id, func.count()).join(Release, Release.id == ReleaseItem.release_id)
    rows = db.session.execute(query.where(Release.week_id == week_id).group_by(ReleaseItem.release_id))
    return {release_id: count for release_id, count in rows}


def list_items(release_id: int) -> list[Item]:
    """Return what a release changed, by start; two statements."""
    items = [_item(item, before) for item, before in _beside(release_id)]
    return sorted(items, key=lambda item: (item.after["start"], item.code))


def list_pairs(week_id: int, number: int) -> list[tuple[int, dict[str, Any] | None, dict[str, Any]]]:
    """Return what a release of a week published: the session by id, what was public before, and what is since.

    Raises: Refusal release.not_found.
    """
    query = select(Release.id).where(Release.week_id == week_id, Release.number == number)
    own = db.session.scalar(query)
    if own is None:
        raise Refusal("release.not_found")
    return [(item.session_id, before, item.snapshot) for item, before in _beside(own)]


def _beside(release_id: int) -> list[tuple[ReleaseItem, dict[str, Any] | None]]:
    """Return the items of a release, each beside what was published of its session before."""
    own = list(db.session.scalars(select(ReleaseItem).where(ReleaseItem.release_id == release_id)))
    earlier, mine = aliased(ReleaseItem), aliased(ReleaseItem)
    query = (
        select(earlier)
        .join(mine, mine.session_id == earlier.session_id)
        .where(mine.release_id == release_id, earlier.release_id < release_id)
        .order_by(earlier.release_id)
    )
    before = {item.session_id: item.snapshot for item in db.session.scalars(query)}
    return [(item, before.get(item.session_id)) for item in own]


def _item(item: ReleaseItem, before: dict[str, Any] | None) -> Item:
    facts = item.snapshot
    return Item(facts["code"], Bilingual(facts["title"]["zh"], facts["title"]["en"]), item.action, before, facts)


def map_snapshots(release_id: int) -> dict[int, dict[str, Any]]:
    """Return what a release published, by session id, in one statement."""
    query = select(ReleaseItem.session_id, ReleaseItem.snapshot).where(ReleaseItem.release_id == release_id)
    return {session: facts for session, facts in db.session.execute(query)}
