"""The time now, and local days of a week's zone."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_fixed: ContextVar[datetime | None] = ContextVar("fixed_now", default=None)


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return _fixed.get() or datetime.now(UTC)


def local_day(instant: datetime, zone: str) -> date:
    """Return the calendar day of an instant in an IANA zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


@contextmanager
def travel(to: datetime) -> Iterator[None]:
    """Hold `now()` at an aware instant inside the block."""
    token = _fixed.set(to.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)
