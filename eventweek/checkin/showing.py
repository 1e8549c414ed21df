"""How many seats above the limit a measured show-up rate allows (pure)."""

from dataclasses import dataclass
from math import sqrt

LEAST_SEATS = 50
"""Below so many registered seats of a kind a rate says too little to act on."""
MOST_SHARE = 5
"""At most one seat in so many is given out beyond the limit."""
SURE = 1.645
"""Standard deviations that are kept free: nineteen times in twenty everybody who comes finds a seat."""


@dataclass(frozen=True)
class Shown:
    """What was measured of a kind: seats that were confirmed where the door was kept, and those of who came."""

    registered: int = 0
    came: int = 0

    @property
    def rate(self) -> float:
        """Return the share that came, 1 where nothing was measured."""
        return self.came / self.registered if self.registered else 1.0

    @property
    def enough(self) -> bool:
        """Say whether the sample is large enough to propose anything."""
        return self.registered >= LEAST_SEATS


def propose_overbooking(cap: int, capacity: int | None, shown: Shown) -> int:
    """Return how many seats to give out beyond `cap`; `capacity`: people that the room holds, None unknown.

    The largest number with which those who come stay within the seats and the room, by the rate and 1.645 standard
    deviations of a binomial count, and at most a fifth of the seats. 0 where too little was measured.
    """
    if not shown.enough or shown.came >= shown.registered:
        return 0
    seats, rate, more = min(cap, capacity or cap), shown.rate, 0
    while more < cap // MOST_SHARE and _expected(cap + more + 1, rate) <= seats:
        more += 1
    return more


def _expected(given: int, rate: float) -> float:
    return given * rate + SURE * sqrt(given * rate * (1 - rate))
