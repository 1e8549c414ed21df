"""How a problem and a plan lie in memory: tables of 64-bit integers, a row for each thing, named columns.

Few tables with wide rows, because compiled functions hand each table on at every call, and compile for each once more.
Costs are triples (hard, medium, soft): the columns 0, 1, 2 of whatever has a cost. Less is better.
"""

from typing import Any, NamedTuple

HARD, MEDIUM, SOFT = 0, 1, 2
NOWHERE = -1

GRID, DAYS, ROOMS, LONGEST, FAR, GAP = range(6)
"""`sizes`: minutes of a step, days, rooms, one more than the steps of the longest session,
minutes of the longest journey, of the longest gap between two sessions of a room."""
OPTIONS, CHOICES, PAIRS, MEMBERSHIPS, CHANGEOVER, SETUP, TEARDOWN, UNPLACED, UNIT = range(9)
"""`sessions`: where its options, rooms, pairs and groups begin (they end where the next one's begin); minutes; ..."""
START, END = 3, 4
"""`options`, after their cost: minutes."""
ALLOWED = 3
"""`fit`, a session in a room, after its cost: 1 where it may stand there."""
BUFFER, VENUE, CITY, CAPACITY, SIZE = range(5)
"""`rooms`; SIZE: how large it is in a few steps (`week.size_of`)."""
OTHER, FIRST, CONDITION, MAGNITUDE, BOUND, T_LEVEL, T_WEIGHT, TERM = range(8)
"""`pairs`, each term twice, once for each session: the other session, 1 where this one is the first, what is judged."""
GROUP, QUANTITY = range(2)
"""`members`: a session's groups."""
BY, SHAPE, LIMIT, G_LEVEL, G_WEIGHT, OFFSET, G_MEMBERS = range(7)
"""`groups`; the last row only says where the others end. LIMIT is the width of a bin where the shape is UPSIDE_DOWN."""
MEMBER, SHIFT = range(2)
"""`unit_members`: the session, and its minutes after the unit's first."""
CLOSED, CROWDED = range(2)
"""`weights` of what the tables of rooms know."""
OPTION, ROOM, BEGIN, FINISH, SLOT = range(5)
"""`place`: where a session stands, and its number in the list of its room."""


class Tables(NamedTuple):
    """A problem, compiled."""

    sizes: Any
    sessions: Any
    options: Any
    choices: Any
    fit: Any
    rooms: Any
    open_until: Any
    travel: Any
    pairs: Any
    members: Any
    groups: Any
    group_members: Any
    units: Any
    unit_members: Any
    weights: Any


class State(NamedTuple):
    """One plan: where each session stands, who stands in each room, what is counted, what it costs, its chance."""

    place: Any
    in_room: Any
    fill: Any
    counts: Any
    used: Any
    score: Any
    chance: Any
