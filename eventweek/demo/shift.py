"""Shift the demo's dates by whole weeks (pure)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

FIRST_DAY = date(2026, 10, 15)
ZONE = ZoneInfo("Asia/Shanghai")


def day_to_show(instant: datetime) -> date:
    """Return the local day whose run is shown: from noon of a run's last day, the next run, whose warm-up is under way.

    So that at any moment something is over and enough lies ahead to register for.
    """
    local = instant.astimezone(ZONE)
    last = (local.date() - FIRST_DAY).days % 7 == 6
    return local.date() + timedelta(days=1) if last and local.hour >= 12 else local.date()


def shift_for(day: date) -> timedelta:
    """Return the whole weeks that move the seven-day run onto `day`."""
    return timedelta(weeks=(day - FIRST_DAY).days // 7)


def shifted(text: str, shift: timedelta) -> str:
    """Shift an ISO day, or a local wall-clock time `YYYY-MM-DDTHH:MM`."""
    if "T" in text:
        return (datetime.fromisoformat(text) + shift).isoformat(timespec="minutes")
    return (date.fromisoformat(text) + shift).isoformat()
