"""Which starts a session may be asked about."""

from typing import Any

import pytest

from eventweek.planner.week import Week
from tests.planner.problems import small

GRID = [*range(540, 1080, 30), *range(1980, 2520, 30)]


@pytest.mark.parametrize(
    ("changes", "starts"),
    [
        ({}, GRID),
        ({"sessions__3__starts": [700, 600, 700]}, [600, 700]),
        ({"sessions__3__starts": [-30, 600, 2880, 9000]}, [600]),
        ({"sessions__3__pin": {"start": 605}}, [605]),
        ({"sessions__3__pin": {"start": 2880}}, []),
        ({"sessions__3__windows": [[600, 660], [1200, 1260]]}, [*GRID[:18], 1200, 1230, *GRID[18:]]),
        ({"sessions__3__published": {"start": 545, "room": "lab"}}, [540, 545, *GRID[1:]]),
        ({"sessions__3__published": {"start": 9000, "room": "lab"}}, GRID),
    ],
)
def test_starts_follow_pin_list_windows_and_what_is_published(changes: dict[str, Any], starts: list[int]) -> None:
    week = Week(small(**changes))
    assert week.candidates(week.problem.sessions[3]).tolist() == starts
    assert all(start % week.unit == 0 for start in starts)
