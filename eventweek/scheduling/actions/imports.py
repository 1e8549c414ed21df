"""Verbs of imports from files: keep and look through, confirm, carry out, forget."""

import hashlib
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.accounts.queries import find_user
from eventweek.audit.actions import record
from eventweek.audit.actors import SYSTEM, Actor
from eventweek.kernel import files
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.kernel.jobs import enqueue
from eventweek.kernel.progress import forget_progress, note_progress
from eventweek.kernel.text import clean_line
from eventweek.kernel.tokens import random_code
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.models import Week
from eventweek.programme.queries import find_actor
from eventweek.scheduling.actions.importing import Report, import_programme
from eventweek.scheduling.enums import ImportState
from eventweek.scheduling.formats import Context, Reading, read_any
from eventweek.scheduling.formats.outcome import outcome_of, refused
from eventweek.scheduling.formats.sheets.tongue import Tongues
from eventweek.scheduling.models import ProgrammeImport
from eventweek.scheduling.queries.imports import content_of, get_import
from eventweek.scheduling.queries.names import list_names

KEPT = timedelta(days=30)
OPEN = (ImportState.CHECKING, ImportState.CHECKED, ImportState.WAITING)


class _Settled(Exception):
    """Another worker has ended the import meanwhile."""


def plan_import(
    week_id: int, content: bytes, name: str, *, language: str, actor: Actor, keep_missing: bool = False
) -> ProgrammeImport:
    """Keep a file and let the worker look through it; the same bytes again lead to the import that is still open.

    Raises: Refusal permission.denied, week.not_found, week.archived, import.empty, file.disk_full.
    """
    if not content:
        raise Refusal("import.empty")
    digest, code = hashlib.sha256(content).hexdigest(), random_code()
    with transaction():
        _require(actor, week_id)
        week = editable_week(week_id)
        own = ProgrammeImport
        query = select(own).where(own.week_id == week.id, own.digest == digest, own.actor == actor.label)
        query = query.where(own.keep_missing == keep_missing)
        if found := db.session.scalar(query.where(own.state.in_(OPEN)).limit(1)):
            return found
        user = find_user(actor.id) if actor.id else None
        made = ProgrammeImport(
            code=code,
            week_id=week.id,
            actor=actor.label,
            user_id=actor.id,
            epoch=user.epoch if user else 0,
            language=language,
            keep_missing=keep_missing,
            name=clean_line(name[-400:], 400)[-120:],
            digest=digest,
            file=files.keep(f"{code}\n".encode() + content),
            state=ImportState.CHECKING,
            outcome={},
            made_at=now(),
        )
        db.session.add(made)
        enqueue("programme.import", code=code)
        record(actor, "import.plan", "programme_import", code, week_id=week.id)
    return made


def confirm_import(week_id: int, code: str, *, actor: Actor) -> ProgrammeImport:
    """Let the worker take in what was looked through. A second call changes nothing.

    Raises: Refusal permission.denied, week.not_found, week.archived, import.not_found, import.not_ready; import.busy
        while another file goes into this week.
    """
    with transaction():
        _require(actor, week_id)
        week = editable_week(week_id)
        own = get_import(week.id, code)
        if own.state in (ImportState.WAITING, ImportState.DONE):
            return own
        if own.state != ImportState.CHECKED:
            raise Refusal("import.not_ready")
        own.state = ImportState.WAITING
        try:
            db.session.flush()
        except IntegrityError:
            raise Refusal("import.busy") from None
        enqueue("programme.import", code=code)
        record(actor, "import.confirm", "programme_import", code, week_id=week.id)
    return own


def discard_import(week_id: int, code: str, *, actor: Actor) -> ProgrammeImport:
    """Leave a file that has not gone in yet. A second call changes nothing.

    Raises: Refusal permission.denied, week.not_found, week.archived, import.not_found.
    """
    with transaction():
        _require(actor, week_id)
        own = get_import(editable_week(week_id).id, code)
        if own.state in OPEN:
            own.state, own.done_at = ImportState.DISCARDED, now()
            record(actor, "import.discard", "programme_import", code, week_id=week_id)
    return own


def run_import(code: str, tongues: Tongues) -> None:
    """Look through a file or take it in, as far as its state allows; the change and its end are one transaction.

    A worker that is killed in the middle leaves nothing of the file, and the next one starts again.
    """
    own = db.session.scalar(select(ProgrammeImport).where(ProgrammeImport.code == code))
    if own is None or own.state not in (ImportState.CHECKING, ImportState.WAITING):
        return
    try:
        _carry_out(own, read_import(own, tongues))
    except Refusal as refusal:
        if "report" in refusal.facts:
            return _settle(code, ImportState.WRONG, outcome_of(read_import(own, tongues), refusal.facts["report"]))
        _settle(code, ImportState.FAILED, refused(refusal))
    except _Settled:
        return


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
        old = db.session.scalars(select(ProgrammeImport).where(ProgrammeImport.made_at < now() - KEPT)).all()
        for own in old:
            forget_progress(own.file)
            files.drop(own.file)
            db.session.delete(own)
        if old:
            record(SYSTEM, "import.purge", "programme_import", "", count=len(old))
    return len(old)


def _carry_out(own: ProgrammeImport, reading: Reading) -> None:
    code, actor, keep = own.code, _actor(own), own.keep_missing
    take = partial(import_programme, reading.document, actor=actor, keep_missing=keep, progress=note_progress(own.file))
    if own.state == ImportState.CHECKING or reading.faults:
        report = take(dry_run=True)
        return _settle(code, _verdict(reading, report), outcome_of(reading, report))
    take(closing=partial(_end, code, reading, actor))
    return None


def _end(code: str, reading: Reading, actor: Actor, report: Report) -> None:
    """Close an import in the transaction of its change."""
    row = db.session.scalars(select(ProgrammeImport).where(ProgrammeImport.code == code).with_for_update()).one()
    if row.state != ImportState.WAITING:
        raise _Settled
    _write(row, ImportState.DONE, outcome_of(reading, report))
    record(actor, "import.done", "programme_import", code, week_id=row.week_id)


def _verdict(reading: Reading, report: Report) -> ImportState:
    return ImportState.WRONG if reading.faults or report.problems else ImportState.CHECKED


def _settle(code: str, state: ImportState, outcome: dict[str, Any]) -> None:
    with transaction():
        row = db.session.scalars(select(ProgrammeImport).where(ProgrammeImport.code == code)).one()
        if row.state in (ImportState.CHECKING, ImportState.WAITING):
            _write(row, state, outcome)
            record(SYSTEM, "import.settle", "programme_import", code, week_id=row.week_id, state=str(state))


def _write(row: ProgrammeImport, state: ImportState, outcome: dict[str, Any]) -> None:
    row.state, row.outcome = state, outcome
    row.done_at = None if state == ImportState.CHECKED else now()
    forget_progress(row.file)


def _actor(own: ProgrammeImport) -> Actor:
    """Return who brought the file, with the rights that they have now.

    Raises: Refusal permission.denied.
    """
    if own.user_id is None:
        return SYSTEM
    actor = find_actor(own.user_id, own.epoch)
    if actor is None:
        raise Refusal("permission.denied", verb=str(Verb.PROGRAMME_EDIT))
    return actor


def _require(actor: Actor, week_id: int) -> None:
    require(actor, Verb.MASTERS_EDIT)
    require(actor, Verb.PROGRAMME_EDIT, week_id)
