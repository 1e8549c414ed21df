"""The weave: the week drawn as one mark a session; bands are the parts of a day (design page, Weave)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from eventweek.scheduling.queries import PublishedSession

COLUMNS, ROWS = 6, 12
Mark = tuple[int, int, str]


def marks(sessions: list[PublishedSession], zone: str) -> dict[date, list[Mark]]:
    """Return for each local day the marks of its published sessions."""
    return lay([(s.start, s.facts["kind"]["family"]) for s in sessions], zone)


def lay(starts: Iterable[tuple[datetime, str]], zone: str) -> dict[date, list[Mark]]:
    """Return for each local day the marks (column, row, family) that fit a grid of 6 columns and 12 rows.

    Each half-day is a band: mornings from row 0, afternoons from row 4, evenings from row 9; a band that is full
    continues in the next row, and what exceeds the grid is left to the day's list.
    """
    bands: dict[tuple[date, int], list[str]] = defaultdict(list)
    for start, family in starts:
        local = start.astimezone(ZoneInfo(zone))
        bands[local.date(), _band(local)].append(family)
    drawn: dict[date, list[Mark]] = defaultdict(list)
    for (day, band), families in sorted(bands.items()):
        top = _first_free(drawn[day], band)
        drawn[day] += [mark for mark in _rows(families, top) if mark[1] < ROWS]
    return dict(drawn)


def _band(local: datetime) -> int:
    return 0 if local.hour < 12 else 4 if local.hour < 17 else 9


def _first_free(taken: list[Mark], band: int) -> int:
    return max([band, *(row + 1 for _column, row, _family in taken)])


def _rows(families: list[str], top: int) -> list[Mark]:
    placed = []
    for index, family in enumerate(families):
        row, column = divmod(index, COLUMNS)
        placed.append((column, top + row, family))
    return placed
