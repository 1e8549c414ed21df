"""Placing what has no place: the best place of all, and whoever stands there is put out and placed anew.

An iterative forward search with conflict-based statistics (Müller, "Constraint-based timetabling", 2005): a session
that was put out often is put out less readily, so that the hard ones find their place first.
"""

import numpy as np

from eventweek.planner.compiled import entry, inner
from eventweek.planner.counting import bins
from eventweek.planner.kernel import EXCESS, MORE, ROOMS_A_DAY, closed, crowded, judge
from eventweek.planner.moves import draw, option_at, switch
from eventweek.planner.tables import (
    ALLOWED,
    BEGIN,
    CHOICES,
    CLOSED,
    CROWDED,
    END,
    FINISH,
    FIRST,
    G_LEVEL,
    G_MEMBERS,
    GROUP,
    HARD,
    LIMIT,
    MEDIUM,
    MEMBER,
    MEMBERSHIPS,
    NOWHERE,
    OFFSET,
    OPTION,
    OPTIONS,
    OTHER,
    PAIRS,
    QUANTITY,
    ROOM,
    SHAPE,
    SHIFT,
    SOFT,
    START,
    T_LEVEL,
    UNIT,
    State,
    Tables,
)

MEDIUM_FIRST = 10_000
"""How many units of soft cost one of medium cost outweighs, where places are compared."""


@inner
def add(found: np.ndarray, size: int, s: int) -> int:
    """Add session `s` to a list that holds each but once; return its new size."""
    for k in range(size):
        if found[k] == s:
            return size
    found[size] = s
    return size + 1


@inner
def in_the_way(m: Tables, x: State, s: int, o: int, r: int, found: np.ndarray, size: int) -> int:
    """Add those who break a hard rule with session `s` at option `o` in room `r`; return how many there are now."""
    sa, ea = m.options[o, START], m.options[o, END]
    if m.weights[CROWDED, HARD] > 0:
        for k in range(x.fill[r]):
            b = x.in_room[r, k]
            if b != s and crowded(m, r, s, sa, ea, b, x.place[b, BEGIN], x.place[b, FINISH]):
                size = add(found, size, b)
    for k in range(m.sessions[s, PAIRS], m.sessions[s + 1, PAIRS]):
        b = m.pairs[k, OTHER]
        if m.pairs[k, T_LEVEL] == HARD and x.place[b, OPTION] != NOWHERE and m.sessions[b, UNIT] != m.sessions[s, UNIT]:
            if m.pairs[k, FIRST]:
                clash = judge(
                    m.pairs, m.travel, m.rooms, k, sa, ea, r, x.place[b, BEGIN], x.place[b, FINISH], x.place[b, ROOM]
                )
            else:
                clash = judge(
                    m.pairs, m.travel, m.rooms, k, x.place[b, BEGIN], x.place[b, FINISH], x.place[b, ROOM], sa, ea, r
                )
            if clash > 0:
                size = add(found, size, b)
    return too_many(m, x, s, sa, ea, r, found, size)


