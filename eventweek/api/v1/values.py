"""Values as JSON holds them."""

from datetime import UTC, date, datetime
from typing import Any

from eventweek.kernel.db import Bilingual

INSTANT = "%Y-%m-%dT%H:%M:%SZ"


def told(value: Any) -> Any:
    """Return days as ISO text, instants in UTC and texts in both languages, also inside lists and records."""
    if isinstance(value, Bilingual):
        return {"zh": value.zh, "en": value.en}
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime(INSTANT)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [told(one) for one in value]
    return {name: told(one) for name, one in value.items()} if isinstance(value, dict) else value
