"""What the planner's benchmarks share: the table, its JSON, and the page that is made from it."""

import json
from pathlib import Path

import pytest

from benchmarks.planning import BadInput, command, read_json, report
from tools import build_performance

ROWS = [{"instance": "toy", "hard": 0, "soft": -12}, {"instance": "two", "hard": 1, "soft": 5}]


def test_a_table_is_printed_and_kept_with_its_conditions(tmp_path: Path) -> None:
    table = report("toys", ROWS, "3 s each, seed 0", tmp_path)
    kept = json.loads((tmp_path / "planner-toys.json").read_text(encoding="utf-8"))
    assert kept["figures"] == ROWS and kept["conditions"]["data"] == "3 s each, seed 0"
    assert [line.split()[0] for line in table.splitlines()] == ["toys", "instance", "toy", "two"]


def test_the_page_of_figures_shows_a_table_with_columns_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report("toys", ROWS, "3 s each, seed 0", tmp_path)
    monkeypatch.setattr(build_performance, "RESULTS", tmp_path)
    page = build_performance.written()
    assert "## Planner-toys" in page and "| instance | hard | soft |\n|---|---|---|\n| toy | 0 | -12 |" in page


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "soon"])
def test_a_search_takes_some_time(seconds: str) -> None:
    with pytest.raises(SystemExit):
        command("A toy.", "FILE", 1).parse_args(["--seconds", seconds])


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_bytes(b"\xff")
    (tmp_path / "broken.json").write_text('{\n "a": }', encoding="utf-8")
    for name, told in (("bad", "no UTF-8"), ("broken", "broken.json:2: no JSON"), ("absent", "cannot be read")):
        with pytest.raises(BadInput, match=told):
            read_json(tmp_path / f"{name}.json")
