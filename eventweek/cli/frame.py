"""What every command shares: the group, the settings, and how a refusal is said."""

import locale
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eventweek.config import Config, ConfigError, from_env
from eventweek.kernel.errors import Refusal

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig

# What a database or a language needs is imported where it is used: half of the commands work without.

ROOT = Path(__file__).resolve().parents[2]


class LateGroup(click.Group):
    """Commands whose modules are imported when they are asked for. `late`: names of modules by names of commands."""

    def __init__(self, *words: Any, late: Mapping[str, str], **options: Any) -> None:
        super().__init__(*words, **options)
        self.late = late

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all."""
        return sorted({*super().list_commands(ctx), *self.late})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None."""
        if cmd_name in self.late and cmd_name not in self.commands:
            import_module(f"eventweek.cli.{self.late[cmd_name]}")
        return super().get_command(ctx, cmd_name)


class _Commands(LateGroup):
    """The commands; over a database that nobody has migrated they say so instead of a trace."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            if not _is_of_a_database(error) or is_current(settings().database):
                raise
            raise click.ClickException("The database is not at the newest schema. Run: eventweek migrate") from error


MODULES = {
    "demo": "demo",
    "plan": "plan",
    "programme": "programme",
    "run": "serve",
    "user": "accounts",
    "verify": "verify",
    "week": "editions",
    "worker": "serve",
}


@click.group(cls=_Commands, late=MODULES)
def main() -> None:
    """Plan, publish, fill and open an innovation week."""


def settings(address: str = Config.base_url) -> Config:
    """Read the settings; a wrong one is said, not traced."""
    try:
        return from_env(address=address)
    except ConfigError as error:
        raise click.ClickException(str(error)) from error


def _is_of_a_database(error: Exception) -> bool:
    known = sys.modules.get("sqlalchemy.exc")  # who has not imported it cannot have raised it
    return known is not None and isinstance(error, known.DatabaseError)


def alembic_config(database: str) -> "AlembicConfig":
    """Return Alembic's configuration for a database address."""
    from alembic.config import Config as AlembicConfig

    config = AlembicConfig()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = database
    return config


def is_current(database: str) -> bool:
    """Say whether a database is at the newest schema."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from sqlalchemy import create_engine

    with create_engine(database).connect() as connection:
        here = MigrationContext.configure(connection).get_current_heads()
    return set(here) == set(ScriptDirectory.from_config(alembic_config(database)).get_heads())


def spoken(refusal: Refusal) -> str:
    """Return the sentence of a refusal in the terminal's language: Chinese under a Chinese locale, else English."""
    return said(refusal.code, refusal.facts)


def said(code: str, facts: Mapping[str, Any]) -> str:
    """Return the sentence of a code in the terminal's language."""
    from flask_babel import force_locale

    from eventweek.language import say

    with force_locale("zh_Hans_CN" if speaks() == "zh" else "en"):
        return say(code, facts)


def speaks() -> str:
    """Return the terminal's language: `zh` under a Chinese locale, else `en`."""
    return "zh" if (locale.getlocale()[0] or "").startswith(("zh", "Chinese")) else "en"


@main.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    from alembic import command

    config = settings()
    config.var.mkdir(parents=True, exist_ok=True)
    command.upgrade(alembic_config(config.database), "head")
