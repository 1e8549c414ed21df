"""Files into a week and out of it over the API: sent, looked through, confirmed; templates, lists, whole weeks."""

import hashlib
from typing import Any

from flask import Response, current_app, request

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk import importing
from eventweek.api.v1.desk.frame import Facts, asked, blueprint, created, needs_key, refuse_stale, seen_version
from eventweek.api.v1.desk.import_schemas import COLUMN, FILE, FORMAT, KEEP, SECTION
from eventweek.api.v1.desk.importing import NAME
from eventweek.api.v1.desk.schemas import IF_MATCH, IF_NONE_MATCH, ONCE, described_as
from eventweek.api.v1.frame import private
from eventweek.api.v1.problems import in_words, reader
from eventweek.audit.actors import Actor
from eventweek.imports.queries import list_brought
from eventweek.kernel.errors import FieldError, Invalid
from eventweek.language.sheets import tongue, tongues
from eventweek.language.workbooks import (
    ListsWish,
    lists_workbook,
    problems_workbook,
    template_workbook,
)
from eventweek.programme.models import Week
from eventweek.programme.rules.documents import LARGEST
from eventweek.scheduling.actions.imports import confirm_import, discard_import, plan_import
from eventweek.scheduling.formats.sheets.columns import MAIN, columns_of
from eventweek.scheduling.formats.sheets.reader import SOURCE
from eventweek.scheduling.formats.writing import WRITERS, Asked
from eventweek.scheduling.models import ProgrammeImport
from eventweek.scheduling.queries.imports import get_import

ADDRESS = "/weeks/<week>/imports"
ONE = f"{ADDRESS}/<code>"


@blueprint.get(ADDRESS)
@described_as("List the last 20 imports of the week", "DeskImports")
@needs_key(Verb.MASTERS_EDIT)
def import_list(_actor: Actor, week: Week) -> Response:
    """Answer how each stands, the newest first."""
    return private({"items": [_standing(own) for own in list_brought(ProgrammeImport, week.id)]})


@blueprint.post(ADDRESS)
@blueprint.doc(requestBody=FILE)
@described_as("Send a file to be looked through; nothing changes yet", "DeskImport", ONCE, NAME, KEEP, status=201)
@needs_key(Verb.MASTERS_EDIT)
def import_create(actor: Actor, week: Week) -> Response:
    """Keep the file and let the worker look through it: ask again until the state is no longer `checking`."""
    given = asked("name", "keep_missing")
    if given.get("keep_missing", "false") not in ("true", "false"):
        raise Invalid([FieldError("keep_missing", "json.choice")])
    content, keep, name = importing.received(LARGEST), given.get("keep_missing") == "true", given.get("name", "")

    def produce() -> str:
        language = reader()[:2]
        return plan_import(week.id, content, name, language=language, actor=actor, keep_missing=keep).code

    body = {"digest": hashlib.sha256(content).hexdigest(), "name": name, "keep_missing": keep}
    return created(body, "desk_api.import", produce, lambda code: _shown(get_import(week.id, code)), week=week.code)


@blueprint.get(ONE, endpoint="import")
@described_as(
    "Show an import: how far it is, what it would change or changed, what is wrong", "DeskImport", IF_NONE_MATCH
)
@needs_key(Verb.MASTERS_EDIT)
def import_(_actor: Actor, week: Week, code: str) -> Response:
    """Answer with the place, value and cure of each problem."""
    return _shown(get_import(week.id, code))


@blueprint.put(f"{ONE}/confirmation")
@described_as("Let a file in that was looked through", "DeskImport", IF_MATCH)
@needs_key(Verb.MASTERS_EDIT)
def import_confirm(actor: Actor, week: Week, code: str) -> Response:
    """Let the worker take it in: all of it, or nothing where something has become wrong since."""
    refuse_stale(seen_version(), importing.step_of(get_import(week.id, code)))
    return _shown(confirm_import(week.id, code, actor=actor))


@blueprint.delete(ONE)
@described_as("Leave a file that has not gone in", "DeskImport", IF_MATCH)
@needs_key(Verb.MASTERS_EDIT)
def import_discard(actor: Actor, week: Week, code: str) -> Response:
    """Forget what was to go in; the import stays to be read."""
    refuse_stale(seen_version(), importing.step_of(get_import(week.id, code)))
    return _shown(discard_import(week.id, code, actor=actor))


@blueprint.get(f"{ONE}/problems")
@described_as("Get the file back as a workbook with what is wrong beside each row", None)
@needs_key(Verb.MASTERS_EDIT)
def import_problems(_actor: Actor, week: Week, code: str) -> Response:
    """Answer an xlsx; of other formats than sheets a list of problems."""
    own = get_import(week.id, code)
    with in_words():
        return importing.as_file(problems_workbook(own), f"{week.code}-problems.xlsx")


@blueprint.get("/weeks/<week>/template")
@described_as("Get the workbook to fill in", None)
@needs_key(Verb.MASTERS_EDIT)
def import_template(_actor: Actor, week: Week) -> Response:
    """Answer an xlsx in the language of Accept-Language."""
    with in_words():
        return importing.as_file(template_workbook(week, reader()), f"{week.code}-template.xlsx")


@blueprint.get("/weeks/<week>/export")
@described_as("Get the week in one of its formats, or one list as a workbook", None, FORMAT, SECTION, COLUMN)
@needs_key(Verb.MASTERS_EDIT)
def import_export(_actor: Actor, week: Week) -> Response:
    """Answer a file that is a valid import."""
    given = asked("format", "section", "column")
    columns, section = request.args.getlist("column"), given.get("section", "")
    if section:
        known = columns_of(section) if section in MAIN else {}
        if not known or set(columns) - known.keys():
            raise Invalid([FieldError("column" if known else "section", "json.choice")])
        return importing.as_file(
            lists_workbook(week, ListsWish([section], columns), reader()), f"{week.code}-{section}.xlsx"
        )
    writer = WRITERS.get(given.get("format", "json"))
    if writer is None or columns:
        raise Invalid([FieldError("column" if writer else "format", "json.choice")])
    base = current_app.extensions["eventweek"].base_url
    written = writer.write(week, Asked(SOURCE, base, tongues(), tongue(reader())))
    return importing.as_file(written, f"{week.code}{writer.suffix}", writer.media)


def _standing(own: ProgrammeImport) -> Facts:
    return importing.standing(own, "keep_missing")


def _shown(own: ProgrammeImport) -> Response:
    out: dict[str, Any] = own.outcome
    body = _standing(own) | {
        "format": out.get("format"),
        "counts": [{"section": s, "status": status, "count": n} for s, status, n in out.get("counts", [])],
        "rows": out.get("rows", []),
        "taken": out.get("taken", 0),
        "cancelled": out.get("cancelled", []),
        "notes": [importing.said(code, facts) for code, facts in out.get("notes", [])],
        "problems": [_problem(problem) for problem in out.get("problems", [])],
        "wrong": out.get("wrong", 0),
    }
    return importing.shown(own, body)


def _problem(problem: Facts) -> Facts:
    place = {name: value for name, value in problem.items() if name != "facts"}
    return place | importing.said(problem["code"], problem["facts"])
