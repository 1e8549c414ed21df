"""Where the days of an earlier edition lie in a new one (pure)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from eventweek.editions.enums import Anchor

WEEK = 7


@dataclass(frozen=True)
class Way:
    """From an edition that begins on `old` to one that begins on `new` and may use `days`; times stay on the clock."""

    old: date
    new: date
    days: frozenset[date]
    zone: str
    anchor: Anchor = Anchor.RUN

    def day(self, day: date) -> date | None:
        """Return the day in the new edition, None where it has none.

        By RUN the n-th day stays the n-th. By WEEKDAY it is the nearest day of the same weekday.
        """
        return next((found for found in self._nearest(day) if found in self.days), None)

    def outside(self, day: date, first: date, last: date) -> date:
        """Return the day for one that lies outside the run, such as a warm-up day."""
        nearest = self._nearest(day)
        return next((found for found in nearest if not first <= found <= last), nearest[0])

    def moment(self, instant: datetime) -> datetime | None:
        """Return the same time on the day in the new edition, None where it has none."""
        local = instant.astimezone(ZoneInfo(self.zone))
        day = self.day(local.date())
        return self._at(day, local) if day else None

    def deadline(self, instant: datetime) -> datetime:
        """Return the same time as far before or after the first day, wherever that is."""
        local = instant.astimezone(ZoneInfo(self.zone))
        return self._at(self._nearest(local.date())[0], local)

    def _at(self, day: date, local: datetime) -> datetime:
        return datetime.combine(day, local.time().replace(fold=0), ZoneInfo(self.zone)).astimezone(UTC)

    def _nearest(self, day: date) -> list[date]:
        place = day + (self.new - self.old)
        ahead = (day - place).days % WEEK if self.anchor == Anchor.WEEKDAY else 0
        steps = sorted((ahead, ahead - WEEK), key=abs) if ahead else [0]
        return [place + timedelta(days=step) for step in steps]


def next_first_day(first: date) -> date:
    """Return the first day to suggest for the next edition: the same weekday, a year on."""
    return first + timedelta(weeks=52)


def same_weekday(old: date, new: date) -> date:
    """Return the day nearest to `new` that has the weekday of `old`."""
    ahead = (old - new).days % WEEK
    return new + timedelta(days=ahead if ahead <= WEEK // 2 else ahead - WEEK)
