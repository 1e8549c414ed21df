"""Counting sessions in groups: how a group's magnitude changes when a member comes or goes."""

from typing import Any

from eventweek.planner.compiled import inner, pasted
from eventweek.planner.kernel import (
    BY_DAY_ROOM,
    BY_HALF_DAY,
    BY_ROOM,
    BY_SLOT,
    BY_SPAN,
    BY_START,
    BY_VENUE,
    CROWD,
    EXCESS,
    LONELY,
    MORE,
    ROOMS_A_DAY,
    SINGLE,
    STEPS,
    UPSIDE_DOWN,
)
from eventweek.planner.tables import (
    BY,
    CITY,
    DAYS,
    G_LEVEL,
    G_WEIGHT,
    GRID,
    GROUP,
    LIMIT,
    LONGEST,
    MEMBERSHIPS,
    OFFSET,
    QUANTITY,
    ROOMS,
    SHAPE,
    SIZE,
    VENUE,
    State,
    Tables,
)


@pasted
def bins(m: Tables, g: int, start: int, end: int, room: int) -> tuple[int, int]:
    """Return the first bin of group `g` that a placement counts in, and the one after the last."""
    by = m.groups[g, BY]
    day = start // 1440
    first = day
    if by == BY_ROOM:
        first = room
    elif by == BY_DAY_ROOM:
        first = day * m.sizes[ROOMS] + room
    elif by == BY_VENUE:
        first = m.rooms[room, VENUE]
    elif by in (BY_START, BY_SLOT):
        first = start // m.sizes[GRID]
    elif by == BY_HALF_DAY:
        first = start // 720
    elif by == BY_SPAN:
        first = start // m.sizes[GRID] * m.sizes[LONGEST] + (end - start) // m.sizes[GRID]
    return first, ((end - 1) // m.sizes[GRID] + 1 if by == BY_SLOT else first + 1)


@pasted
def recount(m: Tables, x: State, g: int, b: int, by: int, minutes: int) -> int:
    """Change a bin of a group by so many members; return by how much the group's magnitude changes."""
    at = m.groups[g, OFFSET] + b
    before = x.counts[at]
    after = before + by
    x.counts[at] = after
    shape, limit = m.groups[g, SHAPE], m.groups[g, LIMIT]
    if shape == EXCESS:
        return max(0, after - limit) - max(0, before - limit)
    if shape == CROWD:
        return minutes * ((after if after > limit else 0) - (before if before > limit else 0))
    if shape == LONELY:
        return lonely(x, at, before, after)
    if shape == SINGLE:
        return (1 if after == 1 else 0) - (1 if before == 1 else 0)
    if before > 0 and after > 0:
        return 0
    step = 1 if after > 0 else -1
    if shape == ROOMS_A_DAY:
        return another(x, m.groups[g, OFFSET] + m.sizes[DAYS] * m.sizes[ROOMS] + b // m.sizes[ROOMS], step)
    used = x.used[g]
    x.used[g] = used + step
    if shape == MORE:
        return max(0, used + step - limit) - max(0, used - limit)
    return max(0, limit - used - step) - max(0, limit - used)


@pasted
def another(x: State, at: int, step: int) -> int:
    """Count one room more or less on a day; return the change of rooms above the first."""
    before = x.counts[at]
    x.counts[at] = before + step
    return max(0, before + step - 1) - max(0, before - 1)


@pasted
def lonely(x: State, at: int, before: int, after: int) -> int:
    """Return the change of members without a neighbour when a bin changes; its neighbours are those beside it."""
    change = after - before if x.counts[at - 1] == 0 and x.counts[at + 1] == 0 else 0
    if (before > 0) == (after > 0):
        return change
    sign = -1 if after > 0 else 1
    if x.counts[at - 1] > 0 and x.counts[at - 2] == 0:
        change += sign * x.counts[at - 1]
    if x.counts[at + 1] > 0 and x.counts[at + 2] == 0:
        change += sign * x.counts[at + 1]
    return change


@inner
def upside_down(counts: Any, at: int, width: int, bins: int, quantity: int, size: int, sign: int) -> int:
    """Count a member in or out of bins that hold quantities by sizes of rooms; return the change of magnitude."""
    change = 0
    for b in range(bins):
        here = at + b * width
        for more in range(quantity + 1, STEPS):
            for seats in range(size):
                change += counts[here + more * STEPS + seats]
        for less in range(quantity):
            for seats in range(size + 1, STEPS):
                change += counts[here + less * STEPS + seats]
        counts[here + quantity * STEPS + size] += sign
    return sign * change


@pasted
def count(m: Tables, x: State, s: int, start: int, end: int, room: int, sign: int) -> None:
    """Count session `s` in or out of its groups."""
    for k in range(m.sessions[s, MEMBERSHIPS], m.sessions[s + 1, MEMBERSHIPS]):
        g = m.members[k, GROUP]
        first, last = bins(m, g, start, end, room)
        size = 0
        if m.groups[g, SHAPE] == UPSIDE_DOWN:
            width = m.groups[g, LIMIT]
            at = m.groups[g, OFFSET] + first * width + (m.rooms[room, CITY] + 1) * STEPS * STEPS
            size = upside_down(x.counts, at, width, last - first, m.members[k, QUANTITY], m.rooms[room, SIZE], sign)
        else:
            for b in range(first, last):
                size += recount(m, x, g, b, sign * m.members[k, QUANTITY], end - start)
        x.score[m.groups[g, G_LEVEL]] += size * m.groups[g, G_WEIGHT]
