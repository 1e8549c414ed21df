"""Shift the demo's dates by whole weeks (pure)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

FIRST_DAY = date(2026, 10, 15)
ZONE = ZoneInfo("Asia/Shanghai")


def shift_for(day: date) -> timedelta:
    """Return the whole weeks that move the seven-day run onto `day`."""
    return timedelta(weeks=(day - FIRST_DAY).days // 7)


def shifted(text: str, shift: timedelta) -> str:
    """Shift an ISO day, or a local wall-clock time `YYYY-MM-DDTHH:MM`."""
    if "T" in text:
        return (datetime.fromisoformat(text) + shift).isoformat(timespec="minutes")
    return (date.fromisoformat(text) + shift).isoformat()
