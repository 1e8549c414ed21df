"""What a paper is made of: the week, its sessions as published or planned, and when that was (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """A session on paper; times on the week's own clock. `facts`: its snapshot."""

    code: str
    start: datetime
    end: datetime
    facts: Facts

    @property
    def day(self) -> date:
        """Return the day on which it begins."""
        return self.start.date()

    @property
    def cancelled(self) -> bool:
        """Say whether it was called off."""
        return bool(self.facts.get("cancelled"))


@dataclass(frozen=True)
class Scene:
    """A week as a paper shows it; `number` and `released_at`: of its newest release, 0 and None before the first.

    `cities`: codes in the organisers' order; `host`: code of the host venue. `draft`: they are the working plan.
    """

    week: str
    title: Mapping[str, str]
    short: Mapping[str, str]
    theme: Mapping[str, str]
    organiser: Mapping[str, str]
    contact: Mapping[str, str]
    phone: str
    accent: str
    zone: str
    first_day: date
    last_day: date
    cities: tuple[str, ...]
    host: str
    number: int
    released_at: datetime | None
    draft: bool
    entries: tuple[Entry, ...]

    def local(self, at: datetime) -> datetime:
        """Return a moment on the week's own clock."""
        return at.astimezone(ZoneInfo(self.zone))


def entry_of(facts: Facts, zone: str) -> Entry:
    """Return a snapshot as it stands on paper."""
    start = datetime.strptime(facts["start"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    return Entry(facts["code"], start, start + timedelta(minutes=facts["minutes"]), facts)


def narrowed(entries: Iterable[Entry], part: Mapping[str, str]) -> list[Entry]:
    """Return the sessions that have every value that is asked for (facet -> code)."""
    return [entry for entry in entries if all(_value(entry, name) == value for name, value in part.items())]


def _value(entry: Entry, facet: str) -> str:
    facts = entry.facts
    if facet == "day":
        return entry.day.isoformat()
    if facet == "session":
        return entry.code
    if facet == "family":
        return str(facts["kind"]["family"])
    return str((facts[facet] or {}).get("code", ""))
