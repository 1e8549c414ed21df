"""How far a running search is, told by the file of JSON lines that it writes beside its problem.

No row could: the search is another process, which knows no database.
"""

import contextlib
import json
from pathlib import Path
from typing import Any

from eventweek.kernel import files

POINTS = 120
"""How many points a curve has at most."""
Point = dict[str, Any]
"""share, hard, medium, soft, iterations, seconds."""


def trail_of(problem: str) -> Path:
    """Return where the search of a problem (its digest) tells how far it is."""
    return files.path_of(problem).with_suffix(".trail")


def read_trail(problem: str) -> list[Point]:
    """Return what a search has told so far, the first and the last and at most `POINTS` of it."""
    try:
        lines = trail_of(problem).read_text("ascii").splitlines()
    except (OSError, UnicodeError):
        return []
    points = []
    for line in lines:
        with contextlib.suppress(ValueError):  # the last one may be half written
            points.append(json.loads(line))
    return thinned(points)


def forget_trail(problem: str) -> None:
    """Remove the file; one that is gone already is no fault."""
    trail_of(problem).unlink(missing_ok=True)


def thinned(points: list[Point]) -> list[Point]:
    """Return at most `POINTS` of these, evenly, with the first and the last."""
    if len(points) <= POINTS:
        return points
    step = (len(points) - 1) / (POINTS - 1)
    return [points[round(n * step)] for n in range(POINTS)]
