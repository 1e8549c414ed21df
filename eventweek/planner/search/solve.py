"""One search from beginning to end: place everything, anneal on every core; or repair what was published."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from eventweek.planner.matches import Plan
from eventweek.planner.model import Model
from eventweek.planner.moves import option_of
from eventweek.planner.problem import Limits
from eventweek.planner.search.chain import Chain, troubled
from eventweek.planner.tables import ALLOWED, NOWHERE, OPTION, SOFT

CHAINS = 2
"""Chains side by side. A fixed number, so that the same seed gives the same plan on every machine."""
PATIENCE = 400
"""Steps of placing for each session, before a plan that is not whole is taken as it is."""
LOOK, LOOK_AT_ALL = 1_500, 1_000_000
"""Places that are looked at for one session: in a plan that is made anew, and in one that is repaired."""
ROUND = 50_000
"""Annealing steps of a chain between two looks at the clock."""
HOT, COLD = 0.4, 0.15
"""The first temperature, in mean prices of a move that costs something; the last, in the least price of one."""
A_BREACH = 20
"""What a broken hard rule costs while it is warm, in first temperatures."""


@dataclass(frozen=True)
class Progress:
    """How far a search is: `share` of its time or iterations, the best score, iterations of all chains, seconds."""

    share: float
    score: tuple[int, int, int]
    iterations: int
    seconds: float


Tell = Callable[[Progress], bool]
"""Hears how far the search is; says whether to go on."""


@dataclass(frozen=True)
class Solution:
    """What a search has found. `stop`: `iterations`, `seconds`, `stopped`, or `settled` where nothing can move."""

    plan: Plan
    score: tuple[int, int, int]
    iterations: int
    stop: str


def go_on(_progress: Progress) -> bool:
    """Hear nothing, stop nothing."""
    return True


def solve(model: Model, limits: Limits, tell: Tell = go_on) -> Solution:
    """Plan everything anew. With iterations alone the same seed gives the same plan; without any limit, 30 seconds."""
    clock = Clock(limits, tell)
    chains = [Chain.start(model, limits.seed * CHAINS + k) for k in range(CHAINS)]
    with ThreadPoolExecutor(CHAINS) as pool:
        list(pool.map(lambda chain: chain.place_all(PATIENCE * model.size, LOOK, clock.watch(chain)), chains))
        first = min(chains, key=lambda chain: chain.score)
        for chain in chains:
            if chain.score[:SOFT] > first.score[:SOFT]:  # annealing places nobody
                chain.begin_with(first)
            chain.choose_movable()
        return _anneal(chains, pool, clock)


def repair(model: Model, limits: Limits, tell: Tell = go_on) -> Solution:
    """Keep what was published; move what cannot stay, and whoever must make way for it.

    Whoever stays costs nothing, whoever moves costs what `published_time` and `published_room` say: so the cheapest
    place of all is looked for, and others make way only where there is none that is free.
    """
    clock, chain = Clock(limits, tell), Chain.start(model, limits.seed)
    _publish(chain)
    for s in troubled(chain):
        if s in troubled(chain):
            chain.lift(s)
    moved = chain.state.place[:, OPTION] == NOWHERE
    registered = np.array([session.registered for session in model.week.problem.sessions])
    chain.weights[:] = np.where(moved, 1, 10 + registered)
    chain.keep()
    chain.place_all(PATIENCE * model.size, LOOK_AT_ALL, clock.watch(chain))
    chain.choose_movable(moved)
    with ThreadPoolExecutor(1) as pool:
        return _anneal([chain], pool, clock)


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


class Clock:
    """What is left of a search's time and iterations, and whoever hears how far it is."""

    def __init__(self, limits: Limits, tell: Tell) -> None:
        self.began, self.done, self.stopped = time.monotonic(), 0, False
        self.iterations, self.tell = limits.iterations, tell
        self.seconds = limits.seconds if limits.seconds is not None or limits.iterations is not None else 30.0

    @property
    def elapsed(self) -> float:
        """Return the seconds since the search began."""
        return time.monotonic() - self.began

    def share(self, steps: int = 0) -> float:
        """Return how much of the search is over, or will be after so many steps; the iterations count where given."""
        if self.iterations is not None:
            return min(1.0, (self.done + steps) / max(1, self.iterations))
        assert self.seconds is not None
        ahead = steps * self.elapsed / self.done if self.done else 0.0
        return min(1.0, (self.elapsed + ahead) / self.seconds)

    def round(self) -> int:
        """Return the steps of the next round."""
        return ROUND if self.iterations is None else min(ROUND, self.iterations - self.done)

    def cut_short(self) -> str | None:
        """Return why the search ends before its iterations are done, None while it goes on."""
        if self.stopped:
            return "stopped"
        return "seconds" if self.seconds is not None and self.elapsed >= self.seconds else None

    def over(self) -> str | None:
        """Return why the search ends, None while it goes on."""
        done = self.iterations is not None and self.done >= self.iterations
        return self.cut_short() or ("iterations" if done else None)

    def say(self, chains: list[Chain]) -> None:
        """Tell how far the search is, and hear whether it goes on."""
        best = min(chain.score for chain in chains)
        progress = Progress(self.share(), best, self.done * len(chains), self.elapsed)
        self.stopped = not self.tell(progress) or self.stopped

    def watch(self, chain: Chain) -> Callable[[], bool]:
        """Return what tells a chain that places whether to go on."""

        def goes_on() -> bool:
            self.say([chain])
            return self.cut_short() is None

        return goes_on


def _anneal(chains: list[Chain], pool: ThreadPoolExecutor, clock: Clock) -> Solution:
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
