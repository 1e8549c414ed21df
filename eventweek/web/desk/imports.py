"""Files into a week, step by step: sent, looked through, confirmed or left."""

from typing import Any

from flask import request
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.language.sheets import HEADS, SHEETS
from eventweek.language.workbooks import problems_workbook
from eventweek.programme.models import Week
from eventweek.programme.rules.documents import LARGEST
from eventweek.scheduling.actions.imports import confirm_import, discard_import, plan_import
from eventweek.scheduling.models import ProgrammeImport
from eventweek.scheduling.queries.imports import get_import
from eventweek.web.actor import at_work
from eventweek.web.desk.exports import SHOWN, workbook
from eventweek.web.desk.frame import blueprint, edition
from eventweek.web.desk.importing import brought, go_on, list_page, sent_file, standing_page
from eventweek.web.frame import language, needs, takes_files

PAGE = "desk.programme_import"


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
    content, name = sent_file()

    def bring() -> ProgrammeImport:
        keep = request.form.get("keep_missing") == "1"
        return plan_import(own.id, content, name, language=language()[:2], actor=at_work(), keep_missing=keep)

    return brought(bring, PAGE, week, lambda problem: _list_page(own, problem))


@blueprint.get("/w/<week>/imports/<code>")
@needs(Verb.MASTERS_EDIT)
def programme_import(week: str, code: str) -> Any:
    """Show how an import stands; while the worker is at it, the page comes again by itself."""
    own = edition(week, Verb.MASTERS_EDIT)
    found = get_import(own.id, code)
    words = {"sheets": SHEETS, "heads": HEADS}
    return standing_page(
        "import.html", own, found, here="import", outcome=found.outcome, counts=_counts(found), **words
    )


@blueprint.post("/w/<week>/imports/<code>/confirmation")
@needs(Verb.MASTERS_EDIT)
def import_confirmation(week: str, code: str) -> Any:
    """Let the file go in."""
    return go_on(confirm_import, PAGE, edition(week, Verb.MASTERS_EDIT), code)


@blueprint.post("/w/<week>/imports/<code>/discarding")
@needs(Verb.MASTERS_EDIT)
def import_discarding(week: str, code: str) -> Any:
    """Leave the file."""
    return go_on(discard_import, PAGE, edition(week, Verb.MASTERS_EDIT), code)


@blueprint.get("/w/<week>/imports/<code>/problems.xlsx")
@needs(Verb.MASTERS_EDIT)
def programme_import_problems(week: str, code: str) -> Any:
    """Send the file back with what is wrong beside each row; other formats as a list."""
    own = edition(week, Verb.MASTERS_EDIT)
    return workbook(problems_workbook(get_import(own.id, code)), f"{week}-{_('问题')}.xlsx")


def _list_page(week: Week, problem: str = "") -> str:
    lists = [(section, SHEETS[section]) for section in SHOWN]
    return list_page("import_list.html", week, ProgrammeImport, lists=lists, problem=problem)


def _counts(own: ProgrammeImport) -> list[tuple[Any, dict[str, int]]]:
    found: dict[str, dict[str, int]] = {}
    for section, status, n in own.outcome.get("counts", []):
        found.setdefault(section, {})[status] = n
    return [(SHEETS.get(section, section), counts) for section, counts in found.items()]
