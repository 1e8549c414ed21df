"""What annealing tries: another place for a session, places exchanged, a whole series moved.

A proposal is written into `trial`: rows of sessions, options, rooms.
"""

import numpy as np

from eventweek.planner.compiled import inner
from eventweek.planner.kernel import BY_DAY_ROOM, BY_ROOM
from eventweek.planner.moves import draw, option_at
from eventweek.planner.search.construct import fits
from eventweek.planner.tables import (
    ALLOWED,
    BEGIN,
    BY,
    CHOICES,
    END,
    FINISH,
    G_MEMBERS,
    GROUP,
    MEMBER,
    MEMBERSHIPS,
    NOWHERE,
    OPTION,
    OPTIONS,
    ROOM,
    START,
    State,
    Tables,
)


@inner
def room_of_kin(m: Tables, x: State, s: int) -> int:
    """Return the room of a session that would like to share one with session `s`, or NOWHERE."""
    for k in range(m.sessions[s, MEMBERSHIPS], m.sessions[s + 1, MEMBERSHIPS]):
        g = m.members[k, GROUP]
        if m.groups[g, BY] == BY_ROOM or m.groups[g, BY] == BY_DAY_ROOM:
            first = m.groups[g, G_MEMBERS]
            other = m.group_members[first + draw(x, m.groups[g + 1, G_MEMBERS] - first)]
            r = x.place[other, ROOM]
            return r if x.place[other, OPTION] != NOWHERE and m.fit[s, r, ALLOWED] else NOWHERE
    return NOWHERE


@inner
def propose(m: Tables, x: State, s: int) -> tuple[int, int]:
    """Return another option and room for session `s`: both, or only one of them, change."""
    options, rooms = (
        m.sessions[s + 1, OPTIONS] - m.sessions[s, OPTIONS],
        m.sessions[s + 1, CHOICES] - m.sessions[s, CHOICES],
    )
    o, r = int(x.place[s, OPTION]), int(x.place[s, ROOM])
    way = draw(x, 4)
    if way != 0 or rooms == 1:
        o = int(m.sessions[s, OPTIONS] + draw(x, options))
    if way != 1 or options == 1:
        r = room_of_kin(m, x, s) if draw(x, 2) == 0 else NOWHERE
        if r == NOWHERE:
            r = int(m.choices[m.sessions[s, CHOICES] + draw(x, rooms)])
    return o, r


@inner
def one(m: Tables, x: State, s: int, trial: np.ndarray) -> int:
    """Write down a move of one session; return how many sessions it moves."""
    trial[0, 0] = s
    trial[1, 0], trial[2, 0] = propose(m, x, s)
    return 0 if trial[1, 0] == x.place[s, OPTION] and trial[2, 0] == x.place[s, ROOM] else 1


@inner
def two(m: Tables, x: State, a: int, b: int, trial: np.ndarray) -> int:
    """Write down that two sessions take each other's place; return how many sessions it moves."""
    ra, rb = x.place[a, ROOM], x.place[b, ROOM]
    if (
        a == b
        or not (m.fit[a, rb, ALLOWED] and m.fit[b, ra, ALLOWED])
        or (x.place[a, BEGIN] == x.place[b, BEGIN] and ra == rb)
    ):
        return 0
    trial[0, 0], trial[1, 0], trial[2, 0] = a, option_at(m, a, x.place[b, BEGIN]), rb
    trial[0, 1], trial[1, 1], trial[2, 1] = b, option_at(m, b, x.place[a, BEGIN]), ra
    return 0 if trial[1, 0] == NOWHERE or trial[1, 1] == NOWHERE else 2


@inner
def exchange(m: Tables, x: State, s: int, trial: np.ndarray) -> int:
    """Write down a move of session `s`, and that whoever stands there takes its place; return how many it moves."""
    if one(m, x, s, trial) == 0:
        return 0
    o, r, other = trial[1, 0], trial[2, 0], NOWHERE
    for k in range(x.fill[r]):
        b = x.in_room[r, k]
        if b != s and x.place[b, BEGIN] < m.options[o, END] and m.options[o, START] < x.place[b, FINISH]:
            if other != NOWHERE:
                return 0
            other = b
    if other == NOWHERE:
        return 1
    trial[0, 1], trial[1, 1], trial[2, 1] = other, option_at(m, other, x.place[s, BEGIN]), x.place[s, ROOM]
    return 2 if trial[1, 1] != NOWHERE and m.fit[other, x.place[s, ROOM], ALLOWED] else 0


@inner
def all_of(m: Tables, x: State, u: int, places: np.ndarray, trial: np.ndarray) -> int:
    """Write down a move of a whole series; return how many sessions it moves."""
    first, last = m.units[u], m.units[u + 1]
    if x.place[m.unit_members[first, MEMBER], OPTION] == NOWHERE:
        return 0
    o, r = propose(m, x, m.unit_members[first, MEMBER])
    if not fits(m, u, o, r, places):
        return 0
    for k in range(first, last):
        s = m.unit_members[k, MEMBER]
        if x.place[s, OPTION] == NOWHERE:
            return 0
        trial[0, k - first], trial[1, k - first], trial[2, k - first] = s, places[k - first], r
    return last - first