@inner
def too_many(m: Tables, x: State, s: int, start: int, end: int, r: int, found: np.ndarray, size: int) -> int:
    """Add members of hard groups that would hold too many with session `s`."""
    for k in range(m.sessions[s, MEMBERSHIPS], m.sessions[s + 1, MEMBERSHIPS]):
        g = m.members[k, GROUP]
        if m.groups[g, G_LEVEL] != HARD:
            continue
        first, last = bins(m, g, start, end, r)
        if m.groups[g, SHAPE] == ROOMS_A_DAY:
            size = elsewhere(m, x, g, s, start // 1440, r, found, size)
        elif m.groups[g, SHAPE] == MORE and x.counts[m.groups[g, OFFSET] + first] == 0:
            for _ in range(x.used[g] + 1 - m.groups[g, LIMIT]):
                size = another_bin(m, x, g, s, found, size)
        if m.groups[g, SHAPE] != EXCESS:
            continue
        for b in range(first, last):
            over = x.counts[m.groups[g, OFFSET] + b] + m.members[k, QUANTITY] - m.groups[g, LIMIT]
            if over > 0:
                size = members_of_bin(m, x, g, b, over, found, size)
    return size


@inner
def elsewhere(m: Tables, x: State, g: int, s: int, day: int, r: int, found: np.ndarray, size: int) -> int:
    """Add the members of a group that stand on a day in another room; those that move with `s` do not count."""
    for k in range(m.groups[g, G_MEMBERS], m.groups[g + 1, G_MEMBERS]):
        t = m.group_members[k]
        apart = x.place[t, OPTION] != NOWHERE and m.sessions[t, UNIT] != m.sessions[s, UNIT]
        if apart and x.place[t, ROOM] != r and x.place[t, BEGIN] // 1440 == day:
            size = add(found, size, t)
    return size


@inner
def another_bin(m: Tables, x: State, g: int, s: int, found: np.ndarray, size: int) -> int:
    """Add the members of a group that stand in one of its bins, drawn among those with members not found before."""
    span = m.groups[g + 1, G_MEMBERS] - m.groups[g, G_MEMBERS]
    turn, chosen = draw(x, span), NOWHERE
    for i in range(2 * span):
        t = m.group_members[m.groups[g, G_MEMBERS] + (turn + i) % span]
        if x.place[t, OPTION] == NOWHERE or m.sessions[t, UNIT] == m.sessions[s, UNIT]:
            continue
        b, _ = bins(m, g, x.place[t, BEGIN], x.place[t, FINISH], x.place[t, ROOM])
        known = size
        if chosen == NOWHERE or b == chosen:
            size = add(found, size, t)
            chosen = b if size > known else chosen
    return size


@inner
def members_of_bin(m: Tables, x: State, g: int, b: int, over: int, found: np.ndarray, size: int) -> int:
    """Add so many members that stand in a bin of a group as are too many; those found before count."""
    span = m.groups[g + 1, G_MEMBERS] - m.groups[g, G_MEMBERS]
    turn = draw(x, span)
    for late in range(2):
        for i in range(span):
            s = m.group_members[m.groups[g, G_MEMBERS] + (turn + i) % span]
            if over <= 0:
                return size
            if x.place[s, OPTION] == NOWHERE:
                continue
            first, last = bins(m, g, x.place[s, BEGIN], x.place[s, FINISH], x.place[s, ROOM])
            if first <= b < last:
                known = size
                if late:
                    size = add(found, size, s)
                    over -= 1 if size > known else 0
                else:
                    for k in range(size):
                        over -= 1 if found[k] == s else 0
    return size


@inner
def fits(m: Tables, u: int, lead: int, r: int, places: np.ndarray) -> bool:
    """Find the options of a unit whose first member begins at option `lead` in room `r`; tell whether all have one."""
    start = m.options[lead, START]
    for k in range(m.units[u], m.units[u + 1]):
        s = m.unit_members[k, MEMBER]
        o = option_at(m, s, start + m.unit_members[k, SHIFT]) if k > m.units[u] else lead
        if o == NOWHERE or not m.fit[s, r, ALLOWED]:
            return False
        if m.weights[CLOSED, HARD] > 0 and closed(m, r, m.options[o, START], m.options[o, END]):
            return False
        places[k - m.units[u]] = o
    return True


@inner
def hopes(m: Tables, hopeful: np.ndarray, u: int, places: np.ndarray) -> bool:
    """Tell whether every option of a unit is hopeful."""
    doubtful = 0
    for k in range(m.units[u + 1] - m.units[u]):
        doubtful += not hopeful[places[k]]
    return doubtful == 0


@inner
def weigh(
    m: Tables, x: State, u: int, r: int, places: np.ndarray, weights: np.ndarray, found: np.ndarray
) -> tuple[int, int]:
    """Return what putting out those in the way of a unit costs, and what its members cost by themselves."""
    size, alone = 0, 0
    for k in range(m.units[u], m.units[u + 1]):
        s, o = m.unit_members[k, MEMBER], places[k - m.units[u]]
        size = in_the_way(m, x, s, o, r, found, size)
        alone += MEDIUM_FIRST * (m.options[o, MEDIUM] + m.fit[s, r, MEDIUM])
        alone += m.options[o, SOFT] + m.fit[s, r, SOFT]
    cost = 0
    for k in range(size):
        other = m.sessions[found[k], UNIT]
        known = False
        for i in range(k):
            known = known or m.sessions[found[i], UNIT] == other
        if not known:
            for i in range(m.units[other], m.units[other + 1]):
                cost += weights[m.unit_members[i, MEMBER]]
    return cost, alone


@inner
def place(
    m: Tables,
    x: State,
    hopeful: np.ndarray,
    u: int,
    many: int,
    weights: np.ndarray,
    found: np.ndarray,
    places: np.ndarray,
    chosen: np.ndarray,
) -> int:
    """Find the best place of a unit; return its room, with its options in `chosen`, or NOWHERE if it has none."""
    lead = m.unit_members[m.units[u], MEMBER]
    options = m.sessions[lead + 1, OPTIONS] - m.sessions[lead, OPTIONS]
    rooms = m.sessions[lead + 1, CHOICES] - m.sessions[lead, CHOICES]
    every = options * rooms
    best_room, best, best_alone, ties = NOWHERE, 0, 0, 0
    for i in range(min(every, many)):
        at = draw(x, every) if every > many else i
        o, r = m.sessions[lead, OPTIONS] + at // rooms, m.choices[m.sessions[lead, CHOICES] + at % rooms]
        if not fits(m, u, o, r, places) or not hopes(m, hopeful, u, places):
            continue
        cost, alone = weigh(m, x, u, r, places, weights, found)
        same = best_room != NOWHERE and cost == best and alone == best_alone
        ties = ties + 1 if same else 1
        if (
            best_room == NOWHERE
            or cost < best
            or (cost == best and alone < best_alone)
            or (same and draw(x, ties) == 0)
        ):
            best_room, best, best_alone = r, cost, alone
            for k in range(m.units[u + 1] - m.units[u]):
                chosen[k] = places[k]
    return best_room


@inner
def lift(m: Tables, x: State, u: int) -> None:
    """Take the members of a unit out of the plan, those that have a place."""
    for k in range(m.units[u], m.units[u + 1]):
        s = m.unit_members[k, MEMBER]
        if x.place[s, OPTION] != NOWHERE:
            switch(m, x, s, x.place[s, OPTION], x.place[s, ROOM])


@inner
def settle(
    m: Tables,
    x: State,
    u: int,
    r: int,
    chosen: np.ndarray,
    weights: np.ndarray,
    outs: np.ndarray,
    enough: np.ndarray,
    found: np.ndarray,
    queue: np.ndarray,
    waiting: int,
) -> int:
    """Place a unit in room `r` at its chosen options; who is in the way waits; return how many wait."""
    lift(m, x, u)
    size = 0
    for k in range(m.units[u], m.units[u + 1]):
        size = in_the_way(m, x, m.unit_members[k, MEMBER], chosen[k - m.units[u]], r, found, size)
    for k in range(size):
        if x.place[found[k], OPTION] != NOWHERE:
            other = m.sessions[found[k], UNIT]
            for i in range(m.units[other], m.units[other + 1]):
                s = m.unit_members[i, MEMBER]
                if x.place[s, OPTION] != NOWHERE:
                    weights[s] += 1
                    outs[s] += 1
            lift(m, x, other)
            if outs[found[k]] <= enough[found[k]]:
                queue[waiting] = other
                waiting += 1
    for k in range(m.units[u], m.units[u + 1]):
        switch(m, x, m.unit_members[k, MEMBER], chosen[k - m.units[u]], r)
    return waiting


@inner
def next_of(m: Tables, x: State, queue: np.ndarray, waiting: int, weights: np.ndarray) -> int:
    """Return the place in the queue of the unit that is hardest to place."""
    best, best_rank = 0, -1.0
    for k in range(waiting):
        s = m.unit_members[m.units[queue[k]], MEMBER]
        choices = (m.sessions[s + 1, OPTIONS] - m.sessions[s, OPTIONS]) * (
            m.sessions[s + 1, CHOICES] - m.sessions[s, CHOICES]
        )
        partners = m.sessions[s + 1, PAIRS] - m.sessions[s, PAIRS] + 1
        rank = weights[s] * (partners + 5.0) / (choices + 1.0)
        if rank > best_rank:
            best, best_rank = k, rank
    return best


@entry
def construct(
    m: Tables,
    x: State,
    hopeful: np.ndarray,
    queue: np.ndarray,
    waiting: int,
    weights: np.ndarray,
    outs: np.ndarray,
    enough: np.ndarray,
    steps: int,
    many: int,
    best_place: np.ndarray,
    best: np.ndarray,
) -> int:
    """Place the units that wait, in at most so many steps; keep the cheapest plan seen; return how many still wait.

    Only options that are `hopeful` are taken. Of `many` places the best is taken, of twice as many for who was put out
    once, and so on; `outs` counts that, and a unit that was put out more than `enough` times is left out.
    """
    every = len(x.place)
    found, places, chosen = np.zeros(every + 1, np.int64), np.zeros(every, np.int64), np.zeros(every, np.int64)
    while waiting > 0 and steps > 0:
        steps -= 1
        k = next_of(m, x, queue, waiting, weights)
        u = queue[k]
        waiting -= 1
        queue[k] = queue[waiting]
        look = many * (1 + outs[m.unit_members[m.units[u], MEMBER]])
        r = place(m, x, hopeful, u, look, weights, found, places, chosen)
        if r == NOWHERE:
            continue
        waiting = settle(m, x, u, r, chosen, weights, outs, enough, found, queue, waiting)
        keep(x, best_place, best)
    return waiting


@inner
def keep(x: State, best_place: np.ndarray, best: np.ndarray) -> bool:
    """Keep the plan if it is the cheapest so far."""
    for level in range(3):
        if x.score[level] > best[level]:
            return False
        if x.score[level] < best[level]:
            for s in range(len(x.place)):
                for column in range(2):
                    best_place[s, column] = x.place[s, column]
            for every in range(3):
                best[every] = x.score[every]
            return True
    return False


@entry
def find_movable(m: Tables, x: State, hopeful: np.ndarray, movable: np.ndarray) -> None:
    """Tell of each session whether its unit could stand elsewhere with nobody in its way."""
    every = len(x.place)
    found, places = np.zeros(every + 1, np.int64), np.zeros(every, np.int64)
    for u in range(len(m.units) - 1):
        free = has_room(m, x, hopeful, u, found, places)
        for k in range(m.units[u], m.units[u + 1]):
            movable[m.unit_members[k, MEMBER]] = free


@inner
def has_room(m: Tables, x: State, hopeful: np.ndarray, u: int, found: np.ndarray, places: np.ndarray) -> bool:
    """Tell whether a unit could stand elsewhere with nobody in its way."""
    lead = m.unit_members[m.units[u], MEMBER]
    rooms = m.sessions[lead + 1, CHOICES] - m.sessions[lead, CHOICES]
    every = (m.sessions[lead + 1, OPTIONS] - m.sessions[lead, OPTIONS]) * rooms
    turn = draw(x, every) if every > 0 else 0
    for i in range(every):
        at = (turn + i) % every
        o, r = m.sessions[lead, OPTIONS] + at // rooms, m.choices[m.sessions[lead, CHOICES] + at % rooms]
        if o == x.place[lead, OPTION] and r == x.place[lead, ROOM]:
            continue
        if not fits(m, u, o, r, places) or not hopes(m, hopeful, u, places):
            continue
        size = 0
        for k in range(m.units[u], m.units[u + 1]):
            if size == 0:
                size = in_the_way(m, x, m.unit_members[k, MEMBER], places[k - m.units[u]], r, found, size)
        if size == 0:
            return True
    return False
