"""One day as a board: rooms are rows, time runs right in steps of a slot; pure, from lines of the plan."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from eventweek.programme.models import Room, Venue, Week
from eventweek.scheduling.queries.lines import Line

SLOT_MIN = 15
HOUR = 60


@dataclass(frozen=True)
class Cell:
    """Some slots of a row: a session, or open time; `whole` starts at a full hour, `gap` is there to change over."""

    span: int
    line: Line | None = None
    lunch: bool = False
    whole: bool = False
    gap: bool = False


@dataclass
class Row:
    """A room's day; a second lane exists only where sessions overlap."""

    room: Room
    lanes: list[list[Line]] = field(default_factory=list)
    cells: list[list[Cell]] = field(default_factory=list)


@dataclass
class Group:
    """The rooms of a venue that are shown."""

    venue: Venue
    rows: list[Row]


@dataclass(frozen=True)
class Board:
    """`first` and `last` in minutes from midnight; `now_share` in thousandths of the width, None outside the day."""

    groups: list[Group]
    first: int
    last: int
    now_share: int | None

    @property
    def slots(self) -> int:
        """Return the number of columns."""
        return (self.last - self.first) // SLOT_MIN

    @property
    def heads(self) -> list[tuple[str, int]]:
        """Return the hours as (label, columns)."""
        cuts = _cuts(self.first, self.last)
        return [(f"{a // HOUR:02}:{a % HOUR:02}", (b - a) // SLOT_MIN) for a, b in cuts]


def draw(week: Week, day: date, lines: Sequence[Line], rooms: Iterable[Room], now: datetime) -> Board:
    """Lay a day's placed sessions out; `rooms` are shown even when nothing is in them."""
    zone = ZoneInfo(week.timezone)
    midnight = datetime.combine(day, datetime.min.time(), zone)
    spans = {own.code: _minutes(own, midnight) for own in lines}
    first = min([_clock(week.day_start), *(a for a, _b in spans.values())]) // 30 * 30
    last = -(-max([_clock(week.day_end), *(b for _a, b in spans.values())]) // 30) * 30
    rows = {room.id: Row(room) for room in rooms}
    for entry in sorted(lines, key=lambda own: (spans[own.code], own.code)):
        assert entry.room
        row = rows.setdefault(entry.room.id, Row(entry.room))
        _stack(row, entry, spans)
    lunch = (_clock(week.lunch_start), _clock(week.lunch_end))
    for row in rows.values():
        row.cells = [_cells(lane, spans, first, last, lunch) for lane in row.lanes or [[]]]
    ordered = sorted(rows.values(), key=lambda r: (r.room.venue_id, r.room.id))
    groups = [
        Group(own[0].room.venue, own) for own in (list(g) for _id, g in groupby(ordered, lambda r: r.room.venue_id))
    ]
    at = int((now - midnight).total_seconds() // 60)
    share = (at - first) * 1000 // (last - first) if first <= at < last else None
    return Board(groups, first, last, share)


def _minutes(line: Line, midnight: datetime) -> tuple[int, int]:
    assert line.start
    begin = int((line.start - midnight) / timedelta(minutes=1)) // SLOT_MIN * SLOT_MIN
    return begin, min(begin + -(-line.own.duration_min // SLOT_MIN) * SLOT_MIN, 24 * HOUR)


def _clock(text: str) -> int:
    hours, minutes = text.split(":") if text else ("0", "0")
    return int(hours) * HOUR + int(minutes)


def _stack(row: Row, entry: Line, spans: dict[str, tuple[int, int]]) -> None:
    for lane in row.lanes:
        if spans[lane[-1].code][1] <= spans[entry.code][0]:
            lane.append(entry)
            return
    row.lanes.append([entry])


def _cells(
    lane: list[Line], spans: dict[str, tuple[int, int]], first: int, last: int, lunch: tuple[int, int]
) -> list[Cell]:
    cells, at = [], first
    for place, entry in enumerate(lane):
        begin, end = spans[entry.code]
        cells += [_open(a, b, lunch) for a, b in _cuts(at, begin)]
        cells.append(Cell((end - begin) // SLOT_MIN, entry))
        until = spans[lane[place + 1].code][0] if place + 1 < len(lane) else last
        at = min(end + -(-entry.kind.changeover_min // SLOT_MIN) * SLOT_MIN, until)
        cells += [Cell((b - a) // SLOT_MIN, whole=a % HOUR == 0, gap=True) for a, b in _cuts(end, at)]
    return cells + [_open(a, b, lunch) for a, b in _cuts(at, last)]


def _open(begin: int, end: int, lunch: tuple[int, int]) -> Cell:
    return Cell((end - begin) // SLOT_MIN, lunch=lunch[0] <= begin and end <= lunch[1], whole=begin % HOUR == 0)


def _cuts(begin: int, end: int) -> list[tuple[int, int]]:
    """Cut a stretch of open time at the full hours."""
    marks = [begin, *range(begin // HOUR * HOUR + HOUR, end, HOUR), end] if begin < end else []
    return list(zip(marks, marks[1:], strict=False))
