"""The compiled part: how one placement, one pair and one group are judged, and what changes when a session moves.

Everything here is integers in arrays. `Tables` never change during a search, `State` is one plan with its running
score. Scores are triples (hard, medium, soft) of costs: less is better.
"""

from typing import Any

import numpy as np

from eventweek.planner.compiled import entry, inner, pasted
from eventweek.planner.tables import (
    BEGIN,
    BOUND,
    BUFFER,
    BY,
    CAPACITY,
    CHANGEOVER,
    CITY,
    CLOSED,
    CONDITION,
    CROWDED,
    DAYS,
    END,
    FAR,
    FINISH,
    FIRST,
    G_LEVEL,
    G_WEIGHT,
    GAP,
    GRID,
    GROUP,
    HARD,
    LIMIT,
    LONGEST,
    MAGNITUDE,
    MEDIUM,
    MEMBERSHIPS,
    NOWHERE,
    OFFSET,
    OPTION,
    OTHER,
    PAIRS,
    QUANTITY,
    ROOM,
    ROOMS,
    SETUP,
    SHAPE,
    SIZE,
    SOFT,
    START,
    T_LEVEL,
    T_WEIGHT,
    TEARDOWN,
    TERM,
    VENUE,
    State,
    Tables,
)

# Conditions of a pair: when two placed sessions concern each other. The first session of a term is a, the second b.
(
    OVERLAP,  # they run at once
    ORDER,  # b begins before a has ended and `p` minutes have passed
    TOO_LATE,  # b begins more than `p` minutes after the end of a
    OTHER_DAY,
    SAME_DAY,
    DAYS_APART,  # b does not stand exactly `p` days after a
    OTHER_CLOCK,  # they do not begin at the same time of day
    OTHER_START,
    SAME_SLOT,  # they begin and end together
    NOT_ADJACENT,  # they overlap, more than `p` minutes lie between them, or they stand on two days
    CLOSE,  # they run at once, or on one day with less than `p` minutes between
    TRAVEL,  # they do not run at once, but the journey between their rooms does not fit between them
    OTHER_ROOM,
    OTHER_VENUE,
    LARGER_ROOM,  # a stands in a larger room than b
    SAME_DAY_OTHER_ROOM,
    CITIES_A_DAY,  # two cities on one day
    OVERLAP_ROOM,  # they run at once in one room
    OVERLAP_CITY,  # they run at once in one city
    LARGER_ROOM_AT_ONCE,  # they run at once, a in the larger room
) = range(20)

# Magnitudes of a pair.
ONE, SHARED_MINUTES, BOTH_DURATIONS, FIRST_DURATION = range(4)

# What a group counts by.
BY_DAY, BY_ROOM, BY_DAY_ROOM, BY_SLOT, BY_START, BY_VENUE, BY_SPAN, BY_HALF_DAY = range(8)

# What a group's counts cost.
(
    EXCESS,  # each above the limit, in each bin
    MORE,  # each bin in use above the limit
    FEWER,  # each bin in use below the limit
    LONELY,  # each member in a bin whose neighbours are empty
    ROOMS_A_DAY,  # each room above the first, on each day
    CROWD,  # every member of a bin that holds more than the limit, times its duration (with BY_SPAN)
    SINGLE,  # each bin that holds one member alone
    UPSIDE_DOWN,  # each two in one city, of which the one with less quantity stands in the larger room (with BY_SLOT)
) = range(8)

STEPS = 4
"""Sizes of rooms, and quantities of members, where the shape is UPSIDE_DOWN."""


@pasted
def shared(sa: int, ea: int, sb: int, eb: int) -> int:
    """Return the minutes during which both run."""
    return max(0, min(ea, eb) - max(sa, sb))


@pasted
def in_time(condition: int, p: int, sa: int, ea: int, sb: int, eb: int) -> bool:
    """Tell whether a condition that looks at time alone is met."""
    if condition == OVERLAP:
        return min(ea, eb) > max(sa, sb)
    if condition == ORDER:
        return sb < ea + p
    if condition == TOO_LATE:
        return sb > ea + p
    return in_days(condition, p, sa, ea, sb, eb)


