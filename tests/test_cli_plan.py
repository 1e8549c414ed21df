"""The planner's commands, run as a person runs them."""

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eventweek.cli import main
from eventweek.cli.planning import Bar, limits
from eventweek.planner.problem import Limits
from eventweek.planner.search.clock import Progress
from tests.planner.problems import spoilt


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["plan", *map(str, words)])


@pytest.fixture
def problem(tmp_path: Path) -> Path:
    return write(tmp_path / "problem.json", spoilt())


def write(file: Path, value: object) -> Path:
    file.write_text(json.dumps(value), encoding="utf-8")
    return file


def test_a_problem_is_solved_and_its_plan_is_whole(problem: Path, tmp_path: Path) -> None:
    out = tmp_path / "solution.json"
    ran = run("solve", problem, "-o", out, "--iterations", "500", "--seed", "3")
    assert (ran.exit_code, "4 of 4 sessions placed." in ran.output, ran.stderr) == (0, True, ""), ran.output
    found = json.loads(out.read_text("utf-8"))
    assert found["score"]["hard"] == 0 and found["log"]["seed"] == 3 and found["log"]["mode"] == "full"
    ran = run("check", problem, out)
    assert ran.exit_code == 0 and ran.output.startswith("score: 0 hard") and "note:" not in ran.output


def test_the_same_command_writes_the_same_bytes(problem: Path, tmp_path: Path) -> None:
    files = [tmp_path / "one.json", tmp_path / "two.json"]
    for file in files:
        assert run("solve", problem, "-o", file, "--iterations", "500", "--mode", "fill").exit_code == 0
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_hard_match_is_told_and_ends_with_1(problem: Path, tmp_path: Path) -> None:
    places = [{"session": name, "room": "hall", "start": 540} for name in ("s1", "s2")]
    ran = run("check", problem, write(tmp_path / "plan.json", {"assignments": places}))
    assert ran.exit_code == 1
    assert "hard    person_overlap  1 x 1  李明 would be in “启动仪式”, “论坛” at once." in ran.output


def test_a_pin_that_is_not_kept_ends_with_1(problem: Path, tmp_path: Path) -> None:
    places = [{"session": "s1", "room": "hall", "start": 600}]
    ran = run("check", problem, write(tmp_path / "plan.json", {"assignments": places}))
    assert ran.exit_code == 1 and "not allowed  “启动仪式” is to stay at 540, but starts at 600." in ran.output


def test_a_plan_for_another_problem_or_with_another_score_is_noted(problem: Path, tmp_path: Path) -> None:
    out = tmp_path / "solution.json"
    run("solve", problem, "-o", out, "--iterations", "500")
    found = json.loads(out.read_text("utf-8"))
    found["score"]["soft"] += 1
    ran = run("check", write(problem, spoilt(event__id="other")), write(out, found))
    assert "note: The file claims another score." in ran.output
    assert "note: The plan was made for another problem." in ran.output


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"{", "The file is not whole JSON"),
        (b"[]", "$: expected an object"),
        (json.dumps(spoilt(rooms__0__capacity="x")).encode(), "$.rooms[0].capacity: expected a whole number"),
        (json.dumps(spoilt(sessions=[])).encode(), "There are no sessions"),
        (json.dumps(spoilt(weights={"capasity": {}})).encode(), "Did you mean “capacity”?"),
    ],
)
@pytest.mark.parametrize("command", ["solve", "check"])
def test_a_bad_problem_is_said_without_a_trace(command: str, raw: bytes, said: str, tmp_path: Path) -> None:
    file, out = tmp_path / "problem.json", write(tmp_path / "out.json", {"assignments": []})
    file.write_bytes(raw)
    ran = run("solve", file, "-o", out) if command == "solve" else run("check", file, out)
    assert ran.exit_code == 2 and said in ran.stderr and isinstance(ran.exception, SystemExit)


@pytest.mark.parametrize("plan", [{}, {"assignments": [{"session": "s0", "room": "hall", "start": 0}]}, []])
def test_a_bad_plan_is_said_without_a_trace(plan: object, problem: Path, tmp_path: Path) -> None:
    ran = run("check", problem, write(tmp_path / "plan.json", plan))
    assert ran.exit_code == 2 and ran.stderr.startswith("Faults in “") and "- $" in ran.stderr


def test_a_file_that_is_missing_or_a_folder_that_is_none(problem: Path, tmp_path: Path) -> None:
    assert run("solve", tmp_path / "none.json", "-o", tmp_path / "o.json").exit_code == 2
    ran = run("solve", problem, "-o", tmp_path / "none" / "o.json")
    assert ran.exit_code == 2 and "cannot be written" in ran.stderr


def test_ctrl_c_keeps_the_best_so_far(problem: Path, tmp_path: Path) -> None:
    out, trail = tmp_path / "solution.json", tmp_path / "trail"

    def interrupt() -> None:
        while not trail.exists():
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    thread = threading.Thread(target=interrupt, daemon=True)
    thread.start()
    ran = run("solve", problem, "-o", out, "--seconds", "50", "--progress", trail)
    thread.join()
    assert ran.exit_code == 0, ran.output
    assert json.loads(out.read_text("utf-8"))["log"]["stop_reason"] == "stopped"
    assert signal.signal(signal.SIGINT, before) is signal.default_int_handler


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_the_bar_says_how_far_the_search_is() -> None:
    bar = Bar(Terminal())
    assert bar.tell(Progress(0.5, (0, 20_000, 31), 90_000, 2.0))
    assert bar.stream.getvalue() == "\r[############------------]  50%  0 hard  20000 medium  31 soft  45,000/s"
    bar.stopped = True
    assert not bar.tell(Progress(0.6, (0, 0, 0), 1, 0.0))


def test_the_command_says_more_than_the_problem() -> None:
    given = Limits(seconds=5.0, seed=4)
    assert limits(given, None, None, None) == given
    assert limits(given, None, 100, None) == Limits(iterations=100, seed=4)
    assert limits(given, 2.0, None, 9) == Limits(seconds=2.0, seed=9)


def test_the_planner_starts_without_the_application(problem: Path) -> None:
    words = ["plan", "precheck", str(problem), "--json"]
    asked = f"import sys; from eventweek.cli import main; main({words!r}, standalone_mode=False)"
    heavy = "print(sorted({'alembic', 'flask', 'ortools', 'sqlalchemy'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", f"{asked}; {heavy}"], capture_output=True, text=True)
    assert ran.stdout.splitlines()[-1:] == ["[]"], ran.stderr
