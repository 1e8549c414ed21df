"""Files in and out of a week: the template, imports step by step, exports of lists with chosen columns."""

import io
from typing import Any

from flask import Response, current_app, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.db import Bilingual
from eventweek.kernel.errors import Refusal
from eventweek.kernel.tables import is_office, read_tables, write_workbook
from eventweek.kernel.tables.writing import Column, Page, Row
from eventweek.language import say, sentence
from eventweek.language.sheets import HEADS, SHEETS, samples, tongue, tongues
from eventweek.programme.models import Week
from eventweek.programme.rules.documents import LARGEST
from eventweek.scheduling.actions.imports import confirm_import, discard_import, plan_import
from eventweek.scheduling.enums import ImportState
from eventweek.scheduling.formats.sheets.cells import Cells
from eventweek.scheduling.formats.sheets.columns import MAIN, columns_of
from eventweek.scheduling.formats.sheets.columns import SHEETS as SECTIONS
from eventweek.scheduling.formats.sheets.reader import SOURCE
from eventweek.scheduling.formats.sheets.writer import Wanted, document_pages, names_of, problem_pages, template_pages
from eventweek.scheduling.formats.writing import WRITERS, Asked
from eventweek.scheduling.models import ProgrammeImport
from eventweek.scheduling.queries.export import export_programme
from eventweek.scheduling.queries.imports import content_of, find_progress, get_import, list_imports
from eventweek.scheduling.queries.names import list_names
from eventweek.web.actor import at_work
from eventweek.web.desk.actors import name_actors
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.frame import language, needs, takes_files

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RUNNING = (ImportState.CHECKING, ImportState.WAITING)


@blueprint.get("/w/<week>/imports")
@needs(Verb.MASTERS_EDIT)
def import_list(week: str) -> str:
    """Offer the template, the way in and the ways out, and show the last imports."""
    return _list_page(edition(week, Verb.MASTERS_EDIT))


@blueprint.post("/w/<week>/imports")
@needs(Verb.MASTERS_EDIT)
@takes_files(LARGEST + 100_000)
def import_new(week: str) -> Any:
    """Keep the file that was sent and go on to its page."""
    own = edition(week, Verb.MASTERS_EDIT)
    sent = request.files.get("file")
    content = sent.read() if sent else b""
    if sent:
        sent.close()
    try:
        made = plan_import(
            own.id,
            content,
            sent.filename or "" if sent else "",
            language=language()[:2],
            actor=at_work(),
            keep_missing=request.form.get("keep_missing") == "1",
        )
    except Refusal as refusal:
        if refusal.code == "permission.denied":
            raise
        return _list_page(own, sentence(refusal)), 422
    return redirect(url_for("desk.programme_import", week=week, code=made.code), 303)


@blueprint.get("/w/<week>/imports/<code>")
@needs(Verb.MASTERS_EDIT)
def programme_import(week: str, code: str) -> Any:
    """Show how an import stands; while the worker is at it, the page comes again by itself."""
    own = edition(week, Verb.MASTERS_EDIT)
    found = get_import(own.id, code)
    done, total = find_progress(found) if found.state in RUNNING else (0, 0)
    text = page(
        "import.html",
        own,
        here="import",
        own=found,
        outcome=found.outcome,
        counts=_counts(found),
        done=done,
        total=total,
        share=done * 100 // total if total else 0,
        told=_told,
        sheets=SHEETS,
        heads=HEADS,
    )
    answer = Response(text)
    if found.state in RUNNING:
        answer.headers["Refresh"] = "2"  # without a script
    return answer


@blueprint.post("/w/<week>/imports/<code>/confirmation")
@needs(Verb.MASTERS_EDIT)
def import_confirmation(week: str, code: str) -> Any:
    """Let the file go in."""
    return _go_on(week, code, confirm_import)


@blueprint.post("/w/<week>/imports/<code>/discarding")
@needs(Verb.MASTERS_EDIT)
def import_discarding(week: str, code: str) -> Any:
    """Leave the file."""
    return _go_on(week, code, discard_import)


@blueprint.get("/w/<week>/imports/<code>/problems.xlsx")
@needs(Verb.MASTERS_EDIT)
def programme_import_problems(week: str, code: str) -> Any:
    """Send the file back with what is wrong beside each row; other formats as a list."""
    own = edition(week, Verb.MASTERS_EDIT)
    found = get_import(own.id, code)
    pages = _problem_pages(found, content_of(found))
    return _workbook(pages, f"{week}-{_('问题')}")


