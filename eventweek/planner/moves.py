"""Changing a plan: placing a session, taking it away, and the chance that chooses; the score follows each change."""

import numpy as np

from eventweek.planner.compiled import entry, inner, pasted
from eventweek.planner.kernel import count, price_alone, price_pairs
from eventweek.planner.tables import (
    BEGIN,
    END,
    FINISH,
    NOWHERE,
    OPTION,
    OPTIONS,
    ROOM,
    SLOT,
    START,
    UNPLACED,
    State,
    Tables,
)


@pasted
def enter(m: Tables, x: State, s: int, o: int, r: int) -> None:
    """Write down that session `s` stands at option `o` in room `r`."""
    x.place[s, OPTION], x.place[s, ROOM], x.place[s, BEGIN], x.place[s, FINISH] = (
        o,
        r,
        m.options[o, START],
        m.options[o, END],
    )
    x.place[s, SLOT] = x.fill[r]
    x.in_room[r, x.fill[r]] = s
    x.fill[r] += 1


@pasted
def leave(x: State, s: int) -> None:
    """Write down that session `s` stands nowhere."""
    r = x.place[s, ROOM]
    x.fill[r] -= 1
    last = x.in_room[r, x.fill[r]]
    x.in_room[r, x.place[s, SLOT]] = last
    x.place[last, SLOT] = x.place[s, SLOT]
    x.place[s, OPTION] = NOWHERE


@inner
def shift(m: Tables, x: State, s: int, o: int, r: int) -> None:
    """Place session `s` or take it away, as `toggle` does, with a score that looks at groups alone."""
    sign = -1
    if x.place[s, OPTION] == NOWHERE:
        sign = 1
        enter(m, x, s, o, r)
    else:
        leave(x, s)
    count(m, x, s, m.options[o, START], m.options[o, END], r, sign)


@entry
def toggle(m: Tables, x: State, s: int, o: int, r: int) -> None:
    """Place session `s` at option `o` in room `r`, or take it from there if it stands there: the score follows."""
    switch(m, x, s, o, r)


@inner
def switch(m: Tables, x: State, s: int, o: int, r: int) -> None:
    """Do what `toggle` does, for compiled functions."""
    sign = 1 if x.place[s, OPTION] == NOWHERE else -1
    if sign < 0:
        shift(m, x, s, o, r)
    h, d, f = price_alone(m, x, s, o, r)
    ph, pd, pf = price_pairs(m, x, s, m.options[o, START], m.options[o, END], r)
    x.score[0] += sign * (h + ph)
    x.score[1] += sign * (d + pd - m.sessions[s, UNPLACED])
    x.score[2] += sign * (f + pf)
    if sign > 0:
        shift(m, x, s, o, r)


@inner
def draw(x: State, below: int) -> int:
    """Return a number from 0 up to `below` by chance (xorshift64*)."""
    z = x.chance[0]
    z ^= z >> np.uint64(12)
    z ^= z << np.uint64(25)
    z ^= z >> np.uint64(27)
    x.chance[0] = z
    return int(np.int64((z * np.uint64(2685821657736338717)) >> np.uint64(33)) % below)


@inner
def option_at(m: Tables, s: int, start: int) -> int:
    """Return the option of session `s` that begins at `start`, or NOWHERE."""
    low, high = m.sessions[s, OPTIONS], m.sessions[s + 1, OPTIONS]
    while low < high:
        middle = (low + high) // 2
        if m.options[middle, START] < start:
            low = middle + 1
        else:
            high = middle
    return low if low < m.sessions[s + 1, OPTIONS] and m.options[low, START] == start else NOWHERE


@entry
def option_of(m: Tables, s: int, start: int) -> int:
    """Return the option of session `s` that begins at `start`, or NOWHERE."""
    return option_at(m, s, start)
