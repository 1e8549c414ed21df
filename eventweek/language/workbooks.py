"""The workbooks that the desk and its API give out: a template, lists, a file with what is wrong beside its rows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from eventweek.imports.outcome import facts_of
from eventweek.kernel.tables import is_office, read_tables, write_workbook
from eventweek.kernel.tables.writing import Column, Page, Row
from eventweek.language import say
from eventweek.language.sheets import HEADS, samples, tongue, tongues
from eventweek.programme.models import Week
from eventweek.scheduling.formats.sheets.cells import Cells
from eventweek.scheduling.formats.sheets.columns import KEY, MAIN
from eventweek.scheduling.formats.sheets.proposals import SECTION, empty_page
from eventweek.scheduling.formats.sheets.reader import SOURCE
from eventweek.scheduling.formats.sheets.writer import Wanted, document_pages, names_of, problem_pages, template_pages
from eventweek.scheduling.models import ProgrammeImport, ProposalImport
from eventweek.scheduling.queries.export import export_programme
from eventweek.scheduling.queries.imports import content_of
from eventweek.scheduling.queries.names import list_names
from eventweek.scheduling.queries.proposal_imports import proposal_names

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class ListsWish:
    """Which lists go out, with which columns (none named: all); `only`: by section, the source keys of its rows."""

    sections: Sequence[str]
    columns: Sequence[str] = ()
    only: Mapping[str, Collection[str]] = field(default_factory=dict)


def template_workbook(week: Week, language: str) -> bytes:
    """Write empty sheets with notes, lists to choose from and a sample."""
    names = list_names(week)
    wanted = Wanted(MAIN, choices=_choices(names))
    return write_workbook(template_pages(Cells(tongues(), names, tongue(language)), wanted, samples()))


def proposals_workbook(week: Week, language: str) -> bytes:
    """Write an empty sheet of proposals with notes, lists to choose from and a sample."""
    names = proposal_names(week)
    cells = Cells(tongues(), names, tongue(language))
    return write_workbook([empty_page(cells, _choices(names), samples()[SECTION])])


def lists_workbook(week: Week, wish: ListsWish, language: str) -> bytes:
    """Write lists of a week; each is a valid import."""
    document = export_programme(week, SOURCE)
    names = names_of(document)
    for section, keys in wish.only.items():
        kept = {key.removeprefix(f"{SOURCE}:") for key in keys}
        document[section] = [row for row in document.get(section, []) if row[KEY] in kept]
    wanted = Wanted(wish.sections, wish.columns, _choices(names))
    return write_workbook(document_pages(document, Cells(tongues(), names, tongue(language)), wanted))


def problems_workbook(own: ProgrammeImport | ProposalImport) -> bytes:
    """Write a file as it came, with what is wrong beside each row; of other formats than sheets a list of problems.

    Raises: Refusal file.not_found.
    """
    told: dict[tuple[str, int], list[str]] = {}
    rows, content = [], content_of(own)
    for problem in own.outcome.get("problems", []):
        cure = cure_of(problem["code"], problem["facts"])
        told.setdefault((problem["sheet"], problem["row"]), []).append(f"{problem['column']}：{cure}")
        rows.append(Row([problem["path"] or problem["column"], problem["value"], cure]))
    if is_office(content) or own.outcome.get("format") == "xlsx":
        return write_workbook(problem_pages(read_tables(content, own.name), told, str(HEADS["problems"])))
    heads = [Column(_("位置"), 40), Column(_("内容"), 30), Column(str(HEADS["problems"]), 80)]
    return write_workbook([Page(_("问题"), heads, rows)])


def cure_of(code: str, facts: Mapping[str, Any]) -> str:
    """Return the sentence of a problem whose facts were kept as JSON."""
    return say(code, facts_of(facts))


def _choices(names: Any) -> dict[str, list[str]]:
    """Return what columns offer to choose from: the names of rows in the order of the database."""
    found: dict[str, list[str]] = {}
    for subject, reference in names.labels:
        found.setdefault(subject, []).append(names.label(subject, reference))
    return {subject: found[subject] for subject in ("city", "venue", "room", "kind", "track") if subject in found}
