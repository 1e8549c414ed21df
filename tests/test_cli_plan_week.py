"""From the database to the planner and back, run as a person runs it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, text

from eventweek.cli import main
from tests.test_cli import loaded, var

__all__ = ["loaded", "var"]


def run(var: Path, *words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["plan", *map(str, words)], env={"EVENTWEEK_VAR": str(var)})
    return result.exit_code, result.output


def asked(var: Path, query: str) -> list[Any]:
    engine = create_engine(f"sqlite:///{var / 'eventweek.db'}")
    with engine.connect() as connection:
        rows = connection.execute(text(query)).all()
    engine.dispose()
    return list(rows)


@pytest.fixture
def solved(var: Path, tmp_path: Path) -> Path:
    """Give a plan of the demo week."""
    problem, solution = tmp_path / "problem.json", tmp_path / "solution.json"
    assert run(var, "export", "jl2026", "-o", problem) == (0, "")
    code, said = run(var, "solve", problem, "-o", solution, "--iterations", "2000")
    assert code == 0 and "170 of 170 sessions placed." in said
    return solution


def test_the_week_goes_out_and_its_plan_comes_back_once(var: Path, solved: Path) -> None:
    code, said = run(var, "apply", "jl2026", solved, "--working")
    counts = {word: int(n) for n, word in re.findall(r"(\d+) (placed|moved|taken|as before)", said)}
    assert code == 0 and counts["moved"] > 0 and counts["placed"] == counts["taken"] == 0
    told = asked(var, "SELECT count(*) FROM audit_entry WHERE verb = 'session.place'")
    assert told == [(counts["moved"],)]
    assert run(var, "apply", "jl2026", solved, "--working")[1] == "0 placed, 0 moved, 0 taken out, 170 as before.\n"
    assert asked(var, "SELECT count(*) FROM audit_entry WHERE verb = 'session.place'") == told
    assert asked(var, "SELECT count(*) FROM release") == [(1,)]


def test_it_becomes_a_scenario_unless_told_otherwise(var: Path, solved: Path) -> None:
    assert run(var, "apply", "jl2026", solved, "--scenario", "周五调整") == (0, "Kept as the scenario “周五调整”.\n")
    found = asked(var, "SELECT count(*) FROM placement JOIN plan ON plan.id = plan_id WHERE plan.name = '周五调整'")
    assert found == [(170,)]
    code, said = run(var, "apply", "jl2026", solved, "--scenario", "周五调整")
    assert code == 1 and said.startswith("Error: name: ")
    code, said = run(var, "apply", "jl2026", solved)
    assert code == 0 and re.fullmatch(r"Kept as the scenario “Imported plan \(\d\d-\d\d \d\d:\d\d\)”\.\n", said)
    assert run(var, "apply", "jl2026", solved, "--scenario", "x", "--working")[0] == 2


def test_who_has_no_place_in_the_plan_is_taken_out(var: Path, solved: Path) -> None:
    plan = json.loads(solved.read_text())
    gone = plan["assignments"].pop()
    plan["unplaced"] = [{"id": gone["session"], "reasons": [], "best_alternatives": []}]
    solved.write_text(json.dumps(plan))
    assert "1 taken out" in run(var, "apply", "jl2026", solved, "--working")[1]
    assert asked(var, "SELECT count(*) FROM placement") == [(169,)]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda plan: plan["assignments"][0].update(session="nobody"), "which this week does not have: nobody"),
        (lambda plan: plan["assignments"][0].update(room="nowhere"), "which this week does not have: nowhere"),
        (lambda plan: plan["unplaced"].append({"id": "no-one"}), "which this week does not have: no-one"),
        (lambda plan: plan["log"].update(event="jl2025"), "made for “jl2025”"),
        (lambda plan: plan["assignments"][0].update(start=7), "outside the days"),
        (lambda plan: plan["assignments"][0].update(start=60 * 24 * 40), "outside the days"),
    ],
)
def test_a_plan_that_does_not_belong_here_is_refused_whole(var: Path, solved: Path, spoil: Any, said: str) -> None:
    plan = json.loads(solved.read_text())
    spoil(plan)
    solved.write_text(json.dumps(plan))
    for way in ([], ["--working"]):
        code, answer = run(var, "apply", "jl2026", solved, *way)
        assert code == 1 and said in answer, answer
    assert asked(var, "SELECT count(*) FROM plan") == [(1,)]
    assert asked(var, "SELECT count(*) FROM audit_entry WHERE verb = 'session.place'") == [(0,)]


def test_what_cannot_be_read_or_written_is_said(var: Path, tmp_path: Path, solved: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"format": "eventweek-solution/1", "assignments": [{"session": 3}]}')
    code, said = run(var, "apply", "jl2026", bad)
    assert code == 2 and "$.assignments[0]" in said
    assert run(var, "export", "nowhere")[0] == 1 and run(var, "apply", "nowhere", solved)[0] == 1
    assert run(var, "export", "jl2026", "-o", tmp_path / "no" / "file.json")[0] == 2
    code, said = run(var, "export", "jl2026", "--mode", "repair")
    assert code == 0 and json.loads(said)["mode"] == "repair"


def test_an_archived_week_takes_nothing(var: Path, solved: Path) -> None:
    engine = create_engine(f"sqlite:///{var / 'eventweek.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE week SET state = 'archived'"))
    engine.dispose()
    assert run(var, "apply", "jl2026", solved)[0] == run(var, "apply", "jl2026", solved, "--working")[0] == 1


def test_a_search_leaves_a_trail_and_the_glance_comes_before(var: Path, tmp_path: Path) -> None:
    problem, trail = tmp_path / "problem.json", tmp_path / "trail"
    run(var, "export", "jl2026", "-o", problem)
    seen = json.loads(run(var, "precheck", problem, "--json")[1])
    assert (seen["faults"], seen["findings"]) == ([], []) and seen["rules"]["room_overlap"][1]
    assert run(var, "precheck", problem) == (0, "")
    run(var, "solve", problem, "-o", tmp_path / "out.json", "--seconds", "1", "--progress", trail)
    lines = [json.loads(line) for line in trail.read_text().splitlines()]
    assert 2 <= len(lines) <= 6 and lines[-1]["hard"] == 0
    assert set(lines[-1]) == {"share", "hard", "medium", "soft", "iterations", "seconds"}
