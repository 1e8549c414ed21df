"""The adapter of the demo week breaks the same rules with the same sessions as the independent checker finds."""

import csv
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from benchmarks import jilin
from eventweek.planner import matches
from eventweek.planner.matches import Match, Plan, Stand
from eventweek.planner.model import Model
from tests.benchmarks.shared_tools import load_tool

RULES = {
    "H1.capacity": "capacity",
    "H2.features": "feature_missing",
    "H3.date": "session_window",
    "H3.own_earliest": "session_window",
    "H3.own_latest": "session_window",
    "H3.lunch": "lunch",
    "H3.room_closed": "room_closed",
    "H3.room_hours": "room_closed",
    "H4.overlap": "room_overlap",
    "H4.changeover": "room_overlap",
    "H5.overlap": "person_overlap",
    "H5.travel": "travel_time",
    "H6.available": "person_away",
    "H7.order": "precedence",
    "H7.gap": "precedence",
    "H8.plenary": "plenary",
    "H9.room": "series",
    "H9.time": "series",
    "H9.day": "series",
    "H11.cities": "team_city",
    "H12.overlap": "not_parallel",
}
"""The daily limit is compared by itself: the checker has a line for each day."""
COUNTED = {"person_away", "person_overlap", "travel_time", "series"}
"""Both have one for each person, or for each of the three promises of a series."""


def _random_plan(model: Model, chance: random.Random) -> Plan:
    """Place most sessions at any time of the grid, in any room of their city."""
    week = model.week
    starts, days, plan = week.grid_starts, chance.sample(range(week.problem.event.days), 4), {}
    for s, session in enumerate(week.problem.sessions):
        if chance.random() < 0.9:
            day = chance.choice(days) * 1440
            start = day + int(chance.choice(starts)) % 1440
            end = min(start + week.durations[s], day + 1440)
            start = end - week.durations[s]
            plan[s] = Stand(start, end, week.room_of[chance.choice(session.rooms or [])])
    return plan


def _theirs(checker: Any, week: Any, rows: list[dict[str, str]]) -> tuple[Counter[Any], int]:
    found: Counter[Any] = Counter()
    excess = 0
    for one in checker.violations(checker.check(week, rows, partial=True)):
        if one.rule in RULES:
            found[RULES[one.rule], frozenset(one.sessions)] += 1
        elif one.rule == "H6.max_per_day":
            excess += len(one.sessions) - week.people[one.text.split()[0]]["max_per_day"]
    return found, excess


def _ours(model: Model, found: list[Match]) -> tuple[Counter[Any], int]:
    names = [session.id for session in model.week.problem.sessions]
    counted: Counter[Any] = Counter()
    excess = 0
    for match in found:
        code = model.rules[match.rule].code
        if code in RULES.values():
            size = match.magnitude if code == "person_away" else 1
            counted[code, frozenset(names[s] for s in match.sessions)] += size
        elif code == "daily_limit":
            excess += match.magnitude
    return counted, excess


def _flat(found: Counter[Any]) -> dict[Any, int]:
    """Count only where both count alike."""
    return {key: size if key[0] in COUNTED else 1 for key, size in found.items()}


@pytest.mark.needs_shared
@pytest.mark.parametrize("variant", jilin.VARIANTS)
def test_the_independent_checker_finds_the_same_in_random_plans(variant: str, shared: Path) -> None:
    checker, folder = load_tool(shared, "jilin_check"), shared / "data" / "jilin"
    case, closures = {"over": ("overconstrained.json", None), "tight": (None, "tight_variant.json")}.get(
        variant, (None, None)
    )
    week = checker.Week.load(folder, case, closures)
    (model, calendar), chance = jilin.compiled(folder, variant), random.Random(11)
    for _ in range(4):
        plan = _random_plan(model, chance)
        rows = list(csv.DictReader(jilin.written(model, calendar, plan).splitlines()))
        theirs, their_excess = _theirs(checker, week, rows)
        ours, our_excess = _ours(model, list(matches.find(model.terms, model.tables, plan)))
        assert _flat(ours) == _flat(theirs)
        assert our_excess == their_excess


@pytest.mark.needs_shared
def test_the_witness_breaks_nothing(shared: Path) -> None:
    folder = shared / "data" / "jilin"
    model, calendar = jilin.compiled(folder, "base")
    week, plan = model.week, {}
    with open(folder / "witness_schedule.csv", encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            at = [calendar.minute(row[name]) for name in ("start", "end")]
            plan[week.session_of[row["session"]]] = Stand(at[0], at[1], week.room_of[row["room"]])
    assert matches.total(list(matches.find(model.terms, model.tables, plan)))[:2] == (0, 0)


def test_what_is_no_demo_week_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert jilin.main([str(tmp_path)]) == 2
    assert "event.json: cannot be read" in capsys.readouterr().err
    for name in ("event", "venues", "people", "sessions"):
        (tmp_path / f"{name}.json").write_text(json.dumps({"sites": []}), encoding="utf-8")
    assert jilin.main([str(tmp_path)]) == 2
    assert "not those of a demo week" in capsys.readouterr().err
