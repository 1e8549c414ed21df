"""Commands of an edition's life."""

from datetime import datetime

import click

from eventweek import create_app
from eventweek.audit.actors import SYSTEM
from eventweek.cli.frame import main, said, settings, spoken
from eventweek.editions.actions.copying import copy_week
from eventweek.editions.carried import TABLES
from eventweek.editions.enums import Anchor, Part
from eventweek.editions.queries import find_copy
from eventweek.kernel.errors import Invalid, Refusal

DAY = click.DateTime(["%Y-%m-%d"])
PARTS = [str(part) for part in Part if part != Part.SETTINGS]


@main.group()
def week() -> None:
    """Editions."""


@week.command("copy")
@click.argument("source")
@click.argument("code")
@click.option("--title-zh", default="", help="The new name in Chinese.")
@click.option("--title-en", default="", help="The new name in English.")
@click.option("--first-day", type=DAY, required=True, help="The first day of the new run.")
@click.option("--last-day", type=DAY, help="Its last day; default: as long as the old one.")
@click.option("--with", "parts", type=click.Choice(PARTS), multiple=True, help="What comes beside the settings.")
@click.option("--anchor", type=click.Choice([str(a) for a in Anchor]), help="How days are found in the new run.")
def copy(
    source: str,
    code: str,
    title_zh: str,
    title_en: str,
    first_day: datetime,
    last_day: datetime | None,
    parts: tuple[str, ...],
    anchor: str | None,
) -> None:
    """Make a draft edition CODE from the edition SOURCE."""
    values = {"code": code, "title_zh": title_zh, "title_en": title_en, "first_day": first_day.date()}
    values |= {"last_day": last_day.date()} if last_day else {}
    wanted, way = [Part(part) for part in parts], Anchor(anchor) if anchor else None
    with create_app(settings(), doors=False).app_context():
        try:
            _tell(copy_week(source, values, parts=wanted, anchor=way, actor=SYSTEM).id)
        except Invalid as invalid:
            lines = [f"{error.field}: {said(error.code, error.facts)}" for error in invalid.errors]
            raise click.ClickException("\n".join(lines)) from invalid
        except Refusal as refusal:
            raise click.ClickException(spoken(refusal)) from refusal


def _tell(week_id: int) -> None:
    report = find_copy(week_id)
    assert report is not None
    for name in (name for names in TABLES.values() for name in names if name in report.counts):
        click.echo(f"{name}: {report.counts[name]}")
    for what, sessions in (("without a day", report.without_day), ("not placed", report.unplaced)):
        for session in sessions:
            click.echo(f"{what}: {session.code} {session.title.best('zh')[0]}")
