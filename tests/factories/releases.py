"""Published snapshots that say something else than any release would write."""

from typing import Any

from eventweek.scheduling.models import ReleaseItem
from eventweek.scheduling.snapshot import digest


def retell(item: ReleaseItem, **facts: Any) -> None:
    """Change facts of a released item, and its digest with them, as if it had been released so."""
    item.snapshot = item.snapshot | facts
    item.sha256 = digest(item.snapshot)
