"""Commands: migrate, serve, demo, release."""

import sys
from datetime import datetime
from pathlib import Path

import click
from alembic import command
from alembic.config import Config as AlembicConfig

from eventweek import create_app
from eventweek.config import ConfigError, from_env
from eventweek.demo.actions import load_demo, remove_demo
from eventweek.demo.shift import ZONE
from eventweek.kernel.clock import now
from eventweek.kernel.errors import Refusal

ROOT = Path(__file__).resolve().parent.parent


@click.group()
def main() -> None:
    """Plan, publish, fill and open an innovation week."""


def alembic_config(database: str) -> AlembicConfig:
    """Return Alembic's configuration for a database address."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = database
    return config


@main.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    config = from_env()
    config.var.mkdir(parents=True, exist_ok=True)
    command.upgrade(alembic_config(config.database), "head")


@main.group()
def demo() -> None:
    """Load or remove the demo week."""


@demo.command()
@click.option(
    "--start", type=click.DateTime(["%Y-%m-%d"]), help="First day of the run; default: the run holding today."
)
def load(start: datetime | None) -> None:
    """Load the Jilin week."""
    if from_env().production:
        raise click.ClickException("production never loads the demo")
    with create_app().app_context():
        try:
            week = load_demo((start or now().astimezone(ZONE)).date())
        except Refusal as refusal:
            raise click.ClickException(refusal.code) from refusal
        click.echo(f"loaded {week.code}, {week.first_day} to {week.last_day}")


@demo.command()
def remove() -> None:
    """Remove the demo week."""
    with create_app().app_context():
        try:
            remove_demo()
        except Refusal as refusal:
            raise click.ClickException(refusal.code) from refusal


@main.command()
@click.option("--host", default="127.0.0.1", envvar="HOST")
@click.option("--port", default=8000, envvar="PORT", type=click.IntRange(1, 65535))
@click.pass_context
def run(context: click.Context, host: str, port: int) -> None:
    """Migrate, load the demo into an empty database, and serve."""
    try:
        from_env()
    except ConfigError as error:
        raise click.ClickException(str(error)) from error
    context.invoke(migrate)
    app = create_app()
    with app.app_context():
        _greet(host, port)
    _serve(host, port)


def _greet(host: str, port: int) -> None:
    if not from_env().production:
        try:
            load_demo(now().astimezone(ZONE).date())
        except Refusal as refusal:
            if refusal.code != "demo.present":
                raise
    click.echo(f"eventweek: http://{host}:{port}/   English: http://{host}:{port}/en/")


def _serve(host: str, port: int) -> None:
    from gunicorn.app.wsgiapp import WSGIApplication  # heavy

    options = ["--bind", f"{host}:{port}", "--threads", "8", "--no-control-socket", "wsgi:app"]
    sys.argv = ["eventweek", *options]
    WSGIApplication("%(prog)s").run()
