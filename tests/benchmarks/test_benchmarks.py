"""Each benchmark runs, and says what it measured under which conditions."""

import importlib
import json
from pathlib import Path

import pytest

from tools.build_performance import PAGE, written


@pytest.mark.parametrize("name", ["programme", "feeds", "registration", "scans"])
def test_benchmark_measures_and_reports(name: str, tmp_path: Path) -> None:
    module = importlib.import_module(f"benchmarks.{name}")
    table = module.main(2, tmp_path)
    written = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
    assert {"python", "processors", "load", "data", "at"} <= set(written["conditions"])
    assert written["base"] == module.BASE
    for one in written["figures"]:
        assert one["per_second"] > 0 and one["ratio"] > 0 and one["name"] in table


def test_written_page_is_fresh() -> None:
    """`make docs` was run after the last kept measurement."""
    assert PAGE.read_text(encoding="utf-8") == written()
