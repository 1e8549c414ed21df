"""What docs/planner-format.md shows is what comes out."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from eventweek.cli import main
from eventweek.planner.problem import Problem, Session
from eventweek.planner.solution import Solution
from tools.build_planner_schema import DOCS

PAGE = (DOCS / "planner-format.md").read_text(encoding="utf-8")


def test_the_example_is_solved_and_checked_as_it_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    problem, shown = re.findall(r"```json\n(.*?)```", PAGE, re.S)
    monkeypatch.chdir(tmp_path)
    Path("problem.json").write_text(problem, encoding="utf-8")
    for command, said in re.findall(r"^    \$ eventweek (.*)\n((?:    .*\n)+)", PAGE, re.M):
        ran = CliRunner().invoke(main, command.split())
        assert ran.output == said.replace("    ", "", 1).replace("\n    ", "\n"), command
    found = json.loads(Path("solution.json").read_text(encoding="utf-8"))
    expected = json.loads(shown)
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize("shape", [Problem, Solution, Session], ids=lambda shape: shape.__name__)
def test_every_field_is_explained(shape: type) -> None:
    told = {word for quoted in re.findall(r"`([^`\n]+)`", PAGE) for word in re.findall(r"\w+", quoted)}
    assert {name for name in shape.__struct_fields__ if name not in told} == set()
