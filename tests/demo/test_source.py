"""The demo week that we ship is the one that we were given."""

from pathlib import Path

import pytest

OWN = Path(__file__).parents[2] / "eventweek" / "demo" / "jilin"


@pytest.mark.needs_shared
def test_demo_files_are_the_given_ones(shared: Path) -> None:
    given = shared / "data" / "jilin"
    differing = [path.name for path in OWN.iterdir() if path.read_bytes() != (given / path.name).read_bytes()]
    assert differing == []
