"""What no tracked file may hold, and what every module must."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "eventweek").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+\s*=\s*[\"']|<script(?![^>]*\bsrc=)(?![^>]*application/ld\+json)", re.I)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_lock_has_hashes_and_no_address(name: str) -> None:
    """A lock works behind any mirror, and only with the files that were locked."""
    text = (ROOT / name).read_text()
    assert not re.search(r"https?:|file:|--(extra-)?index-url|--find-links", text)
    pins = re.findall(r"^[a-z0-9].*==.*$", text, re.M)
    assert len(pins) > 30 and all(pin.endswith("\\") for pin in pins)


def test_no_machine_path_and_no_private_key() -> None:
    """Nothing tracked depends on one machine or gives a secret away."""
    pattern = "|".join(["/ro" + "ot/", "/wo" + "rk/", "/ho" + "me/[a-z]", "BEGIN [A-Z ]*PRIVATE" + " KEY"])
    found = subprocess.run(
        ["git", "-c", "safe.directory=*", "grep", "-nIE", pattern], cwd=ROOT, capture_output=True, text=True
    )
    if found.returncode == 128:
        pytest.skip("not a git work tree")
    assert found.stdout == ""


def test_no_mark_of_a_conflict_is_left() -> None:
    """Style sheets and catalogues merge by union or by hand, and browsers skip what they cannot read in silence."""
    kinds = ("*.css", "*.js", "*.html", "*.po", "*.md", "*.py")
    files = [
        path
        for folder in ("static", "templates", "eventweek", "docs")
        for k in kinds
        for path in (ROOT / folder).rglob(k)
    ]
    left = [str(path) for path in files if re.search(r"^(<{7} |>{7} |={7}$)", path.read_text(encoding="utf-8"), re.M)]
    assert files and left == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_inline_script_or_style(path: Path) -> None:
    """The content security policy would block it."""
    assert INLINE.findall(path.read_text()) == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_is_short_and_says_what_it_holds(path: Path) -> None:
    """A module has a docstring and at most 400 lines; a function at most 40."""
    text = path.read_text()
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "no module docstring"
    assert text.count("\n") <= 400
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert [f.name for f in functions if (f.end_lineno or 0) - f.lineno >= 40] == []
