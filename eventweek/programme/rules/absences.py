"""When somebody cannot come after all (pure): what may be said of it, and which of their hours are left."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from eventweek.kernel.errors import FieldError
from eventweek.programme.rules.incidents import Loss
from eventweek.programme.rules.speakers import WHOLE_DAY

Span = Mapping[str, Any]
NEVER = ("00:00", "00:01")
"""What stands for no time at all: whoever has no span may come always."""


def why_no_absence(away: Loss, days: Collection[date], zone: str) -> list[FieldError]:
    """Name what is wrong with a report, for a week of these days (IANA zone)."""
    if away.until is not None and away.until <= away.since:
        return [FieldError("until", "absence.until")]
    if not any(_hours_away(away, day, zone) for day in days):
        return [FieldError("since", "absence.outside", {"first": str(min(days)), "last": str(max(days))})]
    return []


def hours_left(spans: Iterable[Span], days: Collection[date], away: Loss, zone: str) -> list[dict[str, Any]]:
    """Return the spans in which somebody can still come: rows of `day`, `opens`, `closes`; those of other weeks stay.

    `spans`: theirs until now, `days`: those of the week, `zone`: the IANA zone of its clock.
    """
    every = [dict(span) for span in spans]
    known = [span for span in every if span["day"] in days]
    known = known or [_span(day, *WHOLE_DAY) for day in sorted(days)]
    left = [part for span in known for part in _parts(span, _hours_away(away, span["day"], zone))]
    others = [span for span in every if span["day"] not in days]
    return [*others, *(left or [_span(min(days), *NEVER)])]


def _hours_away(away: Loss, day: date, zone: str) -> tuple[str, str] | None:
    """Return from when until when of a day they are away, `HH:MM`; None: not at all."""
    begins = away.since.astimezone(ZoneInfo(zone))
    ends = away.until.astimezone(ZoneInfo(zone)) if away.until else None
    if day < begins.date() or (ends and day > ends.date()):
        return None
    opens = _clock(begins) if day == begins.date() else WHOLE_DAY[0]
    closes = _clock(ends) if ends and day == ends.date() else WHOLE_DAY[1]
    return (opens, closes) if opens < closes else None


def _parts(span: Span, away: tuple[str, str] | None) -> list[dict[str, Any]]:
    opens, closes = span["opens"], span["closes"]
    if away is None or away[1] <= opens or closes <= away[0]:
        return [dict(span)]
    parts = ((opens, away[0]), (away[1], closes))
    return [_span(span["day"], begin, end) for begin, end in parts if begin < end]


def _span(day: date, opens: str, closes: str) -> dict[str, Any]:
    return {"day": day, "opens": opens, "closes": closes}


def _clock(at: datetime) -> str:
    return f"{at:%H:%M}"
