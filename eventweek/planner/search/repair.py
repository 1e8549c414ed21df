"""Repairing what was published: as few move as can, and the cheapest."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from eventweek.planner.model import Model
from eventweek.planner.moves import option_of
from eventweek.planner.problem import Limits
from eventweek.planner.search.chain import Chain, troubled
from eventweek.planner.search.clock import Clock, Tell, go_on
from eventweek.planner.search.construct import find_movable
from eventweek.planner.search.solve import PATIENCE, TURNS, Solution, cool_all
from eventweek.planner.tables import ALLOWED, HARD, NOWHERE, OPTION, UNIT, UNPLACED

LOOKS = (1_000_000, 2_000, 200)
"""Places that are looked at for one session: all; later sometimes few, so that others are found."""
A_MOVE, A_TURN = 500, 10
"""What putting out a published session weighs, in registrations; and doing it once more."""
A_SERIES = 4
"""How much more it weighs to put out one of a series."""
STUCK = 20
"""How much more it weighs to put out one who could stand nowhere else."""
ATTEMPTS, FEW, STEPS = 5_000, 4, 200
"""How often some try again, how many at most at once, in how many steps of placing."""
FRUITLESS, TRYING = 200, 0.7
"""After how many tries without a better plan it is enough, or after how much of the time."""


def repair(model: Model, limits: Limits, tell: Tell = go_on) -> Solution:
    """Keep what was published, move what cannot stay, and whoever must make way for it.

    A plan in which fewer move is better; of those that move as many, whichever costs less by `published_time` and
    `published_room`, which count the people who must be told. Others make way only where no place is free.
    """
    clock, chain = Clock(limits, tell), Chain.start(model, limits.seed)
    _publish(chain)
    home = chain.state.place[:, :2].copy()
    for s in troubled(chain):
        if s in troubled(chain):
            chain.lift(s)
    chain.keep()
    _move_few(chain, home, clock, np.random.default_rng(limits.seed))
    chain.choose_movable(_moved(chain, home))
    with ThreadPoolExecutor(1) as pool:
        return cool_all([chain], pool, clock)


def _moved(chain: Chain, home: Any) -> Any:
    """Tell of each session whether the best plan has it elsewhere than at home."""
    return (chain.place != home).any(axis=1)


def _move_few(chain: Chain, home: Any, clock: Clock, chance: np.random.Generator) -> None:
    """Place who has no place; then again and again let some try anew, send home who can go, keep what is better."""
    causes = np.flatnonzero(chain.place[:, OPTION] == NOWHERE).tolist()
    movable = np.zeros(chain.model.size, np.int64)
    find_movable(chain.model.tables, chain.state, chain.hopeful, movable)
    best, price, least, last = chain.place.copy(), None, None, 0
    for attempt in range(ATTEMPTS if causes else 0):
        if clock.cut_short() or clock.share() > TRYING or attempt - last > FRUITLESS:
            break
        first = attempt < TURNS and not chain.is_whole
        if not first:
            few = chance.choice(causes, min(len(causes), int(chance.integers(1, FEW + 1))), replace=False)
            _send_home(chain, home, sorted(few.tolist()), causes)
        chain.weights[:] = _weights(chain, causes, chance) * np.where(movable, 1, STUCK)
        steps, many = (PATIENCE * chain.model.size, LOOKS[0]) if first else (STEPS, int(chance.choice(LOOKS)))
        chain.place_all(steps, many, clock.watch(chain))
        own = rank(chain, home)
        if least is None or own <= least:
            last = attempt if own != least else last
            best, price, least = chain.place.copy(), chain.score, own
        else:
            chain.place[:], chain.best[:] = best, price
            chain.return_to_best()


def rank(chain: Chain, home: Any) -> tuple[int, ...]:
    """Return how good the best plan is: hard costs, who has no place, how many moved, then what else it costs.

    `home`: option and room of each session as published. Less is better.
    """
    missing = chain.model.tables.sessions[:-1, UNPLACED][chain.place[:, OPTION] == NOWHERE].sum()
    return chain.score[0], int(missing), int(_moved(chain, home).sum()), *chain.score[1:]


def _send_home(chain: Chain, home: Any, few: list[int], causes: list[int]) -> None:
    """Take a few who could not stay out of the plan, and let everybody else go home who can do so now."""
    for s in few:
        if chain.state.place[s, OPTION] != NOWHERE:
            chain.lift(s)
    for s in np.flatnonzero(_moved(chain, home)).tolist():
        if s not in causes and chain.state.place[s, OPTION] != NOWHERE:
            hard, (option, room) = chain.state.score[HARD], chain.place[s]
            chain.lift(s)
            chain.put(s, *home[s])
            if chain.state.score[HARD] > hard:
                chain.lift(s)
                chain.put(s, option, room)
    chain.keep()


def _weights(chain: Chain, moved: Any, chance: np.random.Generator) -> Any:
    """Return what putting out each session weighs; those of a series move together, and find no place easily."""
    m, sessions = chain.model.tables, chain.model.week.problem.sessions
    weights = np.array([A_MOVE + session.registered for session in sessions]) // A_TURN
    weights[np.diff(m.units)[m.sessions[:-1, UNIT]] > 1] *= A_SERIES
    weights *= chance.integers(1, 4, len(weights))
    weights[moved] = chance.integers(1, 4, len(moved))
    return weights


def _publish(chain: Chain) -> None:
    """Place every session where it was published, where it may still stand there."""
    m, week = chain.model.tables, chain.model.week
    for s, session in enumerate(week.problem.sessions):
        known = session.published
        if known is None or known.room not in week.room_of:
            continue
        room, option = week.room_of[known.room], option_of(m, s, known.start)
        if option != NOWHERE and m.fit[s, room, ALLOWED]:
            chain.put(s, option, room)
