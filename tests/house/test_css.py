"""The joined style sheets are what the components say, and no component is forgotten."""

import re
from pathlib import Path

import pytest

from tools.build_css import CSS, DOORS, PRINTED, joined

COMPONENTS = sorted((CSS / "components").glob("*.css"))


@pytest.mark.parametrize("door", sorted(DOORS))
def test_joined_sheet_is_fresh(door: str) -> None:
    """`python tools/build_css.py` was run after the last change."""
    assert (CSS / f"{door}.css").read_text(encoding="utf-8") == joined(door)


def test_every_component_is_used() -> None:
    """A component that no door joins would be dead."""
    used = {name for door in DOORS for name in (*DOORS[door], *PRINTED[door])}
    assert {path.stem for path in COMPONENTS} == used


@pytest.mark.parametrize("path", [p for p in COMPONENTS if p.stem != "tokens"], ids=lambda path: path.stem)
def test_only_tokens_hold_colours(path: Path) -> None:
    """A colour has one name and one value; paper is white and print is black."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", text)) <= {"#fff", "#000"}
