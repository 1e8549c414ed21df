"""How far a search is, and what is left of its time and iterations."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from eventweek.planner.problem import Limits
from eventweek.planner.search.chain import Chain

ROUND = 50_000
"""Annealing steps of a chain between two looks at the clock."""


@dataclass(frozen=True)
class Progress:
    """How far a search is: `share` of its time or iterations, the best score, iterations of all chains, seconds."""

    share: float
    score: tuple[int, int, int]
    iterations: int
    seconds: float


Tell = Callable[[Progress], bool]
"""Hears how far the search is; says whether to go on."""


def go_on(_progress: Progress) -> bool:
    """Hear nothing, stop nothing."""
    return True


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
