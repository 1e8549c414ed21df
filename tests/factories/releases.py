"""Published snapshots that say something else than any release would write; and what the next one would change."""

from typing import Any

from eventweek.scheduling.diff import Change, change
from eventweek.scheduling.models import ReleaseItem
from eventweek.scheduling.queries.marks import list_changed_drafts
from eventweek.scheduling.snapshot import written


def retell(item: ReleaseItem, **facts: Any) -> None:
    """Change facts of a released item, and its digest with them, as if it had been released so."""
    item.snapshot = item.snapshot | facts
    item.sha256 = written(item.snapshot)[1]


def list_changes(week_id: int) -> list[Change]:
    """Return what the next release would change, and what it cannot."""
    return [change(draft) for draft in list_changed_drafts(week_id)]
