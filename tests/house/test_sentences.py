"""Each code that a room may refuse with has its sentence, and each sentence its code."""

import ast
import importlib
from pathlib import Path

from eventweek.language import CATALOGUE

ROOT = Path(__file__).parents[2] / "eventweek"


def _codes() -> set[str]:
    """Return the literal codes given to Refusal and FieldError, and those of `Reason`-like enums named *Code."""
    found: set[str] = set()
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                at = {"Refusal": 0, "FieldError": 1}.get(node.func.id)
                if at is not None and len(node.args) > at and isinstance(node.args[at], ast.Constant):
                    found.add(str(node.args[at].value))
    return found


def test_every_refusal_has_a_sentence() -> None:
    codes = _codes()
    assert len(codes) > 5
    assert codes - set(CATALOGUE) == set()


def test_no_code_is_said_twice() -> None:
    """A code of two rooms would be said by whichever came last."""
    rooms = [importlib.import_module(f"eventweek.language.{path.stem}") for path in (ROOT / "language").glob("*.py")]
    codes = [code for room in rooms for code in getattr(room, "SENTENCES", {})]
    assert sorted(codes) == sorted(CATALOGUE)
