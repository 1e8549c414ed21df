"""The conditions of pairs as inequalities: in which rooms two sessions concern each other, and the ways out.

The exact model (`exact.py`) reads them; `kernel.py` judges the same conditions for placements.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from eventweek.planner import kernel
from eventweek.planner.tables import CAPACITY, CITY, VENUE, Tables

AT, DAY, CLOCK = range(3)
"""What is compared: starts, days, times of day."""
FOREVER = 1 << 30


@dataclass(frozen=True, slots=True)
class Step:
    """How far the second may be after the first: at least `low`, at most `high`."""

    axis: int
    low: int
    high: int


Way = tuple[Step, ...]
"""Steps that hold together."""


def after(first: int, gap: int) -> Step:
    """Say that the second begins when the first, of so many minutes, has ended and a gap has passed."""
    return Step(AT, first + gap, FOREVER)


def before(second: int, gap: int) -> Step:
    """Say that the first begins when the second, of so many minutes, has ended and a gap has passed."""
    return Step(AT, -FOREVER, -(second + gap))


LATER, EARLIER, SAME = Step(DAY, 1, FOREVER), Step(DAY, -FOREVER, -1), Step(DAY, 0, 0)
OTHER_DAYS: tuple[Way, ...] = ((LATER,), (EARLIER,))


def ways_out(condition: int, p: int, first: int, second: int) -> tuple[Way, ...]:
    """Return the ways in which two sessions of these durations do not meet a condition; each is enough."""
    near = max(0, p)
    table: dict[int, tuple[Way, ...]] = {
        kernel.ORDER: ((after(first, p),),),
        kernel.TOO_LATE: ((Step(AT, -FOREVER, first + p),),),
        kernel.OTHER_DAY: ((SAME,),),
        kernel.SAME_DAY: OTHER_DAYS,
        kernel.DAYS_APART: ((Step(DAY, p, p),),),
        kernel.OTHER_CLOCK: ((Step(CLOCK, 0, 0),),),
        kernel.OTHER_START: ((Step(AT, 0, 0),),),
        kernel.SAME_SLOT: ((Step(AT, 1, FOREVER),), (Step(AT, -FOREVER, -1),)) if first == second else ((),),
        kernel.NOT_ADJACENT: (
            (SAME, Step(AT, first, first + p)),
            (SAME, Step(AT, -(second + p), -second)),
        ),
        kernel.CLOSE: (
            (after(first, near),),
            (before(second, near),),
            (LATER, after(first, 0)),
            (EARLIER, before(second, 0)),
        ),
        kernel.OTHER_ROOM: (),
        kernel.OTHER_VENUE: (),
        kernel.LARGER_ROOM: (),
        kernel.SAME_DAY_OTHER_ROOM: OTHER_DAYS,
        kernel.CITIES_A_DAY: OTHER_DAYS,
        kernel.TRAVEL: ((after(first, p),), (before(second, p),), (Step(AT, 1 - second, first - 1),)),
    }
    return table.get(condition, ((after(first, 0),), (before(second, 0),)))


def rooms_of(m: Tables, condition: int, one: Any, two: Any) -> Any:
    """Return for each room of the first and each of the second whether a condition may be met there."""
    a, b = one[:, None], two[None, :]
    if condition in (kernel.OTHER_ROOM, kernel.SAME_DAY_OTHER_ROOM):
        return a != b
    if condition == kernel.OVERLAP_ROOM:
        return a == b
    if condition == kernel.OTHER_VENUE:
        return m.rooms[a, VENUE] != m.rooms[b, VENUE]
    if condition in (kernel.LARGER_ROOM, kernel.LARGER_ROOM_AT_ONCE):
        return m.rooms[a, CAPACITY] > m.rooms[b, CAPACITY]
    if condition == kernel.OVERLAP_CITY:
        return m.rooms[a, CITY] == m.rooms[b, CITY]
    if condition == kernel.CITIES_A_DAY:
        return (m.rooms[a, CITY] != m.rooms[b, CITY]) & (m.rooms[a, CITY] >= 0) & (m.rooms[b, CITY] >= 0)
    return np.ones((len(one), len(two)), bool)


def cases(m: Tables, condition: int, p: int, one: Any, two: Any) -> Iterator[tuple[Any, int]]:
    """Yield where a condition may be met, and the number it compares with there: a journey has one for each way."""
    if condition != kernel.TRAVEL:
        yield rooms_of(m, condition, one, two), p
        return
    minutes = m.travel[np.ix_(one, two)]
    for found in np.unique(minutes[minutes > 0]).tolist():
        yield minutes == found, found
