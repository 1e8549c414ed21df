"""Commands of the programme: import and export the JSON document of docs/programme-format.md."""

import json
from pathlib import Path

import click

from eventweek import create_app
from eventweek.audit.actors import SYSTEM
from eventweek.cli.frame import main, said, settings, spoken
from eventweek.kernel.errors import Refusal
from eventweek.programme.queries import find_week
from eventweek.programme.rules.documents import document_schema, read_document
from eventweek.scheduling.actions.importing import Report, import_programme
from eventweek.scheduling.queries.export import export_programme

DOCUMENT = click.Path(dir_okay=False, path_type=Path)


@main.group()
def programme() -> None:
    """Import or export a week's programme."""


@programme.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would be new, changed or wrong.")
def take_in(file: Path, dry_run: bool) -> None:
    """Take in FILE, all of it or nothing."""
    with create_app(settings()).app_context():
        try:
            report = import_programme(read_document(file.read_bytes()), actor=SYSTEM, dry_run=dry_run)
        except Refusal as refusal:
            if "report" in refusal.facts:
                _tell(refusal.facts["report"])
            raise click.ClickException(spoken(refusal)) from refusal
        _tell(report)
        if report.problems:
            raise SystemExit(1)


@programme.command("export")
@click.argument("week")
@click.argument("file", type=DOCUMENT)
@click.option("--source", default="export", help="The name under which an import finds its rows again.")
def give_out(week: str, file: Path, source: str) -> None:
    """Write the programme of WEEK to FILE."""
    with create_app(settings()).app_context():
        own = find_week(week)
        if own is None:
            raise click.ClickException(spoken(Refusal("week.not_found")))
        document = export_programme(own, source)
    file.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@programme.command("schema")
def schema() -> None:
    """Print the JSON Schema of the document."""
    click.echo(json.dumps(document_schema(), indent=1, sort_keys=True))


def _tell(report: Report) -> None:
    sections = dict.fromkeys(section for section, _status in report.counts)
    for section in sections:
        counts = ", ".join(f"{report.counts[section, s]} {s}" for s in ("new", "changed", "unchanged"))
        click.echo(f"{section}: {counts}")
    for problem in report.problems:
        click.echo(f"{problem.path}: {problem.value}  {said(problem.code, problem.facts)}")
