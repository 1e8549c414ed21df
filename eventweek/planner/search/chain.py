"""One chain of a search: a plan with a chance of its own, and the cheapest plan that it has seen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from eventweek.planner import moves
from eventweek.planner.matches import Plan, Stand
from eventweek.planner.model import Model, empty
from eventweek.planner.search.anneal import CHANCES, anneal, prices
from eventweek.planner.search.construct import construct
from eventweek.planner.search.outlook import outlook
from eventweek.planner.tables import CHOICES, END, HARD, NOWHERE, OPTION, OPTIONS, ROOM, START, State

TRIES = 2_000
"""Moves by which the first temperature is found."""
A_ROUND = 200
"""Steps of placing between two looks at the clock."""
ENOUGH = 80
"""How often a session of no priority is put out before it is left out; as often again for each step of priority."""
UNSETTLED = 6
"""What each weighs less than, once it is forgotten how often it was put out."""


@dataclass
class Chain:
    """`place`: option and room of each session in the best plan, `best`: its score; `weights`: how hard each was."""

    model: Model
    state: State
    place: Any
    best: Any
    weights: Any
    movable: Any
    series: Any
    hopeful: Any

    @classmethod
    def start(cls, model: Model, seed: int) -> "Chain":
        """Begin with nothing placed."""
        state, m = empty(model, seed), model.tables
        series = np.flatnonzero(np.diff(m.units) > 1)
        none = np.zeros(0, np.int64)
        weights = np.ones(model.size, np.int64)
        place = state.place[:, :2].copy()
        return cls(model, state, place, state.score.copy(), weights, none, series, outlook(model))

    @property
    def score(self) -> tuple[int, int, int]:
        """Return the score of the best plan."""
        return int(self.best[0]), int(self.best[1]), int(self.best[2])

    @property
    def is_whole(self) -> bool:
        """Tell whether everybody has a place in the best plan."""
        return bool((self.place[:, OPTION] != NOWHERE).all())

    def put(self, s: int, option: int, room: int) -> None:
        """Place a session that has no place."""
        moves.toggle(self.model.tables, self.state, s, option, room)

    def lift(self, s: int) -> None:
        """Take a session out of the plan."""
        moves.toggle(self.model.tables, self.state, s, self.state.place[s, OPTION], self.state.place[s, ROOM])

    def return_to_best(self) -> None:
        """Make the plan the best that was seen."""
        differ = np.flatnonzero((self.state.place[:, :2] != self.place).any(axis=1)).tolist()
        for s in differ:
            if self.state.place[s, OPTION] != NOWHERE:
                self.lift(s)
        for s in differ:
            option, room = self.place[s]
            if option != NOWHERE:
                self.put(s, option, room)

    def begin_with(self, other: "Chain") -> None:
        """Take the best plan of another chain for one's own."""
        self.place[:], self.best[:] = other.place, other.best
        self.return_to_best()

    def keep(self) -> None:
        """Take the plan as it is for the best."""
        self.place[:] = self.state.place[:, :2]
        self.best[:] = self.state.score

    def place_all(self, steps: int, many: int, go_on: Callable[[], bool]) -> None:
        """Place every unit that has no place, in at most so many steps, while `go_on` says so.

        `many`: places that are looked at for each.
        """
        m, x, hopeful = self.model.tables, self.state, self.hopeful
        missing = x.place[m.unit_members[:, 0], OPTION] == NOWHERE
        waiting = np.flatnonzero(np.add.reduceat(missing, m.units[:-1])) if len(missing) else np.zeros(0, np.int64)
        queue = np.zeros(len(m.units) + 2 * self.model.size, np.int64)
        queue[: len(waiting)] = waiting
        priorities = np.array([session.priority for session in self.model.week.problem.sessions])
        outs, enough, left = np.zeros(self.model.size, np.int64), ENOUGH * (1 + priorities), len(waiting)
        while left and steps > 0 and go_on():
            turn = min(A_ROUND, steps)
            left = construct(
                *(m, x, hopeful, queue, left, self.weights, outs, enough, turn, many, self.place, self.best)
            )
            steps -= turn
        self.return_to_best()

    def unsettle(self, chance: np.random.Generator, *, anew: bool) -> None:
        """Forget how hard each was to place, so that the next turn goes another way; `anew`: also take all out."""
        self.weights[:] = chance.integers(1, UNSETTLED, self.model.size)
        if anew:
            for s in np.flatnonzero(self.state.place[:, OPTION] != NOWHERE).tolist():
                self.lift(s)

    def choose_movable(self, among: Any | None = None) -> None:
        """Let annealing move what stands somewhere and could stand elsewhere; `among`: these alone."""
        m = self.model.tables
        free = np.diff(m.sessions[:, OPTIONS]) * np.diff(m.sessions[:, CHOICES]) > 1
        free &= self.state.place[:, OPTION] != NOWHERE
        self.movable = np.flatnonzero(free if among is None else free & among)
        if among is not None:
            self.series = np.array([u for u in self.series if among[m.unit_members[m.units[u], 0]]], np.int64)

    def prices(self) -> tuple[float, float]:
        """Return the mean and the least price of a move that costs something, 1 where none does."""
        ups = np.zeros(TRIES)
        found = ups[: prices(self.model.tables, self.state, self.movable, TRIES, ups)]
        return (float(found.mean()), float(found.min())) if len(found) else (1.0, 1.0)

    def cool(self, steps: int, hot: float, cold: float, hard: int) -> None:
        """Anneal for so many steps, from one temperature to another."""
        medium = 1
        anneal(
            *(self.model.tables, self.state, self.movable, self.series, steps, hot, cold, hard, medium, CHANCES),
            *(self.place, self.best),
        )

    def plan(self) -> Plan:
        """Return the best plan."""
        options = self.model.tables.options
        return {
            s: Stand(int(options[o, START]), int(options[o, END]), int(room))
            for s, (o, room) in enumerate(self.place)
            if o != NOWHERE
        }


def troubled(chain: Chain) -> list[int]:
    """Return the sessions that break a hard rule where they stand, in the order in which they had better leave.

    First who breaks most; of those, whoever can stand elsewhere, and has the fewest registrations.
    """
    m, sessions = chain.model.tables, chain.model.week.problem.sessions
    choices = np.diff(m.sessions[:, OPTIONS]) * np.diff(m.sessions[:, CHOICES])
    found = []
    for s, session in enumerate(sessions):
        option, room = chain.state.place[s, :2]
        if option != NOWHERE:
            before = int(chain.state.score[HARD])
            chain.lift(s)
            saved = before - int(chain.state.score[HARD])
            chain.put(s, option, room)
            if saved > 0:
                found.append((-saved, choices[s] == 1, session.registered, s))
    return [s for *_, s in sorted(found)]
