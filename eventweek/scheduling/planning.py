"""What a plan is asked for beside the programme itself, and the clock on which planner and week agree (pure)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from eventweek.planner.problem import MINUTES_A_DAY, Mode, Setting, Window

Preset = Literal["steady", "compact", "repair"]


@dataclass(frozen=True)
class Demand:
    """How many seats of a session's room are taken, and how many people wait for one."""

    registered: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class Asked:
    """What is wanted of a plan. `demand`: by session id; `at`: sessions that have begun by then stay where they are.

    `preset` and `weights`: how the week means the rules.
    """

    mode: Mode = "full"
    demand: Mapping[int, Demand] = field(default_factory=dict)
    at: datetime | None = None
    preset: Preset = "steady"
    weights: Mapping[str, Setting] = field(default_factory=dict)


@dataclass(frozen=True)
class Calendar:
    """Minutes from the first midnight of a run of days, by the wall clock of its zone."""

    first: date
    days: int
    zone: ZoneInfo

    @classmethod
    def over(cls, days: Collection[date], zone: str) -> "Calendar":
        """Return the calendar from the first to the last of these days."""
        return cls(min(days), (max(days) - min(days)).days + 1, ZoneInfo(zone))

    @property
    def end(self) -> int:
        """Return the minute at which the last day is over."""
        return self.days * MINUTES_A_DAY

    def minute(self, at: datetime) -> int:
        """Return the minute of an aware instant."""
        local = at.astimezone(self.zone)
        return (local.date() - self.first).days * MINUTES_A_DAY + local.hour * 60 + local.minute

    def moment(self, minute: int) -> datetime:
        """Return the instant of a minute, in UTC."""
        return (datetime.combine(self.first, time(), self.zone) + timedelta(minutes=minute)).astimezone(UTC)

    def spans(self, hours: Iterable[tuple[date | None, str, str]], without: Collection[date] = ()) -> list[Window]:
        """Return windows of the clock (`HH:MM`), on one day or (None) on every day, in order."""
        found = [
            (n * MINUTES_A_DAY + clock(opens), n * MINUTES_A_DAY + clock(closes))
            for day, opens, closes in hours
            for n in self._numbers(day)
            if self.first + timedelta(n) not in without
        ]
        return sorted(set(found))

    def _numbers(self, day: date | None) -> Iterator[int]:
        if day is None:
            yield from range(self.days)
        elif 0 <= (day - self.first).days < self.days:
            yield (day - self.first).days


def clock(text: str) -> int:
    """Return the minutes after midnight of `HH:MM`."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def ahead(windows: list[Window], now: int | None) -> list[Window]:
    """Return what is left of windows after a minute (None: all of it); where nothing is, one that holds no session."""
    if now is None:
        return windows
    left = [(max(begin, now), until) for begin, until in windows if until > now]
    return left or [(now, now + 1)]


def apart(windows: list[Window], shut: Iterable[Window]) -> list[Window]:
    """Return what others leave of windows; where nothing is left, one that holds no session."""
    left = windows
    for begin, until in shut:
        pieces = [[(a, min(b, begin)), (max(a, until), b)] for a, b in left]
        left = [(a, b) for two in pieces for a, b in two if a < b]
    return left or windows and [(0, 1)]


def audience(expected: int, demand: Demand, largest: int) -> int:
    """Return how many people a room should hold: a long list asks for the largest room that there is, not for none."""
    return max(expected, min(demand.registered + demand.waiting, largest))
