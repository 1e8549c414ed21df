"""Programmes as a kind of file: what is kept of one, how it is read, how it goes in."""

import hashlib

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import SYSTEM, Actor
from eventweek.imports.actions import Imports, Wrong
from eventweek.imports.outcome import Outcome
from eventweek.kernel import files
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.kernel.progress import note_progress
from eventweek.programme.actions.verbs import require_whole
from eventweek.programme.models import Week
from eventweek.scheduling.actions.importing import Report, import_programme
from eventweek.scheduling.formats import Context, Reading, read_any
from eventweek.scheduling.formats.outcome import outcome_of
from eventweek.scheduling.formats.sheets.tongue import Tongues
from eventweek.scheduling.models import ProgrammeImport
from eventweek.scheduling.queries.imports import content_of
from eventweek.scheduling.queries.names import list_names


def _allow(actor: Actor, week_id: int) -> None:
    require(actor, Verb.MASTERS_EDIT)
    require_whole(actor, Verb.PROGRAMME_EDIT, week_id)


_IMPORTS = Imports(ProgrammeImport, "programme.import", _allow, keeps=True)
confirm_import, discard_import = _IMPORTS.confirm, _IMPORTS.discard


def plan_import(
    week_id: int, content: bytes, name: str, *, language: str, actor: Actor, keep_missing: bool = False
) -> ProgrammeImport:
    """Keep a file and let the worker look through it; the same bytes again lead to the import that is still open.

    Raises: Refusal permission.denied, week.not_found, week.archived, import.empty, file.disk_full.
    """
    if not content:
        raise Refusal("import.empty")
    own, alike = {"language": language, "keep_missing": keep_missing}, ProgrammeImport.keep_missing == keep_missing
    return _IMPORTS.bring(
        week_id,
        name,
        hashlib.sha256(content).hexdigest(),
        lambda code: own | {"file": files.keep(f"{code}\n".encode() + content)},
        actor=actor,
        alike=[alike],
    )


def run_import(code: str, tongues: Tongues) -> None:
    """Look through a file or take it in, as far as its state allows; the change and its end are one transaction."""
    _IMPORTS.carry_on(code, lambda own: _look(own, tongues), lambda own: _take(own, tongues))


def read_import(own: ProgrammeImport, tongues: Tongues) -> Reading:
    """Read the kept file of an import in the setting of its week.

    Raises: Refusal file.not_found, sheet.other_week, or what the file's format says.
    """
    week = db.session.get_one(Week, own.week_id)
    tongue = tongues.every[own.language == "en"]
    context = Context(week=week.code, tongues=tongues, tongue=tongue, names=list_names(week), timezone=week.timezone)
    reading = read_any(content_of(own), own.name, context)
    given = reading.document.get("week")
    if isinstance(given, dict) and given.get("code") != week.code and not reading.faults:
        raise Refusal("sheet.other_week", week=week.code)
    return reading


def purge_imports() -> int:
    """Delete the files and the rows of imports that are older than 30 days; return how many there were."""
    with transaction():
        count = _IMPORTS.drop_old()
        if count:
            record(SYSTEM, "import.purge", "programme_import", "", count=count)
    return count


def _look(own: ProgrammeImport, tongues: Tongues) -> Outcome:
    reading, keep, progress = read_import(own, tongues), own.keep_missing, note_progress(own.file)
    actor = _IMPORTS.actor_of(own)
    report = import_programme(reading.document, actor=actor, dry_run=True, keep_missing=keep, progress=progress)
    outcome = outcome_of(reading, report)
    if reading.faults or report.problems:
        raise Wrong(outcome)
    return outcome


def _take(own: ProgrammeImport, tongues: Tongues) -> None:
    reading, code, keep, progress = read_import(own, tongues), own.code, own.keep_missing, note_progress(own.file)
    if reading.faults:
        _look(own, tongues)  # says what is wrong
    actor = _IMPORTS.actor_of(own)

    def close(report: Report) -> None:
        _IMPORTS.finish(_IMPORTS.waiting(code), outcome_of(reading, report), actor)

    try:
        import_programme(reading.document, actor=actor, keep_missing=keep, progress=progress, closing=close)
    except Refusal as refusal:
        if "report" not in refusal.facts:
            raise
        raise Wrong(outcome_of(read_import(own, tongues), refusal.facts["report"])) from None
