"""The timetable of one day: rooms are rows, time runs right in cells of a quarter of an hour (pure)."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from eventweek.scheduling.queries import PublishedSession

CELL_MIN = 15
HOUR = 60 // CELL_MIN


@dataclass(frozen=True)
class Cell:
    """A run of `span` quarters: a session, or free time; `lunch` is the week's break, `half` starts at :30."""

    span: int
    session: PublishedSession | None = None
    lunch: bool = False
    half: bool = False


@dataclass(frozen=True)
class Row:
    """A room with its cells; a second row of the same room stands where sessions overlap."""

    room: dict[str, str]
    cells: list[Cell]


@dataclass(frozen=True)
class Site:
    """A venue with its rooms."""

    venue: dict[str, str]
    city: dict[str, str] | None
    rows: list[Row]

    @property
    def sessions(self) -> list[PublishedSession]:
        """Return what takes place here, by time."""
        held = [cell.session for row in self.rows for cell in row.cells if cell.session]
        return sorted(held, key=lambda s: (s.start, s.code))


@dataclass(frozen=True)
class Grid:
    """A day: the full hours over the cells, the venues, and the cell at which `now` stands, if it does."""

    hours: list[int]
    sites: list[Site]
    now: float | None

    @property
    def cells(self) -> int:
        """Return how many cells a row has."""
        return len(self.hours) * HOUR


Lunch = tuple[int, int]


def lay_out(sessions: list[PublishedSession], zone: str, lunch: tuple[str, str], host: str, now: datetime) -> Grid:
    """Lay the sessions of one local day out by city, venue and room; `lunch` is a pair of `HH:MM`.

    `host` is the code of the main venue, which stands first in its city.
    """
    spans = {s.code: _span(s, zone) for s in sessions}
    if not sessions:
        return Grid([], [], None)
    first = min(start for start, _end in spans.values()) // HOUR
    last = -(-max(end for _start, end in spans.values()) // HOUR)
    breaks = (_cell(lunch[0]) - first * HOUR, _cell(lunch[1]) - first * HOUR)
    moved = {code: (start - first * HOUR, end - first * HOUR) for code, (start, end) in spans.items()}
    width = (last - first) * HOUR
    groups = sorted(_grouped(sessions, "venue"), key=lambda group: _rank(group[0], host))
    sites = [_site(group, moved, width, breaks) for group in groups]
    here = now.astimezone(ZoneInfo(zone))
    at = (here.hour * 60 + here.minute) / CELL_MIN - first * HOUR
    today = here.date() == sessions[0].start.astimezone(ZoneInfo(zone)).date()
    return Grid(list(range(first, last)), sites, at if today and 0 <= at <= width else None)


def _span(session: PublishedSession, zone: str) -> tuple[int, int]:
    local = session.start.astimezone(ZoneInfo(zone))
    start = local.hour * 60 + local.minute
    end = start + max(1, int((session.end - session.start).total_seconds()) // 60)
    return start // CELL_MIN, -(-min(end, 24 * 60) // CELL_MIN)


def _cell(clock: str) -> int:
    hour, minute = clock.split(":")
    return (int(hour) * 60 + int(minute)) // CELL_MIN


def _rank(session: PublishedSession, host: str) -> tuple[str, bool, str]:
    facts = session.facts
    return (facts["city"] or {}).get("code", "~"), facts["venue"]["code"] != host, facts["venue"]["code"]


def _grouped(sessions: list[PublishedSession], name: str) -> list[list[PublishedSession]]:
    groups: dict[str, list[PublishedSession]] = {}
    for session in sorted(sessions, key=lambda s: str(s.facts[name]["code"])):
        groups.setdefault(session.facts[name]["code"], []).append(session)
    return list(groups.values())


def _site(sessions: list[PublishedSession], spans: dict[str, tuple[int, int]], width: int, lunch: Lunch) -> Site:
    facts = sessions[0].facts
    rows = [
        Row(lane[0].facts["room"], _cells(lane, spans, width, lunch))
        for room in _grouped(sessions, "room")
        for lane in _lanes(room, spans)
    ]
    return Site(facts["venue"], facts["city"], rows)


def _lanes(sessions: list[PublishedSession], spans: dict[str, tuple[int, int]]) -> list[list[PublishedSession]]:
    lanes: list[list[PublishedSession]] = []
    for session in sorted(sessions, key=lambda s: spans[s.code]):
        free = next((lane for lane in lanes if spans[lane[-1].code][1] <= spans[session.code][0]), None)
        if free is None:
            lanes.append(free := [])
        free.append(session)
    return lanes


def _cells(lane: list[PublishedSession], spans: dict[str, tuple[int, int]], width: int, lunch: Lunch) -> list[Cell]:
    cells: list[Cell] = []
    at = 0
    for session in lane:
        start, end = spans[session.code]
        cells += _free(at, start, lunch)
        cells.append(Cell(end - start, session, half=start % HOUR != 0))
        at = end
    return cells + _free(at, width, lunch)


def _free(start: int, end: int, lunch: Lunch) -> list[Cell]:
    """Return empty cells up to each half hour, so that hairlines and the break stand in their places."""
    cells = []
    while start < end:
        stop = min(end, start - start % (HOUR // 2) + HOUR // 2)
        cells.append(Cell(stop - start, lunch=lunch[0] <= start < lunch[1], half=start % HOUR != 0))
        start = stop
    return cells
