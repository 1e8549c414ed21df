"""Files into a week, step by step: sent, looked through, confirmed or left."""

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Refusal
from eventweek.kernel.progress import find_progress
from eventweek.language import sentence
from eventweek.language.sheets import HEADS, SHEETS
from eventweek.language.workbooks import cure_of, problems_workbook
from eventweek.programme.models import Week
from eventweek.programme.rules.documents import LARGEST
from eventweek.scheduling.actions.imports import confirm_import, discard_import, plan_import
from eventweek.scheduling.enums import ImportState
from eventweek.scheduling.models import ProgrammeImport
from eventweek.scheduling.queries.imports import get_import, list_imports
from eventweek.web.actor import at_work
from eventweek.web.desk.actors import name_actors
from eventweek.web.desk.exports import SHOWN, workbook
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.frame import language, needs, takes_files

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
    done, total = find_progress(found.file) if found.state in RUNNING else (0, 0)
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
        told=cure_of,
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
    return workbook(problems_workbook(get_import(own.id, code)), f"{week}-{_('问题')}.xlsx")


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
    lists = [(section, SHEETS[section]) for section in SHOWN]
    names = name_actors([row.actor for row in rows])
    return page("import_list.html", week, rows=rows, names=names, lists=lists, problem=problem)


def _counts(own: ProgrammeImport) -> list[tuple[Any, dict[str, int]]]:
    found: dict[str, dict[str, int]] = {}
    for section, status, n in own.outcome.get("counts", []):
        found.setdefault(section, {})[status] = n
    return [(SHEETS.get(section, section), counts) for section, counts in found.items()]
