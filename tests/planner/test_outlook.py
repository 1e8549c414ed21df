"""Whoever must come before or soon after others is placed where that leaves them a start."""

import numpy as np
import pytest

from benchmarks.week import generate
from benchmarks.week_draft import Sizes
from eventweek.planner.model import build
from eventweek.planner.problem import Event, Kind, Limits, Pin, Problem, Relation, Room, Series, Session, Venue
from eventweek.planner.search.outlook import outlook
from eventweek.planner.search.solve import solve
from eventweek.planner.tables import OPTIONS, START
from tests.conftest import scaled

NINE, HOUR, DAY = 9 * 60, 60, 1440
LARGE = (2_000, 150, 1_500, 7, 0.6)
SEEDS = (7, 3, 5, 13, 14, 22, 24, 28, 1, 2)
"""Weeks that came out with somebody left out before the outlook and the turns of placing, and two that did not."""


def _open(day: int) -> tuple[int, int]:
    return day * DAY + NINE, day * DAY + NINE + 5 * HOUR


def _left(sessions: list[Session], *relations: Relation) -> list[list[int]]:
    """Return the starts that are left to each session, in hours after nine on three days of five hours."""
    model = build(
        Problem(
            event=Event(start="2026-10-15", days=3, grid_min=60),
            venues=[Venue(id="v")],
            rooms=[Room(id="r", venue="v", capacity=9, open=[_open(day) for day in range(3)])],
            kinds=[Kind(id="k", duration=HOUR)],
            sessions=sessions,
            relations=list(relations),
        )
    )
    options, ends = model.tables.options, model.tables.sessions[1:-1, OPTIONS]
    return [
        [int(start - NINE) // HOUR for start in own[left, START]]
        for own, left in zip(np.split(options, ends), np.split(outlook(model), ends), strict=True)
    ]


def _session(name: str, **more: object) -> Session:
    return Session(id=name, kind="k", windows=[_open(0)], **more)  # type: ignore[arg-type]


def _before(one: str, two: str, **more: int) -> Relation:
    return Relation(type="before", sessions=[one, two], **more)


def test_an_order_leaves_what_a_pinned_session_after_it_leaves() -> None:
    last = _session("c", pin=Pin(start=NINE + 4 * HOUR))
    found = _left([_session("a"), _session("b"), last], _before("a", "b", min_lag=60), _before("b", "c"))
    assert found == [[0, 1], [2, 3], [4]]


def test_whoever_must_follow_soon_is_not_left_late_starts() -> None:
    first = _session("a", pin=Pin(start=NINE))
    assert _left([first, _session("b")], _before("a", "b", max_lag=60)) == [[0], [1, 2]]


def test_a_series_is_left_what_its_narrowest_day_leaves() -> None:
    days = [
        Session(id=f"s{n}", kind="k", windows=[_open(n)], series=Series(id="s", index=n, strict=True)) for n in (0, 1)
    ]
    last = Session(id="z", kind="k", pin=Pin(start=DAY + NINE + 2 * HOUR))
    first, second, _ = _left([*days, last], _before("s1", "z"))
    assert first == [0, 1] and second == [24, 25]


def test_an_order_that_cannot_hold_narrows_nobody_that_it_ties_together() -> None:
    tied, free = ["a", "b", "c", "d", "e", "f"], [_session("x"), _session("y", pin=Pin(start=NINE + HOUR))]
    orders = [_before(one, two) for one, two in zip(tied, tied[1:], strict=False)]
    *found, x, y = _left([*(_session(name) for name in tied), *free], *orders, _before("x", "y"))
    assert found == [[0, 1, 2, 3, 4]] * 6 and (x, y) == ([0], [1])


@pytest.mark.parametrize("seed", SEEDS[: scaled(len(SEEDS), 1)])
def test_large_weeks_are_placed_to_the_last_session(seed: int) -> None:
    sessions, rooms, people, days, use = LARGE
    model = build(generate(Sizes(sessions, rooms, people, days, use, seed)).problem)
    solution = solve(model, Limits(iterations=1, seed=1))
    assert solution.score[:2] == (0, 0) and len(solution.plan) == model.size
