"""What a search leaves beside its plan: what was seen before it, and why sessions were left out."""

import msgspec

from eventweek.cli.explaining import account_of, glance
from eventweek.planner.problem import Problem, encode
from eventweek.planner.solution import Solution

PROOFS = 15.0
"""Seconds for the proofs of what stands in each other's way."""
SAID = ("culprits", "unplaced", "placeable", "unfinished")


def before(problem: bytes) -> bytes:
    """Return as JSON the `faults` of a problem, the `findings` before any search, and the `rules` by their codes."""
    return glance(problem).encode()


def after(problem: Problem, solution: Solution, seen: bytes) -> bytes:
    """Return what was seen with what `plan explain` says of the sessions without a place."""
    told = account_of(problem, encode(solution), PROOFS)
    return msgspec.json.encode({**msgspec.json.decode(seen), **{name: getattr(told, name) for name in SAID}})
