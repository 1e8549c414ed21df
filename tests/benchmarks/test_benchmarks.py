"""Each benchmark runs, and says what it measured under which conditions."""

import importlib
import json
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks import desk, editor, incident, manifest, printing, releases, rush
from benchmarks.week_draft import Sizes
from tests.conftest import SCALE, scaled
from tests.databases import postgres_programs
from tools.build_performance import PAGE, written

NAMES = ["registration", "scans", "feeds", "programme", "imports"]


@pytest.mark.parametrize("name", NAMES[: scaled(5, 1)])
def test_benchmark_measures_and_reports(name: str, tmp_path: Path) -> None:
    module = importlib.import_module(f"benchmarks.{name}")
    _read(module, name, module.main(2, tmp_path), tmp_path)


if SCALE >= 1:  # these make hundreds of sessions, or serve with six processes and a database of their own

    def test_the_desk_is_measured_with_as_many_sessions_as_are_asked_for(tmp_path: Path) -> None:
        table = desk.main(1, tmp_path, 200)
        _read(desk, "desk", table, tmp_path)
        assert "200 sessions" in (tmp_path / "desk.json").read_text(encoding="utf-8")

    def test_the_editor_is_measured_with_as_many_sessions_as_are_asked_for(tmp_path: Path) -> None:
        table = editor.main(1, tmp_path, 200)
        _read(editor, "editor", table, tmp_path)
        assert "200 sessions" in (tmp_path / "editor.json").read_text(encoding="utf-8")

    def test_releases_are_measured_on_a_generated_week(tmp_path: Path) -> None:
        table = releases.main(1, tmp_path, Sizes(60, 12, 80, 3, 0.5, 1))
        _read(releases, "releases", table, tmp_path)
        assert "page, all moved" in table and "back to release 1" in table

    def test_the_list_of_a_door_device_is_measured(tmp_path: Path) -> None:
        table = manifest.main(1, tmp_path, 300)
        _read(manifest, "manifest", table, tmp_path)
        assert "list made of 300 passes and sent" in table and "100 changes found and sent" in table

    def test_papers_are_measured(tmp_path: Path) -> None:
        table = printing.main(1, tmp_path)
        rows = json.loads((tmp_path / "printing.json").read_text(encoding="utf-8"))["figures"]
        assert len(rows) == 6 and all(row["pages"] > 0 and row["paper"] in table for row in rows)

    def test_a_lost_hall_is_measured_from_the_alarm_to_the_decision(tmp_path: Path) -> None:
        table = incident.main(400, tmp_path)
        told = json.loads((tmp_path / "planner-incident.json").read_text(encoding="utf-8"))
        steps = [one["step"] for one in told["figures"]]
        assert steps[:5] == ["alarm", *(f"alarm to way {n}" for n in (1, 2, 3)), "all ways read"]
        assert steps[-1].startswith("decision") and "alarm to way 3" in table and "400 sessions" in table

    def test_the_opening_minute_is_measured_over_http(tmp_path: Path) -> None:
        if postgres_programs() is None:
            pytest.skip("needs PostgreSQL: apt-get install postgresql")
        sizes = rush.Sizes(buyers=12, seats=5, page_buyers=3, page_seats=2, seconds=0.2, rounds=1)
        _read(rush, "rush", rush.main(sizes, tmp_path), tmp_path)
        told = (tmp_path / "rush.json").read_text(encoding="utf-8")
        assert "12 for 5, all answered in" in told and "% of the bare route" in told


def _read(module: ModuleType, name: str, table: str, tmp_path: Path) -> None:
    written = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
    assert {"python", "processors", "load", "data", "at"} <= set(written["conditions"])
    assert written["base"] == module.BASE
    for one in written["figures"]:
        assert one["per_second"] > 0 and one["ratio"] > 0 and one["name"] in table


def test_written_page_is_fresh() -> None:
    """`make docs` was run after the last kept measurement."""
    assert PAGE.read_text(encoding="utf-8") == written()
