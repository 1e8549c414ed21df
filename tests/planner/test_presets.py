"""Presets change what they say they change."""

from typing import Any, get_args

import pytest
from msgspec.structs import replace

from eventweek.planner.constraints import RULES
from eventweek.planner.constraints.presets import PRESETS
from eventweek.planner.model import build
from eventweek.planner.presets import CHANGES
from eventweek.planner.problem import (
    Event,
    Kind,
    Limits,
    Part,
    Person,
    Problem,
    Published,
    Room,
    Session,
    Setting,
    Tags,
    Venue,
    Wish,
)
from eventweek.planner.search.repair import repair
from eventweek.planner.search.solve import solve

NINE, DAY = 540, 1440
CODES = [rule.code for rule in RULES]


def week(preset: str, sessions: list[Session], **more: Any) -> Problem:
    """Return two days of three hours in two rooms."""
    return Problem(
        event=Event(start="2026-10-15", days=2, grid_min=60, day_start=NINE, day_end=NINE + 180),
        venues=[Venue(id="v")],
        rooms=[Room(id=name, venue="v", capacity=9000) for name in ("one", "two")],
        people=[Person(id="li")],
        kinds=[Kind(id="k", duration=60)],
        sessions=sessions,
        preset=preset,  # type: ignore[arg-type]
        **more,
    )


LIMITS = Limits(iterations=3_000, seed=1)


def test_each_preset_weighs_every_rule() -> None:
    names = get_args(Problem.__annotations__["preset"])
    assert list(PRESETS) == list(names)
    for name in names:
        assert list(PRESETS[name]) == CODES and set(CHANGES[name]) <= set(CODES)
        assert all(isinstance(weight, int) and weight >= 0 for weight in PRESETS[name].values())
    assert PRESETS["steady"] == {rule.code: rule.weight for rule in RULES}


@pytest.mark.parametrize(
    ("preset", "own", "price"), [("steady", None, 1), ("compact", None, 8), ("repair", None, 1), ("compact", 3, 3)]
)
def test_what_a_problem_weighs_itself_says_more(preset: str, own: int | None, price: int) -> None:
    weights = {"presence": Setting(weight=own)} if own else {"presence": Setting(level="medium")}
    model = build(week(preset, [Session(id=name, kind="k", people=[Part(id="li")]) for name in "ab"], weights=weights))
    assert [g.cost.weight for g in model.terms.groups if model.rules[g.cost.rule].code == "presence"] == [price]


@pytest.mark.parametrize(("preset", "days"), [("steady", {0, 1}), ("compact", {0}), ("repair", {0, 1})])
def test_compact_gathers_what_others_spread(preset: str, days: set[int]) -> None:
    """One would rather be on the second day; its audience, and whoever takes part, have all else on the first."""
    later = Wish(windows=[(DAY, 2 * DAY)])
    young = Tags(audience=["young"])
    fixed = [Session(id=f"s{n}", kind="k", tags=young, windows=[(0, DAY)]) for n in range(2)]
    wish = Session(id="wish", kind="k", tags=young, prefers=later, people=[Part(id="li")])
    other = Session(id="other", kind="k", people=[Part(id="li")], windows=[(0, DAY)])
    problem = week(preset, [*fixed, wish, other], weights={"preferred_time": Setting(weight=5)})
    plan = solve(build(problem), LIMITS).plan
    assert {stand.start // DAY for stand in plan.values()} == days


@pytest.mark.parametrize(("preset", "stays"), [("steady", False), ("compact", False), ("repair", True)])
def test_repair_keeps_what_is_published(preset: str, stays: bool) -> None:
    """A new session has one place alone, where another is published that thousands have registered for."""
    known = Session(id="known", kind="k", registered=5000, published=Published(start=NINE, room="one"), priority=5)
    new = Session(id="new", kind="k", priority=2, windows=[(NINE, NINE + 60)], rooms=["one"])
    problem = replace(week(preset, [known, new]), rooms=[Room(id="one", venue="v", capacity=9000)])
    plan = repair(build(problem), LIMITS).plan
    assert (plan[0].start == NINE) == stays and (1 in plan) != stays