@pasted
def in_days(condition: int, p: int, sa: int, ea: int, sb: int, eb: int) -> bool:
    """Tell whether a condition that looks at days is met."""
    da, db = sa // 1440, sb // 1440
    if condition == OTHER_DAY:
        return da != db
    if condition == SAME_DAY:
        return da == db
    if condition == DAYS_APART:
        return db - da != p
    if condition == OTHER_CLOCK:
        return sa % 1440 != sb % 1440
    if condition == OTHER_START:
        return sa != sb
    if condition == SAME_SLOT:
        return sa == sb and ea == eb
    gap = max(sa, sb) - min(ea, eb)
    if condition == NOT_ADJACENT:
        return da != db or gap < 0 or gap > p
    return gap < 0 or (da == db and gap < p)


@pasted
def in_place(travel: Any, rooms: Any, condition: int, sa: int, ea: int, ra: int, sb: int, eb: int, rb: int) -> bool:
    """Tell whether a condition that looks at rooms is met."""
    if condition == TRAVEL:
        gap = max(sa, sb) - min(ea, eb)
        return gap >= 0 and gap < travel[ra, rb]
    if condition == OTHER_ROOM:
        return ra != rb
    if condition == OTHER_VENUE:
        return bool(rooms[ra, VENUE] != rooms[rb, VENUE])
    if condition == LARGER_ROOM:
        return bool(rooms[ra, CAPACITY] > rooms[rb, CAPACITY])
    return in_both(rooms, condition, sa, ea, ra, sb, eb, rb)


@pasted
def in_both(rooms: Any, condition: int, sa: int, ea: int, ra: int, sb: int, eb: int, rb: int) -> bool:
    """Tell whether a condition that looks at time and rooms is met."""
    if condition == SAME_DAY_OTHER_ROOM:
        return ra != rb and sa // 1440 == sb // 1440
    if condition == CITIES_A_DAY:
        return (
            rooms[ra, CITY] != rooms[rb, CITY]
            and rooms[ra, CITY] >= 0
            and rooms[rb, CITY] >= 0
            and sa // 1440 == sb // 1440
        )
    if shared(sa, ea, sb, eb) == 0:
        return False
    if condition == OVERLAP_CITY:
        return bool(rooms[ra, CITY] == rooms[rb, CITY])
    if condition == OVERLAP_ROOM:
        return ra == rb
    return bool(rooms[ra, CAPACITY] > rooms[rb, CAPACITY])


@pasted
def measure(kind: int, sa: int, ea: int, sb: int, eb: int) -> int:
    """Return how much a pair that meets its condition counts."""
    if kind == ONE:
        return 1
    if kind == SHARED_MINUTES:
        return shared(sa, ea, sb, eb)
    if kind == FIRST_DURATION:
        return ea - sa
    return ea - sa + eb - sb


@inner
def judge(pairs: Any, travel: Any, rooms: Any, k: int, sa: int, ea: int, ra: int, sb: int, eb: int, rb: int) -> int:
    """Return the magnitude of the term in row `k` of `pairs` for two placements in its order, 0 without a match."""
    condition = pairs[k, CONDITION]
    if condition < TRAVEL:
        met = in_time(condition, pairs[k, BOUND], sa, ea, sb, eb)
    else:
        met = in_place(travel, rooms, condition, sa, ea, ra, sb, eb, rb)
    return measure(pairs[k, MAGNITUDE], sa, ea, sb, eb) if met else 0


@pasted
def crowded(m: Tables, room: int, a: int, sa: int, ea: int, b: int, sb: int, eb: int) -> bool:
    """Tell whether two sessions stand too close together in one room."""
    if sa > sb or (sa == sb and a > b):
        a, sa, ea, b, sb, eb = b, sb, eb, a, sa, ea
    gap = max(m.sessions[a, CHANGEOVER], m.sessions[b, CHANGEOVER])
    gap = max(gap, m.rooms[room, BUFFER])
    gap = max(gap, m.sessions[a, TEARDOWN] + m.sessions[b, SETUP])
    return sb < ea + gap


