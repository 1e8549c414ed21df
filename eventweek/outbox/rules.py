"""When a message waits for the morning (pure)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


def quiet_until(at: datetime, zone: str, starts: str, ends: str) -> datetime | None:
    """Return when the quiet hours that hold at an instant end, None where none hold; `starts`, `ends`: local `HH:MM`.

    Hours that end before they start go over midnight; equal ones are none.
    """
    local = at.astimezone(ZoneInfo(zone))
    clock = f"{local:%H:%M}"
    over_midnight = starts > ends
    quiet = (clock >= starts or clock < ends) if over_midnight else starts <= clock < ends
    if not quiet:
        return None
    day = local.date() + timedelta(days=1 if over_midnight and clock >= starts else 0)
    hours, minutes = (int(part) for part in ends.split(":"))
    return datetime(day.year, day.month, day.day, hours, minutes, tzinfo=ZoneInfo(zone))
