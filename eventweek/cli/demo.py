"""Commands of the demo week."""

from datetime import datetime

import click

from eventweek import create_app
from eventweek.cli.frame import main, settings, spoken
from eventweek.demo.actions import load_demo, remove_demo
from eventweek.demo.actions_visitors import make_demo_visitors
from eventweek.demo.shift import day_to_show
from eventweek.kernel.clock import now
from eventweek.kernel.errors import Refusal


@main.group()
def demo() -> None:
    """Load or remove the demo week."""


@demo.command()
@click.option("--start", type=click.DateTime(["%Y-%m-%d"]), help="A day of the run; default: today's run.")
def load(start: datetime | None) -> None:
    """Load the Jilin week."""
    if settings().production:
        raise click.ClickException("production never loads the demo")
    with create_app(settings(), doors=False).app_context():
        try:
            week = load_demo(start.date() if start else day_to_show(now()))
            make_demo_visitors()
        except Refusal as refusal:
            raise click.ClickException(spoken(refusal)) from refusal
        click.echo(f"loaded {week.code}, {week.first_day} to {week.last_day}")


@demo.command()
def remove() -> None:
    """Remove the demo week."""
    with create_app(settings(), doors=False).app_context():
        try:
            remove_demo()
        except Refusal as refusal:
            raise click.ClickException(spoken(refusal)) from refusal