@pasted
def crowd(m: Tables, x: State, s: int, sa: int, ea: int, r: int, but: int) -> int:
    """Return how many sessions of a room, without `but`, stand too close to session `s` at a time."""
    place, in_room, gap, found = x.place, x.in_room, m.sizes[GAP], 0
    for k in range(x.fill[r]):
        b = in_room[r, k]
        sb, eb = place[b, BEGIN], place[b, FINISH]
        if sb < ea + gap and sa < eb + gap and b != s and b != but:
            found += crowded(m, r, s, sa, ea, b, sb, eb)
    return found


@pasted
def closed(m: Tables, room: int, start: int, end: int) -> bool:
    """Tell whether the room is not open all the while."""
    return bool(m.open_until[room, start // m.sizes[GRID]] < end)


@pasted
def price_alone(m: Tables, x: State, s: int, o: int, r: int) -> tuple[int, int, int]:
    """Return what session `s` costs at option `o` in room `r` by itself and beside those in the room."""
    sa, ea = m.options[o, START], m.options[o, END]
    clashes = crowd(m, x, s, sa, ea, r, NOWHERE)
    shut = 1 if closed(m, r, sa, ea) else 0
    h = m.options[o, 0] + m.fit[s, r, 0] + shut * m.weights[CLOSED, 0] + clashes * m.weights[CROWDED, 0]
    d = m.options[o, 1] + m.fit[s, r, 1] + shut * m.weights[CLOSED, 1] + clashes * m.weights[CROWDED, 1]
    f = m.options[o, 2] + m.fit[s, r, 2] + shut * m.weights[CLOSED, 2] + clashes * m.weights[CROWDED, 2]
    return h, d, f


@inner
def price_pairs(m: Tables, x: State, s: int, sa: int, ea: int, r: int) -> tuple[int, int, int]:
    """Return what session `s` costs beside its partners."""
    h, d, f = 0, 0, 0
    pairs, travel, rooms, place, far = m.pairs, m.travel, m.rooms, x.place, m.sizes[FAR]
    for k in range(m.sessions[s, PAIRS], m.sessions[s + 1, PAIRS]):
        b, condition = pairs[k, OTHER], pairs[k, CONDITION]
        sb, eb = place[b, BEGIN], place[b, FINISH]
        gap = max(sa - eb, sb - ea)
        if place[b, OPTION] == NOWHERE or (condition == OVERLAP and gap >= 0) or (condition == TRAVEL and gap >= far):
            continue
        if pairs[k, FIRST]:
            size = judge(pairs, travel, rooms, k, sa, ea, r, sb, eb, place[b, ROOM])
        else:
            size = judge(pairs, travel, rooms, k, sb, eb, place[b, ROOM], sa, ea, r)
        if size > 0:
            level, cost = pairs[k, T_LEVEL], size * pairs[k, T_WEIGHT]
            h += cost if level == HARD else 0
            d += cost if level == MEDIUM else 0
            f += cost if level == SOFT else 0
    return h, d, f


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


@entry
def judge_all(m: Tables, place: np.ndarray, sizes: np.ndarray) -> None:
    """Judge every term once for a plan (placed, start, end, room of each session); write its magnitude down."""
    pairs, travel, rooms = m.pairs, m.travel, m.rooms
    for a in range(len(place)):
        for k in range(m.sessions[a, PAIRS], m.sessions[a + 1, PAIRS]):
            b = pairs[k, OTHER]
            if pairs[k, FIRST] and place[a, 0] and place[b, 0]:
                size = judge(
                    pairs,
                    travel,
                    rooms,
                    k,
                    place[a, 1],
                    place[a, 2],
                    place[a, 3],
                    place[b, 1],
                    place[b, 2],
                    place[b, 3],
                )
                sizes[pairs[k, TERM]] = size


@entry
def is_closed(m: Tables, room: int, start: int, end: int) -> bool:
    """Tell whether the room is not open all the while."""
    return closed(m, room, start, end)


@entry
def is_crowded(m: Tables, room: int, a: int, sa: int, ea: int, b: int, sb: int, eb: int) -> bool:
    """Tell whether two sessions stand too close together in one room."""
    return crowded(m, room, a, sa, ea, b, sb, eb)
