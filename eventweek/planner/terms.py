"""What the rules of one problem say, term by term: read by the search as tables, and by people as matches.

A rule declares terms once. `compile` turns them into the arrays of `kernel.Tables`; `matches.py` judges the same
terms one by one with the same functions. So the sum of the matches is the score.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from eventweek.planner import kernel, tables
from eventweek.planner.week import Week

if TYPE_CHECKING:
    from eventweek.planner.constraints.rule import Rule

LEVELS = {"hard": tables.HARD, "medium": tables.MEDIUM, "soft": tables.SOFT}


@dataclass(frozen=True, slots=True)
class Cost:
    """What a rule costs this week: its number in the list of rules, its level, and one unit of magnitude."""

    rule: int
    level: int
    weight: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sessions, when they concern each other and how much that counts; `about`: people or things meant."""

    first: int
    second: int
    cost: Cost
    condition: int
    p: int = 0
    magnitude: int = kernel.ONE
    times: int = 1
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Sessions that are counted together, each with a quantity."""

    members: tuple[tuple[int, int], ...]
    cost: Cost
    by: int
    shape: int
    limit: int
    about: tuple[str, ...] = ()


@dataclass
class Terms:
    """Every term of a problem, in the order of the rules."""

    week: Week
    pairs: list[Pair] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    alone: list[tuple[Cost, "Rule"]] = field(default_factory=list)
    closed: Cost | None = None
    crowded: Cost | None = None
    unplaced: Any = None
    cost: Cost | None = None

    @property
    def longest_gap(self) -> int:
        """Return the longest gap that two sessions of a room may have to leave."""
        problem = self.week.problem
        between = max((kind.changeover for kind in problem.kinds), default=0)
        buffer = max((room.buffer for room in problem.rooms), default=0)
        teardown = max((kind.teardown for kind in problem.kinds), default=0)
        setup = max((kind.setup for kind in problem.kinds), default=0)
        return max(between, buffer, teardown + setup)

    def pair(
        self,
        first: int,
        second: int,
        condition: int,
        p: int = 0,
        magnitude: int = kernel.ONE,
        times: int = 1,
        about: Iterable[str] = (),
        level: str | None = None,
    ) -> None:
        """Declare a term of two sessions for the rule that is speaking, at its level or another."""
        assert self.cost
        cost = self.cost if level is None else replace(self.cost, level=LEVELS[level])
        self.pairs.append(Pair(first, second, cost, condition, p, magnitude, times, tuple(about)))

    def upside_down(self, members: Iterable[tuple[int, int]]) -> None:
        """Declare that members of less quantity, 0 to `kernel.STEPS` - 1, do not stand in larger rooms at once."""
        width = (len(self.week.problem.cities) + 1) * kernel.STEPS**2
        self.group(members, kernel.BY_SLOT, kernel.UPSIDE_DOWN, width)

    def group(
        self, members: Iterable[tuple[int, int]], by: int, shape: int, limit: int, about: Iterable[str] = ()
    ) -> None:
        """Declare a term of many sessions, (session, quantity), for the rule that is speaking."""
        assert self.cost
        self.groups.append(Group(tuple(members), self.cost, by, shape, limit, tuple(about)))


def pointers(lengths: list[int]) -> Any:
    """Return where each list begins when they stand one after the other."""
    return np.concatenate([[0], np.cumsum(np.asarray(lengths, np.int64))]).astype(np.int64)
