"""What we use and what we give away: licences, secrets, and the pages that list them."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import eventweek
from eventweek.kernel.db import Base
from tools import check_licences, check_secrets

ROOT = Path(__file__).parents[2]


def test_every_installed_licence_is_allowed() -> None:
    assert check_licences.complaints() == []


@pytest.mark.parametrize("licence", ["AGPL-3.0-only", "GPL-3.0-or-later", "nothing said", "Other/Proprietary License"])
def test_licence_that_nobody_allowed_is_refused(licence: str) -> None:
    assert not check_licences.is_allowed("newcomer", licence)
    assert not check_licences.is_allowed("newcomer", "LGPL-3.0-only") and check_licences.is_allowed("newcomer", "MIT")


def test_no_tracked_file_holds_a_secret() -> None:
    if not check_secrets.tracked():
        pytest.skip("not a git work tree")
    assert check_secrets.complaints() == []


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE" + " KEY-----",
        "AKIA" + "IOSFODNN7EXAMPLE",
        "ghp_" + "a1B2" * 9,
        "eyJ" + "hbGciOiJIUzI1NiJ9" + ".eyJ" + "zdWIiOiIxMjM0NTY3" + ".dozjgNryP4J3jVmNHl0w5N",
        "postgresql://app:" + "hunter2@db.example/week",
        "mail_password" + ' = "9fQ2x7LmPz0wRt5"',
    ],
)
def test_the_search_for_secrets_bites(text: str) -> None:
    assert check_secrets.findings(f"x = 1\n{text}\n")


@pytest.mark.parametrize("name", ["requirements.in", "requirements-dev.in"])
def test_every_dependency_has_its_reason(name: str) -> None:
    """docs/dependencies.md has a row for each line of the requirements, and none for what nobody asks for."""
    rows = re.findall(r"^\| ([a-z0-9-]+) \|", (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8"), re.M)
    asked = [re.split(r"[~=<>\[]", line)[0].strip() for line in (ROOT / name).read_text().splitlines()]
    assert {one for one in asked if one and not one.startswith("-r")} - set(rows) == set()
    assert len(rows) == len(set(rows))


def test_every_model_stands_in_the_glossary() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    for module in pkgutil.walk_packages(eventweek.__path__, "eventweek."):
        if "models" in module.name or module.name.startswith("eventweek.kernel."):
            importlib.import_module(module.name)
    models = {mapper.class_.__name__ for mapper in Base.registry.mappers}
    assert len(models) > 40
    assert {name for name in models if f"`{name}`" not in text} == set()
