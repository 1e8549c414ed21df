"""Commands of the programme: import and export in the formats of docs/programme-format.md."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from eventweek import create_app
from eventweek.audit.actors import SYSTEM
from eventweek.cli.frame import main, said, settings, speaks, spoken
from eventweek.kernel.errors import Refusal
from eventweek.language.sheets import tongue, tongues
from eventweek.programme.queries import find_week
from eventweek.programme.rules.documents import LARGEST, document_schema
from eventweek.scheduling.actions.importing import Report, import_programme
from eventweek.scheduling.formats import Context, Place, Reading, read_any
from eventweek.scheduling.formats.sheets.reader import SOURCE
from eventweek.scheduling.formats.writing import WRITERS, Asked
from eventweek.scheduling.queries.names import list_names

SOURCE_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@main.group()
def programme() -> None:
    """Import or export a week's programme."""


@programme.command("import")
@click.argument("file", type=SOURCE_FILE)
@click.option("--dry-run", is_flag=True, help="Only say what would be new, changed, cancelled or wrong.")
@click.option("--keep-missing", is_flag=True, help="Do not cancel sessions that the source no longer holds.")
@click.option("--week", default="", metavar="CODE", help="The week to import into; it is made where there is none.")
@click.option("--timezone", default="", metavar="TZ", help="The zone of a schedule that names none: Europe/Brussels.")
def take_in(file: Path, dry_run: bool, keep_missing: bool, week: str, timezone: str) -> None:
    """Take in FILE (JSON, Excel, schedule.xml, schedule.json), all of it or nothing."""
    with create_app(settings(), doors=False).app_context():
        try:
            own = find_week(week) if week else None
            context = Context(week, tongues(), tongue(speaks()), timezone=timezone or (own.timezone if own else ""))
            if own:
                context = replace(context, names=list_names(own))
            reading = read_any(_content_of(file), file.name, context)
            _refuse_weekless(reading)
        except Refusal as refusal:
            raise click.ClickException(spoken(refusal)) from refusal
        try:
            rehearsed = dry_run or bool(reading.faults)
            report = import_programme(reading.document, actor=SYSTEM, dry_run=rehearsed, keep_missing=keep_missing)
        except Refusal as refusal:
            if "report" in refusal.facts:
                _tell(refusal.facts["report"], reading)
            raise click.ClickException(spoken(refusal)) from refusal
        _tell(report, reading)
        if report.problems or reading.faults:
            raise SystemExit(1)


@programme.command("export")
@click.argument("week")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--format", "format_", type=click.Choice(list(WRITERS)), help="Default: by the name of FILE, else json.")
@click.option("--source", help="The name under which an import finds its rows again; default: export, of sheets sheet.")
def give_out(week: str, file: Path | None, format_: str | None, source: str | None) -> None:
    """Write the programme of WEEK to FILE, or to standard output."""
    config = settings()
    with create_app(config, doors=False).app_context():
        own = find_week(week)
        if own is None:
            raise click.ClickException(spoken(Refusal("week.not_found")))
        format_ = format_ or _format_of(file)
        source = source or (SOURCE if format_ == "xlsx" else "export")
        written = WRITERS[format_].write(own, Asked(source, config.base_url, tongues(), tongue(speaks())))
        if file:
            _put(file, written)
        else:
            click.echo(written, nl=False)


@programme.command("schema")
def schema() -> None:
    """Print the JSON Schema of the document."""
    click.echo(json.dumps(document_schema(), indent=1, sort_keys=True))


def _put(file: Path, written: bytes) -> None:
    try:
        file.write_bytes(written)
    except OSError as error:
        raise click.ClickException(said("export.unwritable", {"why": error.strerror})) from error


def _content_of(file: Path) -> bytes:
    """Return what a file holds; of one that is too large, or that never ends, one byte more than an import takes."""
    try:
        with file.open("rb") as source:
            return source.read(LARGEST + 1)
    except OSError as error:
        raise Refusal("import.unreadable", why=error.strerror) from error


def _refuse_weekless(reading: Reading) -> None:
    """Sheets do not say which week they are for; whoever runs the command does."""
    if reading.format == "xlsx" and "week" not in reading.document:
        raise Refusal("import.weekless")


def _format_of(file: Path | None) -> str:
    """Return the format whose ending the file's name has, the longest first; json where none has it."""
    name = file.name.lower() if file else ""
    by_length = sorted(WRITERS.items(), key=lambda pair: -len(pair[1].suffix))
    return next((format_ for format_, writer in by_length if name.endswith(writer.suffix)), "json")


def _tell(report: Report, reading: Reading) -> None:
    for section in dict.fromkeys(section for section, _status in report.counts):
        usual = [(status, report.counts[section, status]) for status in ("new", "changed", "unchanged")]
        rare = [(status, report.counts[section, status]) for status in ("cancelled", "restored")]
        counts = usual + [(status, count) for status, count in rare if count]
        click.echo(f"{section}: {', '.join(f'{count} {status}' for status, count in counts)}")
    for title in report.cancelled:
        click.echo(f"cancelled, no longer in the source: {title.zh or title.en}")
    for code, facts in reading.notes:
        click.echo(said(code, facts))
    for where, value, code, facts in _wrong(report, reading):
        click.echo(f"{where}: {value}  {said(code, facts)}")


def _wrong(report: Report, reading: Reading) -> Iterable[tuple[str, str, str, Any]]:
    for fault in reading.faults:
        yield _where(fault.place), fault.place.value or "", fault.code, fault.facts
    for problem in report.problems:
        place = reading.locate(problem.path)
        yield _where(place), problem.value if place.value is None else place.value, problem.code, problem.facts


def _where(place: Place) -> str:
    if place.line:
        return f"line {place.line} {place.path}".strip()
    return f"{place.sheet} row {place.row} {place.column}".strip() if place.row else place.path
