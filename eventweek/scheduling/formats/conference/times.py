"""Read and write the times of schedules: lengths, starts after midnight, days (pure)."""

import re
from datetime import date, datetime, timedelta

from eventweek.scheduling.formats.conference.model import Conference, Event

_LENGTH = re.compile(r"(?:(\d{1,2}):)?(\d{1,4}):([0-5]\d)")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?")


def minutes(text: str) -> int | str:
    """Read `HH:MM` or `D:HH:MM` as minutes; anything else comes back as it is."""
    found = _LENGTH.fullmatch(text)
    if not found:
        return text
    days, hours, rest = (int(part or 0) for part in found.groups())
    return (days * 24 + hours) * 60 + rest


def slot(text: str) -> int:
    """Read the length of a time slot, `HH:MM` or `HH:MM:SS`, as minutes; 0 where it says none."""
    found = re.fullmatch(r"(\d{1,2}):([0-5]\d)(:[0-5]\d)?", text)
    return int(found[1]) * 60 + int(found[2]) if found else 0


def start(date: str, clock: str, day: str, change: str) -> datetime | str:
    """Return when an event begins: its own full `date` where it has one, else its clock on a day of the schedule.

    A clock before the hour of day change belongs to the night after that day (frab's `day_change`).
    """
    own = _instant(date)
    if own is not None:
        return own
    found, turn = _CLOCK.fullmatch(clock), _CLOCK.fullmatch(change)
    midnight = _instant(f"{day}T00:00")
    if not found or midnight is None:
        return f"{day} {clock}".strip()
    at = timedelta(hours=int(found[1]), minutes=int(found[2]))
    night = turn is not None and at < timedelta(hours=int(turn[1]), minutes=int(turn[2]))
    return midnight + at + timedelta(days=1 if night else 0)


def clock(minutes: int) -> str:
    """Write minutes as `HH:MM`; hours beyond a day go on counting, as in frab."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def days_of(own: Conference) -> list[date]:
    """Return the days of a written schedule, and those before and after on which an event begins."""
    first, last = date.fromisoformat(own.first_day), date.fromisoformat(own.last_day)
    run = {first + timedelta(days=n) for n in range((last - first).days + 1)}
    return sorted(run | {event.start.date() for event in own.events if isinstance(event.start, datetime)})


def _instant(text: str) -> datetime | None:
    """Read an ISO instant to the minute, None where it is none."""
    if not re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d", text):
        return None
    try:
        return datetime.fromisoformat(text).replace(second=0, microsecond=0)
    except ValueError:
        return None


def texts_of(event: Event) -> dict[str, str]:
    """Return what a written event says in single texts, by name, in the order of frab's schedule.xml."""
    assert isinstance(event.start, datetime) and isinstance(event.minutes, int)
    own = ("room", "slug", "url", "title", "subtitle", "track", "type", "language", "abstract", "description")
    when = {"date": event.start.isoformat(), "start": f"{event.start:%H:%M}", "duration": clock(event.minutes)}
    return when | {name: getattr(event, name) for name in own}