@blueprint.get("/w/<week>/template.xlsx")
@needs(Verb.MASTERS_EDIT)
def import_template(week: str) -> Any:
    """Send empty sheets with notes, lists to choose from and a sample."""
    own = edition(week, Verb.MASTERS_EDIT)
    names, words = list_names(own), tongue(language())
    wanted = Wanted(MAIN, choices=_choices(names))
    return _workbook(template_pages(Cells(tongues(), names, words), wanted, samples()), f"{week}-{_('模板')}")


@blueprint.get("/w/<week>/export")
@needs(Verb.MASTERS_EDIT)
def import_export(week: str) -> Any:
    """Send the week in one of the formats, or lists of it with chosen columns as a workbook."""
    own = edition(week, Verb.MASTERS_EDIT)
    writer = WRITERS.get(request.args.get("format", ""))
    if writer and not request.args.get("section"):
        asked = Asked(SOURCE, current_app.extensions["eventweek"].base_url, tongues(), tongue(language()))
        name = f"{week}{writer.suffix}"
        return send_file(io.BytesIO(writer.write(own, asked)), writer.media, as_attachment=True, download_name=name)
    document = export_programme(own, SOURCE)
    chosen = [section for section in request.args.getlist("section") if section in MAIN] or SECTIONS
    names, words = names_of(document), tongue(language())
    wanted = Wanted(chosen, request.args.getlist("column")[:200], _choices(names))
    return _workbook(document_pages(document, Cells(tongues(), names, words), wanted), week)


def _go_on(week: str, code: str, verb: Any) -> Any:
    own = edition(week, Verb.MASTERS_EDIT)
    try:
        verb(own.id, code, actor=at_work())
    except Refusal as refusal:
        if refusal.code in ("permission.denied", "import.not_found"):
            raise
        flash(sentence(refusal), "no")
    return redirect(url_for("desk.programme_import", week=week, code=code), 303)


def _list_page(week: Week, problem: str = "") -> str:
    rows = list_imports(week.id)
    words = tongue(language())
    lists = [(s, SHEETS[s], [(name, words.head(s, name)) for name in columns_of(s)]) for s in MAIN]
    names = name_actors([row.actor for row in rows])
    return page("import_list.html", week, rows=rows, names=names, lists=lists, problem=problem)


def _told(code: str, facts: dict[str, Any]) -> str:
    """Return the sentence of a problem whose facts were kept as JSON."""
    return say(code, {name: Bilingual(**fact) if isinstance(fact, dict) else fact for name, fact in facts.items()})


def _counts(own: ProgrammeImport) -> list[tuple[Any, dict[str, int]]]:
    found: dict[str, dict[str, int]] = {}
    for section, status, n in own.outcome.get("counts", []):
        found.setdefault(section, {})[status] = n
    return [(SHEETS.get(section, section), counts) for section, counts in found.items()]


def _problem_pages(own: ProgrammeImport, content: bytes) -> list[Page]:
    told: dict[tuple[str, int], list[str]] = {}
    rows = []
    for problem in own.outcome.get("problems", []):
        cure = _told(problem["code"], problem["facts"])
        told.setdefault((problem["sheet"], problem["row"]), []).append(f"{problem['column']}：{cure}")
        rows.append(Row([problem["path"] or problem["column"], problem["value"], cure]))
    if is_office(content) or own.outcome.get("format") == "xlsx":
        return problem_pages(read_tables(content, own.name), told, str(HEADS["problems"]))
    heads = [Column(_("位置"), 40), Column(_("内容"), 30), Column(str(HEADS["problems"]), 80)]
    return [Page(_("问题"), heads, rows)]


def _choices(names: Any) -> dict[str, list[str]]:
    """Return what columns offer to choose from: the names of rows in the order of the database."""
    found: dict[str, list[str]] = {}
    for subject, reference in names.labels:
        found.setdefault(subject, []).append(names.label(subject, reference))
    return {subject: found[subject] for subject in ("city", "venue", "room", "kind", "track") if subject in found}


def _workbook(pages: list[Page], name: str) -> Response:
    return send_file(io.BytesIO(write_workbook(pages)), XLSX, as_attachment=True, download_name=f"{name}.xlsx")
