"""Values as JSON holds them (pure)."""

from datetime import UTC, date, datetime
from typing import Any

INSTANT = "%Y-%m-%dT%H:%M:%SZ"


def told(value: Any) -> Any:
    """Return days as ISO text and instants in UTC, also inside lists and records."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime(INSTANT)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [told(one) for one in value]
    return {name: told(one) for name, one in value.items()} if isinstance(value, dict) else value
