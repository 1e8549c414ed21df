"""How many gates a door needs in each quarter hour, from who is registered and when people come (pure).

Numbers are fractions, so that 12 gates are 12 and not 13 by a rounding. What is assumed, and why, stands in
docs/decisions/gates-for-the-busiest-minutes.md.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from eventweek.checkin.enums import Fit
from eventweek.kernel.errors import FieldError, Invalid

QUARTER_MIN = 15
QUARTER_S = 900
FIRST_MIN = -60
"""Minutes before the beginning at which the first quarter hour of a curve starts: when gates open by default."""
CURVE = (5, 20, 45, 22, 6, 2)
"""Who comes in each quarter hour from an hour before the beginning to half an hour after it, in per cent."""
BURST = Fraction(3, 2)
"""How much faster than on average people come in the busiest minutes of a quarter hour."""
SECONDS, MOST_SECONDS = 8, 120
"""What a person takes at a gate: usually, and at the most."""
LEAST_MEASURED = 100
"""Arrivals from which a measured curve is worth more than the assumed one."""
LATE_MIN = 60
"""Nobody comes to an exhibition any more in its last minutes."""


@dataclass(frozen=True)
class Asked:
    """What a forecast is made with: seconds a person, and the shares of a curve in per cent."""

    seconds: int = SECONDS
    shares: tuple[int, ...] = CURVE


@dataclass(frozen=True)
class Crowd:
    """People expected at a door. `start`: minutes since 1970 at which what they come for begins.

    `spread`: they come evenly in so many minutes from then on; 0: by the curve.
    """

    door: str
    people: int
    start: int
    spread: int = 0


def asked_for(seconds: str, shares: Sequence[str]) -> Asked:
    """Return what was typed as numbers; nothing typed: what is usual.

    Raises: Invalid with forecast.seconds, forecast.share, forecast.count, forecast.sum.
    """
    errors = []
    each = _whole(seconds) if seconds else SECONDS
    if each is None or not 1 <= each <= MOST_SECONDS:
        errors.append(FieldError("seconds", "forecast.seconds", {"most": MOST_SECONDS}))
    parts = [_whole(text) for text in shares] if shares else list(CURVE)
    known = tuple(part for part in parts if part is not None and part <= 100)
    if len(parts) != len(CURVE):
        errors.append(FieldError("shares", "forecast.count", {"n": len(CURVE)}))
    elif len(known) < len(parts):
        errors.append(FieldError("shares", "forecast.share"))
    elif sum(known) != 100:
        errors.append(FieldError("shares", "forecast.sum", {"sum": sum(known)}))
    if errors:
        raise Invalid(errors)
    return Asked(each or SECONDS, known)


def expect(crowds: Iterable[Crowd], shares: Sequence[int]) -> dict[str, dict[int, Fraction]]:
    """Return the people who come by door and quarter hour, counted in quarter hours since 1970."""
    found: dict[str, dict[int, Fraction]] = {}
    for crowd in crowds:
        own = found.setdefault(crowd.door, {})
        for begin, minutes, share in _waves(crowd, shares):
            for quarter, part in _quarters(begin, minutes):
                own[quarter] = own.get(quarter, Fraction()) + crowd.people * share * part
    return found


def busiest_rate(people: Fraction | int) -> Fraction:
    """Return how many a second come in the busiest minutes of a quarter hour in which so many come."""
    return people * BURST / QUARTER_S


def passes(gates: int, seconds: int) -> Fraction:
    """Return how many people a second so many gates let in."""
    return Fraction(gates, seconds)


def gates_for(people: Fraction | int, seconds: int) -> int:
    """Return how many gates let in whoever comes in the busiest minutes as fast as they come."""
    return ceil(busiest_rate(people) * seconds)


def fit_of(people: Fraction | int, gates: int, seconds: int) -> Fit:
    """Say how so many gates do in a quarter hour: enough; a queue in its busiest minutes; one that grows all along."""
    if people > passes(gates, seconds) * QUARTER_S:
        return Fit.SHORT
    return Fit.ENOUGH if gates_for(people, seconds) <= gates else Fit.TIGHT


def measure(arrivals: Mapping[int, int]) -> tuple[int, ...] | None:
    """Return the curve of people who came so many minutes after the beginning (before: negative), in per cent.

    Who came earlier or later than a curve tells counts in its first or last quarter hour. None where too few came.
    """
    total = sum(arrivals.values())
    if total < LEAST_MEASURED:
        return None
    people = [0] * len(CURVE)
    for minute, count in arrivals.items():
        people[min(max((minute - FIRST_MIN) // QUARTER_MIN, 0), len(CURVE) - 1)] += count
    shares = [100 * count // total for count in people]
    left = sorted(range(len(people)), key=lambda n: (-(100 * people[n] % total), n))
    for n in left[: 100 - sum(shares)]:
        shares[n] += 1
    return tuple(shares)


def _waves(crowd: Crowd, shares: Sequence[int]) -> Iterator[tuple[int, int, Fraction]]:
    """Give the stretches in which a crowd comes evenly: first minute, minutes, part of the crowd."""
    if crowd.spread:
        yield crowd.start, crowd.spread, Fraction(1)
        return
    for number, share in enumerate(shares):
        if share:
            yield crowd.start + FIRST_MIN + number * QUARTER_MIN, QUARTER_MIN, Fraction(share, 100)


def _quarters(begin: int, minutes: int) -> Iterator[tuple[int, Fraction]]:
    """Give the quarter hours of the clock that a stretch touches, and which part of it lies in each."""
    at, end = begin, begin + minutes
    while at < end:
        quarter = at // QUARTER_MIN
        until = min(end, (quarter + 1) * QUARTER_MIN)
        yield quarter, Fraction(until - at, minutes)
        at = until


def _whole(text: str) -> int | None:
    """Return a whole number that is not negative, None where it is none."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
