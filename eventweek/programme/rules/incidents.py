"""When a hall is lost (pure): what may be said of it, and which times it takes away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from eventweek.kernel.errors import FieldError

LATEST = timedelta(days=1)
"""How long ago what is reported now may have begun."""


@dataclass(frozen=True)
class Loss:
    """From when until when (None: nobody knows) a room cannot be used, or somebody cannot come; aware."""

    since: datetime
    until: datetime | None = None

    def meets(self, start: datetime, end: datetime) -> bool:
        """Say whether it takes away any of the time between two instants."""
        return self.since < end and (self.until is None or start < self.until)


def is_lost(losses: Iterable[Loss], start: datetime, end: datetime) -> bool:
    """Say whether any of these takes away time between two instants."""
    return any(loss.meets(start, end) for loss in losses)


def why_no_loss(loss: Loss, at: datetime, first: date, last: date, zone: str) -> list[FieldError]:
    """Name what is wrong with a report that is made at an instant, in a week of these days (IANA zone)."""
    if loss.until is not None and loss.until <= loss.since:
        return [FieldError("until", "incident.until")]
    if loss.since < at - LATEST:
        return [FieldError("since", "incident.past")]
    if loss.until is not None and loss.until <= at:
        return [FieldError("until", "incident.over")]
    opens, closes = midnight(first, zone), midnight(last + timedelta(days=1), zone)
    if not loss.meets(opens, closes):
        return [FieldError("since", "incident.outside", {"first": first.isoformat(), "last": last.isoformat()})]
    return []


def midnight(day: date, zone: str) -> datetime:
    """Return when a day begins in an IANA zone, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
