"""Rooms know no HTTP, doors know no SQL; the layers of packages are contracts in pyproject.toml."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "eventweek"
DOORS = {"web", "api"}
ABOVE_ALL = {"__init__", "__main__", "cli", "worker", "delivery", "config", "language"}
HTTP = {"flask", "flask_login", "flask_wtf", "wtforms", "flask_smorest", "werkzeug"}
IN_ROOM = ["actions", "queries", "models", "rules", "enums"]
CALLS = [path for path in sorted(ROOT.rglob("*.py"))]


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _package(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", CALLS, ids=lambda path: str(path.relative_to(ROOT)))
def test_rooms_know_no_http_and_doors_no_sql(path: Path) -> None:
    """Rooms are subjects, doors are audiences."""
    own, names = _package(path), _imports(path)
    tops = {name.split(".")[0] for name in names}
    if own in DOORS:
        assert "sqlalchemy" not in tops
        assert not any(name.startswith("eventweek.kernel.db.") and not name.endswith(".Bilingual") for name in names)
    elif own not in ABOVE_ALL:
        assert tops & HTTP == set()


@pytest.mark.parametrize("path", CALLS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_is_layered_inside(path: Path) -> None:
    """actions -> queries -> models -> rules -> enums."""
    if path.stem not in IN_ROOM or _package(path) in DOORS:
        return
    above = IN_ROOM[: IN_ROOM.index(path.stem)]
    room = f"eventweek.{_package(path)}"
    assert {name for name in _imports(path) if name in {f"{room}.{layer}" for layer in above}} == set()
