"""Looking at every place of one session, or of those that move together, without moving them."""

import numpy as np

from eventweek.planner.compiled import entry, inner
from eventweek.planner.counting import bins, count, recount
from eventweek.planner.kernel import NEVER, UPSIDE_DOWN, closed, crowd, judge, price_alone, price_pairs
from eventweek.planner.moves import toggle
from eventweek.planner.search.construct import fits
from eventweek.planner.tables import (
    BEGIN,
    CHOICES,
    CLOSED,
    CROWDED,
    END,
    FINISH,
    FIRST,
    G_LEVEL,
    G_WEIGHT,
    GROUP,
    HARD,
    MEMBER,
    MEMBERSHIPS,
    NOWHERE,
    OPTION,
    OPTIONS,
    OTHER,
    PAIRS,
    QUANTITY,
    ROOM,
    SHAPE,
    START,
    T_LEVEL,
    T_WEIGHT,
    TERM,
    UNPLACED,
    State,
    Tables,
)


@entry
def look(m: Tables, x: State, s: int, scores: np.ndarray) -> None:
    """Write down the score with session `s`, which stands nowhere, at each of its options and there in each room."""
    row = 0
    for o in range(m.sessions[s, OPTIONS], m.sessions[s + 1, OPTIONS]):
        start, end = m.options[o, START], m.options[o, END]
        for k in range(m.sessions[s, CHOICES], m.sessions[s + 1, CHOICES]):
            r = m.choices[k]
            h, d, f = price_alone(m, x, s, o, r)
            ph, pd, pf = price_pairs(m, x, s, start, end, r)
            count(m, x, s, start, end, r, 1)
            scores[row, 0] = x.score[0] + h + ph
            scores[row, 1] = x.score[1] + d + pd - m.sessions[s, UNPLACED]
            scores[row, 2] = x.score[2] + f + pf
            count(m, x, s, start, end, r, -1)
            row += 1


@entry
def look_together(m: Tables, x: State, u: int, scores: np.ndarray) -> None:
    """Write down the score with a unit, whose members stand nowhere, at each place of its first member.

    The hard cost is NEVER where another member has no such place.
    """
    first, last = m.units[u], m.units[u + 1]
    places = np.zeros(last - first, np.int64)
    lead = m.unit_members[first, MEMBER]
    row = 0
    for o in range(m.sessions[lead, OPTIONS], m.sessions[lead + 1, OPTIONS]):
        for i in range(m.sessions[lead, CHOICES], m.sessions[lead + 1, CHOICES]):
            r = m.choices[i]
            scores[row, 0] = NEVER
            if fits(m, u, o, r, places):
                for k in range(first, last):
                    toggle(m, x, m.unit_members[k, MEMBER], places[k - first], r)
                for level in range(3):
                    scores[row, level] = x.score[level]
                for k in range(first, last):
                    toggle(m, x, m.unit_members[k, MEMBER], places[k - first], r)
            row += 1


@entry
def survey(
    m: Tables, x: State, s: int, terms: np.ndarray, groups: np.ndarray, scores: np.ndarray, broken: np.ndarray
) -> None:
    """Write down the score with session `s`, which stands nowhere, at each option of `m` in every room.

    `terms`, `groups`: the number of the rule of each, last those of closed and of crowded rooms. `broken`: a bit for
    each hard rule that beside others, or in the room, forbids the place.
    """
    row = 0
    for o in range(len(m.options)):
        start, end = m.options[o, START], m.options[o, END]
        for r in range(len(m.rooms)):
            h, d, f = price_alone(m, x, s, o, r)
            ph, pd, pf = price_pairs(m, x, s, start, end, r)
            broken[row] = in_room(m, x, s, start, end, r, terms)
            broken[row] |= beside(m, x, s, start, end, r, terms) | among(m, x, s, start, end, r, groups)
            count(m, x, s, start, end, r, 1)
            scores[row, 0] = x.score[0] + h + ph
            scores[row, 1] = x.score[1] + d + pd - m.sessions[s, UNPLACED]
            scores[row, 2] = x.score[2] + f + pf
            count(m, x, s, start, end, r, -1)
            row += 1


@inner
def in_room(m: Tables, x: State, s: int, start: int, end: int, r: int, terms: np.ndarray) -> int:
    """Return the bits of a room that is closed, and of one where somebody else stands too close."""
    found, last = 0, len(terms)
    if m.weights[CLOSED, HARD] > 0 and closed(m, r, start, end):
        found |= 1 << terms[last - 2]
    if m.weights[CROWDED, HARD] > 0 and crowd(m, x, s, start, end, r, NOWHERE) > 0:
        found |= 1 << terms[last - 1]
    return found


@inner
def beside(m: Tables, x: State, s: int, start: int, end: int, r: int, terms: np.ndarray) -> int:
    """Return a bit for each hard rule that session `s` breaks with another."""
    pairs, found = m.pairs, 0
    for k in range(m.sessions[s, PAIRS], m.sessions[s + 1, PAIRS]):
        b = pairs[k, OTHER]
        if pairs[k, T_LEVEL] != HARD or pairs[k, T_WEIGHT] == 0 or x.place[b, OPTION] == NOWHERE:
            continue
        sb, eb, rb = x.place[b, BEGIN], x.place[b, FINISH], x.place[b, ROOM]
        if pairs[k, FIRST]:
            size = judge(pairs, m.travel, m.rooms, k, start, end, r, sb, eb, rb)
        else:
            size = judge(pairs, m.travel, m.rooms, k, sb, eb, rb, start, end, r)
        if size > 0:
            found |= 1 << terms[pairs[k, TERM]]
    return found


@inner
def among(m: Tables, x: State, s: int, start: int, end: int, r: int, groups: np.ndarray) -> int:
    """Return a bit for each hard rule whose groups count more with session `s` there."""
    found = 0
    for k in range(m.sessions[s, MEMBERSHIPS], m.sessions[s + 1, MEMBERSHIPS]):
        g = m.members[k, GROUP]
        if m.groups[g, G_LEVEL] != HARD or m.groups[g, G_WEIGHT] == 0 or m.groups[g, SHAPE] == UPSIDE_DOWN:
            continue
        first, last = bins(m, g, start, end, r)
        size = 0
        for b in range(first, last):
            size += recount(m, x, g, b, m.members[k, QUANTITY], end - start)
        for b in range(first, last):
            recount(m, x, g, b, -m.members[k, QUANTITY], end - start)
        if size > 0:
            found |= 1 << groups[g]
    return found
