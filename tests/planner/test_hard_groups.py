"""Rules that count, made hard: the search finds the plan that keeps them and leaves nobody out."""

from typing import Any

import pytest

from eventweek.planner.model import build
from eventweek.planner.problem import (
    Event,
    Kind,
    Limits,
    Part,
    Person,
    Problem,
    Room,
    Series,
    Session,
    Setting,
    Venue,
)
from eventweek.planner.search.solve import solve


def of_track(n: int) -> dict[str, Any]:
    """Return one of four tracks with three sessions each."""
    return {"track": f"track-{n % 4}"}


def of_series(n: int) -> dict[str, Any]:
    """Return one of four loose series with three sessions each."""
    return {"series": Series(id=f"series-{n % 4}", index=n, strict=False)}


def of_person(n: int) -> dict[str, Any]:
    """Return a session of one of four people with three sessions each, which fit into a day."""
    return {"people": [Part(id=f"person-{n % 4}")]}


@pytest.mark.parametrize(
    ("code", "fields"), [("track_room", of_track), ("series_room", of_series), ("presence", of_person)]
)
@pytest.mark.parametrize("seed", range(4))
def test_what_is_counted_can_be_kept(code: str, fields: Any, seed: int) -> None:
    """Twelve sessions of an hour, two rooms on two days of five hours."""
    problem = Problem(
        event=Event(start="2026-10-15", days=2, grid_min=60, day_start=540, day_end=840),
        venues=[Venue(id="v")],
        rooms=[Room(id=name, venue="v", capacity=50) for name in ("one", "two")],
        people=[Person(id=f"person-{n}") for n in range(4)],
        kinds=[Kind(id="k", duration=60)],
        sessions=[Session(id=f"s{n}", kind="k", **fields(n)) for n in range(12)],
        weights={code: Setting(level="hard")},
    )
    found = solve(build(problem), Limits(iterations=4_000, seed=seed))
    assert found.score[:2] == (0, 0) and len(found.plan) == 12
