"""Planning anew, from beginning to end: place everything, then anneal on every core."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from eventweek.planner.matches import Plan
from eventweek.planner.model import Model
from eventweek.planner.problem import Limits
from eventweek.planner.search.chain import Chain
from eventweek.planner.search.clock import Clock, Tell, go_on
from eventweek.planner.tables import SOFT

CHAINS = 2
"""Chains side by side. A fixed number, so that the same seed gives the same plan on every machine."""
PATIENCE = 400
"""Steps of placing for each session, before a plan that is not whole is taken as it is."""
TURNS, FROM_NOTHING, PLACING = 12, 3, 0.3
"""How often whoever was left out is tried, in which turns everybody is, and for how much of the time at most."""
LOOK = 1_500
"""Places that are looked at for one session."""
HOT, COLD = 0.4, 0.15
"""The first temperature, in mean prices of a move that costs something; the last, in the least price of one."""
A_BREACH = 20
"""What a broken hard rule costs while it is warm, in first temperatures."""


@dataclass(frozen=True)
class Solution:
    """What a search has found. `stop`: `iterations`, `seconds`, `stopped`, or `settled` where nothing can move."""

    plan: Plan
    score: tuple[int, int, int]
    iterations: int
    stop: str


def solve(model: Model, limits: Limits, tell: Tell = go_on) -> Solution:
    """Plan everything anew. With iterations alone the same seed gives the same plan; without any limit, 30 seconds."""
    clock = Clock(limits, tell)
    chains = [Chain.start(model, limits.seed * CHAINS + k) for k in range(CHAINS)]
    with ThreadPoolExecutor(CHAINS) as pool:
        _place(chains, pool, clock, limits.seed)
        first = min(chains, key=lambda chain: chain.score)
        for chain in chains:
            if chain.score[:SOFT] > first.score[:SOFT]:  # annealing places nobody
                chain.begin_with(first)
            chain.choose_movable()
        return cool_all(chains, pool, clock)


def _place(chains: list[Chain], pool: ThreadPoolExecutor, clock: Clock, seed: int) -> None:
    """Place everything on every chain; turn by turn, until one of them has done it or they had turns enough."""
    steps, chance = PATIENCE * chains[0].model.size, np.random.default_rng(seed)
    for turn in range(TURNS):
        if turn:
            for chain in chains:
                chain.unsettle(chance, anew=turn % FROM_NOTHING == 0)
        list(pool.map(lambda chain: chain.place_all(steps, LOOK, clock.watch(chain)), chains))
        if any(chain.is_whole for chain in chains) or clock.cut_short() or clock.share() > PLACING:
            break


def cool_all(chains: list[Chain], pool: ThreadPoolExecutor, clock: Clock) -> Solution:
    stop = clock.cut_short() or "settled"
    if all(len(chain.movable) for chain in chains):
        means, least = zip(*(chain.prices() for chain in chains), strict=True)
        stop = _cool(chains, pool, clock, HOT * max(means), COLD * min(least))
    best = min(chains, key=lambda chain: chain.score)
    return Solution(best.plan(), best.score, clock.done * len(chains), stop)


def _cool(chains: list[Chain], pool: ThreadPoolExecutor, clock: Clock, hot: float, cold: float) -> str:
    """Cool every chain side by side until the clock says why it ends."""
    hard = max(1, int(A_BREACH * hot))
    while True:
        stop = clock.over()
        if stop:
            return stop
        steps = clock.round()
        ends = [hot * (cold / hot) ** share for share in (clock.share(), clock.share(steps))]
        list(pool.map(lambda chain: chain.cool(steps, ends[0], ends[1], hard), chains))  # noqa: B023
        clock.done += steps
        clock.say(chains)
