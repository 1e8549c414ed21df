"""Simulated annealing over placed sessions: moves and swaps, judged by what changes.

Hard rules count as a price while it is warm, so that the plan can pass through what is forbidden; the plan that is kept
is the best by level. Moves and swaps with this schedule: Bellio et al., "Feature-based tuning of simulated annealing
applied to the curriculum-based course timetabling problem" (2016).
"""

import numpy as np

from eventweek.planner.compiled import entry, inner
from eventweek.planner.kernel import OVERLAP, TRAVEL, closed, crowd, judge
from eventweek.planner.moves import draw, shift, switch
from eventweek.planner.search.construct import keep
from eventweek.planner.search.proposals import all_of, exchange, two
from eventweek.planner.tables import (
    BEGIN,
    CLOSED,
    CONDITION,
    CROWDED,
    END,
    FAR,
    FINISH,
    FIRST,
    HARD,
    NOWHERE,
    OPTION,
    OTHER,
    PAIRS,
    ROOM,
    START,
    T_LEVEL,
    State,
    Tables,
)

BITS = 12
CHANCES = np.array([-np.log((k + 0.5) / 2**BITS) for k in range(2**BITS)])
"""How far up a step may go at temperature 1, for each of equally likely draws."""


@inner
def attempt(m: Tables, x: State, trial: np.ndarray, size: int, limit: float, hard: int, medium: int) -> bool:
    """Make a move that is written down unless it costs more than `limit`; tell whether it was made."""
    h, d, f = x.score[0], x.score[1], x.score[2]
    for turn in range(2):
        for k in range(size):
            s, at = trial[0, k], 1
            if turn == 0:
                trial[3, k], trial[4, k], at = x.place[s, OPTION], x.place[s, ROOM], 3
            switch(m, x, s, trial[at, k], trial[at + 1, k])
    if (x.score[0] - h) * hard + (x.score[1] - d) * medium + x.score[2] - f <= limit:
        return True
    for at in (1, 3):
        for k in range(size):
            shift(m, x, trial[0, k], trial[at, k], trial[at + 1, k])
    x.score[0], x.score[1], x.score[2] = h, d, f
    return False


@inner
def clashes(m: Tables, x: State, s: int, o: int, r: int, but: int) -> bool:
    """Tell whether session `s` would break a hard rule with one that is placed, not `but`, or find the room shut."""
    sa, ea, pairs, place, far = m.options[o, START], m.options[o, END], m.pairs, x.place, m.sizes[FAR]
    if m.weights[CROWDED, HARD] > 0 and crowd(m, x, s, sa, ea, r, but) > 0:
        return True
    for k in range(m.sessions[s, PAIRS], m.sessions[s + 1, PAIRS]):
        b, condition = pairs[k, OTHER], pairs[k, CONDITION]
        sb, eb = place[b, BEGIN], place[b, FINISH]
        gap = max(sa - eb, sb - ea)
        if (condition == OVERLAP and gap >= 0) or (condition == TRAVEL and gap >= far):
            continue
        if pairs[k, T_LEVEL] != HARD or b == but or place[b, OPTION] == NOWHERE:
            continue
        if pairs[k, FIRST]:
            size = judge(pairs, m.travel, m.rooms, k, sa, ea, r, sb, eb, place[b, ROOM])
        else:
            size = judge(pairs, m.travel, m.rooms, k, sb, eb, place[b, ROOM], sa, ea, r)
        if size > 0:
            return True
    return m.weights[CLOSED, HARD] > 0 and closed(m, r, sa, ea)


@inner
def hopeless(m: Tables, x: State, trial: np.ndarray, size: int) -> bool:
    """Tell whether a move of one session or two, that is written down, breaks a hard rule; groups are not looked at."""
    if size == 1:
        return clashes(m, x, trial[0, 0], trial[1, 0], trial[2, 0], NOWHERE)
    a, b = trial[0, 0], trial[0, 1]
    return clashes(m, x, a, trial[1, 0], trial[2, 0], b) or clashes(m, x, b, trial[1, 1], trial[2, 1], a)


@entry
def anneal(
    m: Tables,
    x: State,
    movable: np.ndarray,
    series: np.ndarray,
    steps: int,
    hot: float,
    cold: float,
    hard: int,
    medium: int,
    chances: np.ndarray,
    best_place: np.ndarray,
    best: np.ndarray,
) -> int:
    """Make so many steps while it cools from `hot` to `cold`; return how many were taken."""
    size = len(x.place)
    places, trial = np.zeros(size, np.int64), np.zeros((5, max(2, size)), np.int64)
    taken, heat = 0, hot
    for step in range(steps):
        if step % 256 == 0:
            heat = hot * (cold / hot) ** (step / steps)
        limit = heat * chances[draw(x, len(chances))]
        way = draw(x, 16)
        if way == 0 and len(series) > 0:
            moves = all_of(m, x, series[draw(x, len(series))], places, trial)
        elif way < 9:
            moves = exchange(m, x, movable[draw(x, len(movable))], trial)
        else:
            moves = two(m, x, movable[draw(x, len(movable))], movable[draw(x, len(movable))], trial)
        if x.score[HARD] == 0 and limit < hard // 2 and 0 < moves <= 2 and hopeless(m, x, trial, moves):
            continue
        if moves > 0 and attempt(m, x, trial, moves, limit, hard, medium):
            taken += 1
            keep(x, best_place, best)
    return taken


@entry
def prices(m: Tables, x: State, movable: np.ndarray, tries: int, ups: np.ndarray) -> int:
    """Note the price of moves that break no more hard and medium rules; return how many there were."""
    found, trial = 0, np.zeros((5, 2), np.int64)
    for _ in range(tries):
        h, d, f = x.score[0], x.score[1], x.score[2]
        moves = exchange(m, x, movable[draw(x, len(movable))], trial)
        if moves > 0 and attempt(m, x, trial, moves, 1e15, 1, 1):
            if x.score[0] <= h and x.score[1] <= d and x.score[2] > f:
                ups[found] = x.score[2] - f
                found += 1
            switch(m, x, trial[0, 0], trial[1, 0], trial[2, 0])
            switch(m, x, trial[0, 0], trial[3, 0], trial[4, 0])
    return found
