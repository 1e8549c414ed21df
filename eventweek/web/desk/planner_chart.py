"""The score of a search over time, as numbers of a drawing: less is better, the line falls (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LEFT, RIGHT, TOP, BOTTOM = 64, 750, 16, 180
"""The edges of the plot, in the units of the drawing (760 by 208)."""


@dataclass(frozen=True)
class Mark:
    """A number at an axis, and where it stands."""

    at: float
    value: float


@dataclass(frozen=True)
class Chart:
    """A line of the costs of one `level`; `clean`: seconds after which nothing of a graver level changed."""

    level: str
    path: str
    x: float
    y: float
    now: int
    first: int
    clean: float
    rows: tuple[Mark, ...]
    columns: tuple[Mark, ...]


def chart_of(curve: Sequence[dict[str, Any]], seconds: int) -> Chart | None:
    """Return the drawing of a curve over so many seconds; None before there are two points."""
    if len(curve) < 2:
        return None
    level, points = _level(curve)
    costs = [int(point[level]) for point in points]
    top, long = _round_up(max(costs)), max(seconds, curve[-1]["seconds"])
    places = [(_x(point["seconds"], long), _y(cost, top)) for point, cost in zip(points, costs, strict=True)]
    path = "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in places)
    return Chart(
        level,
        path,
        *places[-1],
        costs[-1],
        costs[0],
        points[0]["seconds"],
        tuple(Mark(_y(top * part / 4, top), top * part // 4) for part in range(5)),
        tuple(Mark(_x(long * part / 2, long), long * part / 2) for part in range(3)),
    )


def still(curve: Sequence[dict[str, Any]]) -> float:
    """Return for how many seconds a search has found nothing better."""
    if not curve:
        return 0.0
    last = _score(curve[-1])
    since = next(point for point in curve if _score(point) == last)
    return float(curve[-1]["seconds"] - since["seconds"])


def _score(point: dict[str, Any]) -> tuple[int, int, int]:
    return point["hard"], point["medium"], point["soft"]


def _level(curve: Sequence[dict[str, Any]]) -> tuple[str, Sequence[dict[str, Any]]]:
    """Return the level that is worth looking at, and the points at which the graver ones stood as they do now."""
    graver = _score(curve[-1])[:2]
    since = next(n for n in range(len(curve)) if all(_score(point)[:2] == graver for point in curve[n:]))
    if len(curve) - since >= 2:
        return "soft", curve[since:]
    return ("hard" if graver[0] else "medium"), curve


def _round_up(cost: int) -> int:
    """Return the next number of one figure and a multiple of four, so that quarters of it are whole."""
    step = 4
    while step * 10 < cost:
        step *= 10
    return max(4, -(-cost // step) * step)


def _x(seconds: float, long: float) -> float:
    return LEFT + (RIGHT - LEFT) * min(1.0, seconds / long)


def _y(cost: float, top: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * cost / top
