"""One search from beginning to end: place, anneal on every core, place what is left."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from eventweek.planner import kernel
from eventweek.planner.matches import Plan, Stand
from eventweek.planner.model import Model, empty
from eventweek.planner.tables import CHOICES, END, NOWHERE, OPTION, OPTIONS, ROOM, START, State
from eventweek.planner.search.anneal import CHANCES, anneal, warmth
from eventweek.planner.search.construct import construct

PATIENCE = 400
"""Steps of placing for each unit, before a plan that is not whole is taken as it is."""
ROUND = 50_000
"""Annealing steps between two looks at the clock."""
CHAINS = 2
COLD = 0.15


@dataclass
class Progress:
    """How far a search is."""

    phase: str
    score: tuple[int, int, int]
    steps: int
    seconds: float


@dataclass
class Chain:
    """One search with a chance of its own: its plan, and the best that it has seen."""

    model: Model
    state: State
    place: Any
    best: Any
    steps: int = 0

    @classmethod
    def start(cls, model: Model, seed: int) -> "Chain":
        """Begin with nothing placed."""
        state = empty(model, seed)
        return cls(model, state, state.place[:, :2].copy(), state.score.copy())

    def load(self, place: Any) -> None:
        """Make the plan the given one."""
        m, x = self.model.tables, self.state
        for s in range(self.model.size):
            if x.place[s, OPTION] != NOWHERE:
                kernel.toggle(m, x, s, x.place[s, OPTION], x.place[s, ROOM])
        for s, (option, room) in enumerate(place):
            if option != NOWHERE:
                kernel.toggle(m, x, s, option, room)


@dataclass
class Solution:
    """What a search has found."""

    plan: Plan
    score: tuple[int, int, int]
    steps: int
    stop: str
    rates: dict[str, float] = field(default_factory=dict)


def place_all(chain: Chain, weights: Any, steps: int) -> int:
    """Place every unit that has no place; return how many are left."""
    m, x = chain.model.tables, chain.state
    units = len(m.units) - 1
    queue = np.zeros(units + len(x.place), np.int64)
    waiting = [
        u
        for u in range(units)
        if any(x.place[s, OPTION] == NOWHERE for s, _ in m.unit_members[m.units[u] : m.units[u + 1]])
    ]
    queue[: len(waiting)] = waiting
    return int(construct(m, x, queue, len(waiting), weights, steps, chain.place, chain.best))


def solve(
    model: Model,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    tell: Callable[[Progress], bool] = lambda progress: True,
    cold: float = COLD,
    hot: float | None = None,
    hard: float = 8.0,
) -> Solution:
    """Search until the time or the iterations are over, or `tell` returns False; iterations alone are repeatable."""
    began = time.monotonic()
    chains = [Chain.start(model, seed * CHAINS + k) for k in range(CHAINS)]
    weights = [np.ones(model.size, np.int64) for _ in chains]
    with ThreadPoolExecutor(CHAINS) as pool:
        left = list(pool.map(lambda k: place_all(chains[k], weights[k], PATIENCE * model.size), range(CHAINS)))
        for chain in chains:
            chain.load(chain.place)
        placed = time.monotonic() - began
        stop = _cool(chains, pool, began, seconds, iterations, tell, cold, hot, hard)
    best = min(chains, key=lambda chain: tuple(chain.best))
    return Solution(
        plan_of(best),
        tuple(int(v) for v in best.best),
        sum(c.steps for c in chains),
        stop,
        {"placed": placed, "left": min(left), "total": time.monotonic() - began},
    )


def _cool(chains, pool, began, seconds, iterations, tell, cold, hot, hard) -> str:
    model = chains[0].model
    m = model.tables
    widths = np.diff(m.sessions[:, OPTIONS]) * np.diff(m.sessions[:, CHOICES])
    free = widths > 1
    series = np.array([u for u in range(len(m.units) - 1) if m.units[u + 1] - m.units[u] > 1], np.int64)
    heats = []
    for chain in chains:
        movable = np.array(
            [s for s in range(model.size) if free[s] and chain.state.place[s, OPTION] != NOWHERE], np.int64
        )
        chain.movable = movable
        ups = np.zeros(2000)
        n = warmth(m, chain.state, movable, 2000, ups) if len(movable) else 0
        heats.append(float(np.mean(ups[:n])) if n else 1.0)
    if not len(chains[0].movable):
        return "nothing to improve"
    hot = hot or max(heats)
    total, done, stop = iterations, 0, "iterations"
    while True:
        elapsed = time.monotonic() - began
        if total is not None:
            fraction, size = done / total, min(ROUND, total - done)
            after = (done + size) / total
        else:
            fraction, size = min(1.0, elapsed / seconds), ROUND
            after = fraction
        if fraction >= 1.0 or (seconds is not None and elapsed >= seconds):
            stop = "iterations" if total is not None and done >= total else "seconds"
            break
        h0, h1 = hot * (cold / hot) ** fraction, hot * (cold / hot) ** after

        def run(chain):
            chain.steps += size
            anneal(
                m,
                chain.state,
                chain.movable,
                series,
                size,
                h0,
                h1,
                max(1, int(hard * hot)),
                1,
                CHANCES,
                chain.place,
                chain.best,
            )

        list(pool.map(run, chains))
        done += size
        if not tell(Progress("anneal", min(tuple(c.best) for c in chains), done, elapsed)):
            stop = "stopped"
            break
    return stop


def plan_of(chain: Chain) -> Plan:
    """Return the best plan of a chain."""
    m = chain.model.tables
    return {
        s: Stand(int(m.options[o, START]), int(m.options[o, END]), int(room))
        for s, (o, room) in enumerate(chain.place)
        if o != NOWHERE
    }
