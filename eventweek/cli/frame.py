"""What every command shares: the group, the settings, and how a refusal is said."""

import locale
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_babel import force_locale
from sqlalchemy import create_engine
from sqlalchemy.exc import DatabaseError

from eventweek.config import Config, ConfigError, from_env
from eventweek.kernel.errors import Refusal
from eventweek.language import say

ROOT = Path(__file__).resolve().parents[2]


class _Commands(click.Group):
    """The commands; over a database that nobody has migrated they say so instead of a trace."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except DatabaseError as error:
            if is_current(settings().database):
                raise
            raise click.ClickException("The database is not at the newest schema. Run: eventweek migrate") from error


@click.group(cls=_Commands)
def main() -> None:
    """Plan, publish, fill and open an innovation week."""


def settings(address: str = Config.base_url) -> Config:
    """Read the settings; a wrong one is said, not traced."""
    try:
        return from_env(address=address)
    except ConfigError as error:
        raise click.ClickException(str(error)) from error


def alembic_config(database: str) -> AlembicConfig:
    """Return Alembic's configuration for a database address."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = database
    return config


def is_current(database: str) -> bool:
    """Say whether a database is at the newest schema."""
    with create_engine(database).connect() as connection:
        here = MigrationContext.configure(connection).get_current_heads()
    return set(here) == set(ScriptDirectory.from_config(alembic_config(database)).get_heads())


def spoken(refusal: Refusal) -> str:
    """Return the sentence of a refusal in the terminal's language: Chinese under a Chinese locale, else English."""
    return said(refusal.code, refusal.facts)


def said(code: str, facts: Mapping[str, Any]) -> str:
    """Return the sentence of a code in the terminal's language."""
    with force_locale("zh_Hans_CN" if speaks() == "zh" else "en"):
        return say(code, facts)


def speaks() -> str:
    """Return the terminal's language: `zh` under a Chinese locale, else `en`."""
    return "zh" if (locale.getlocale()[0] or "").startswith(("zh", "Chinese")) else "en"


@main.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    config = settings()
    config.var.mkdir(parents=True, exist_ok=True)
    command.upgrade(alembic_config(config.database), "head")
