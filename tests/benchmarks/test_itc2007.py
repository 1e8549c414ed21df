"""The course timetabling adapter counts as the competition does, and says which line of a bad file is wrong."""

import random
from pathlib import Path

import pytest

from benchmarks import itc2007
from benchmarks.planning import BadInput
from eventweek.planner.matches import Plan, Stand
from eventweek.planner.problem import MINUTES_A_DAY
from tests.benchmarks.shared_tools import load_tool

TOY = """Name: Toy
Courses: 2
Rooms: 2
Days: 2
Periods_per_day: 3

COURSES:
math t1 3 2 100
french t2 1 1 20

ROOMS:
A 90
B 110

CURRICULA:
both 2 math french

UNAVAILABILITY_CONSTRAINTS:
math 0 1

END.
"""


def _written(folder: Path, text: str) -> Path:
    path = folder / "toy.ctt"
    path.write_text(text, encoding="utf-8")
    return path


def _random_plan(instance: itc2007.Instance, chance: random.Random, crowd: int) -> Plan:
    """Place most lectures anywhere, into few periods and rooms."""
    periods = chance.sample(
        [d * MINUTES_A_DAY + p * instance.minutes for d in range(instance.days) for p in range(instance.periods)],
        min(crowd, instance.days * instance.periods),
    )
    plan = {}
    for s in range(len(instance.lectures)):
        if chance.random() < 0.95:
            start = chance.choice(periods)
            plan[s] = Stand(start, start + instance.minutes, chance.randrange(len(instance.rooms)))
    return plan


@pytest.mark.needs_shared
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # the evaluator leaves files to the collector
@pytest.mark.parametrize("name", ["toy01", "comp01", "comp05"])
def test_the_score_is_that_of_the_independent_evaluator(name: str, shared: Path, tmp_path: Path) -> None:
    evaluator, path = load_tool(shared, "ctt_eval"), shared / "data" / "itc2007" / f"{name}.ctt"
    instance, chance = itc2007.read(path), random.Random(3)
    model = itc2007.compiled(instance)
    for crowd in (4, 12, 99):
        plan = _random_plan(instance, chance, crowd)
        (tmp_path / "out.sol").write_text(itc2007.written(instance, model, plan), encoding="utf-8")
        assert itc2007.score(model, plan) == evaluator.evaluate(path, tmp_path / "out.sol")


def test_a_small_file_is_read_and_scored(tmp_path: Path) -> None:
    instance = itc2007.read(_written(tmp_path, TOY))
    model = itc2007.compiled(instance)
    first, second = 0, instance.minutes
    at = {s: Stand(start, start + instance.minutes, 0) for s, start in enumerate((first, second, second))}
    score = itc2007.score(model, at)
    # two lectures in a forbidden period, at once, in one room, and french left out
    assert score["hard"] == 2 + 1 + 1 + 1
    assert score["room_capacity"] == 30 and score["min_working_days"] == 5 + 5


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("french t2 1 1 20", "french t2 1 1", 9),
        ("A 90", "A ninety", 12),
        ("both 2 math french", "both 2 math greek", 16),
        ("math 0 1", "math 0", 19),
        ("Days: 2", "Days: two", 4),
    ],
)
def test_a_bad_line_is_named(old: str, new: str, line: int, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=rf"toy.ctt:{line}: .*{new}"):
        itc2007.read(_written(tmp_path, TOY.replace(old, new)))


def test_what_is_no_timetable_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert itc2007.main([str(_written(tmp_path, "\n"))]) == 2
    assert itc2007.main([str(tmp_path / "absent.ctt")]) == 2
    assert "is it a .ctt file?" in (told := capsys.readouterr().err) and "cannot be read" in told


def test_references_are_skipped_where_they_are_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EVENTWEEK_DATA", str(tmp_path))
    assert itc2007.main([]) == 0
    assert "skipped: no folder itc2007" in capsys.readouterr().err
