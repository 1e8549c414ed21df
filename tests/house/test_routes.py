"""Every route says who may call it; every setting is documented."""

from dataclasses import fields
from pathlib import Path

import pytest
from flask import Flask

from eventweek import create_app
from eventweek.config import Config, Site

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bare_app(tmp_path: Path) -> Flask:
    """Give the application without a schema."""
    return create_app(Config(var=tmp_path, secret_key="k" * 48))


def test_every_view_declares_its_access(bare_app: Flask) -> None:
    """A view without a declaration is refused at run time; here it is refused before."""
    views = {name: view for name, view in bare_app.view_functions.items() if name != "static"}
    assert views
    assert [name for name, view in views.items() if not hasattr(view, "access")] == []


def test_every_setting_is_documented() -> None:
    """docs/settings.md names the variable of each field of Config."""
    text = (ROOT / "docs" / "settings.md").read_text()
    assert [f.name for f in fields(Config) if f"EVENTWEEK_{f.name.upper()}" not in text] == []
    assert [f.name for f in fields(Site) if f"_{f.name.upper()}`" not in text] == []
