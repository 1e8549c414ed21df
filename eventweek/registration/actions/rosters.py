"""Verbs of lists that organisers bring: kept sealed and looked through, confirmed, carried out, gone at once after."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
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
from eventweek.kernel.db import after_commit, db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.jobs import enqueue
from eventweek.kernel.keys import contact_hash
from eventweek.kernel.progress import forget_progress, note_progress
from eventweek.kernel.sealing import seal
from eventweek.kernel.tables import read_tables
from eventweek.kernel.text import clean_line
from eventweek.kernel.tokens import random_code
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.models import Week
from eventweek.programme.queries import find_actor
from eventweek.registration.actions.enrolling import Terms, count_fates, enrol, look_through
from eventweek.registration.enrolling import Told
from eventweek.registration.enums import ConsentOrigin, Fate
from eventweek.registration.models import Roster
from eventweek.registration.queries.rosters import lines_of, packed, place_of
from eventweek.registration.rosters import LARGEST, Line, read_roster
from eventweek.scheduling.enums import ImportState
from eventweek.scheduling.formats.outcome import plain, refused

SEALED_FOR = timedelta(days=1)
"""How long the rows of a list wait for a word."""
KEPT = timedelta(days=30)
RUNNING = (ImportState.CHECKING, ImportState.WAITING)
OPEN = (*RUNNING, ImportState.CHECKED, ImportState.WRONG)


@dataclass(frozen=True)
class Given:
    """What an organiser says with a list: that its people agreed and where, and whether each is written to."""

    consent: bool
    consent_from: str
    consent_note: str
    send: bool = True


class _Wrong(Exception):
    """Ends a transaction in which a row turned out to be wrong: what becomes of each."""

    def __init__(self, told: Sequence[Told]) -> None:
        super().__init__()
        self.told = told


def plan_roster(week_id: int, content: bytes, name: str, given: Given, *, actor: Actor) -> Roster:
    """Keep the rows of a workbook or CSV sealed, and let the worker look through them; nobody is registered yet.

    The same bytes with the same words lead to the list that is still open.
    Raises: Refusal permission.denied, week.not_found, week.archived, import.empty, import.too_large, table.…,
        roster.no_heads, roster.empty, roster.too_many, file.disk_full; Invalid at `consent`, `consent_from`,
        `consent_note`.
    """
    if not content:
        raise Refusal("import.empty")
    if len(content) > LARGEST:
        raise Refusal("import.too_large", longest=LARGEST // 1_000_000)
    note = _read_given(given)
    code, lines = random_code(), read_roster(read_tables(content, name or "list.csv"))
    said = f"eventweek/roster/1/{given.consent_from}/{note}/{given.send}/".encode()
    digest = contact_hash(said + hashlib.sha256(content).digest())
    with transaction():
        require(actor, Verb.REGISTRATIONS_EDIT, week_id)
        week = editable_week(week_id)
        query = select(Roster).where(Roster.week_id == week.id, Roster.digest == digest, Roster.actor == actor.label)
        if found := db.session.scalar(query.where(Roster.state.in_((*RUNNING, ImportState.CHECKED))).limit(1)):
            return found
        made = _made(week, code, lines, given, actor)
        made.name, made.digest, made.consent_note = clean_line(name[-400:], 400)[-120:], digest, note
        db.session.add(made)
        enqueue("rosters.run", code=code)
        facts = {"rows": len(lines), "consent": given.consent_from, "send": given.send}
        record(actor, "roster.plan", "roster", code, week_id=week.id, **facts)
    return made


def confirm_roster(week_id: int, code: str, *, actor: Actor) -> Roster:
    """Let the worker register the people of a list. A second call changes nothing.

    Raises: Refusal permission.denied, week.not_found, week.archived, roster.not_found, roster.not_ready; roster.busy
        while another list of this week is carried out.
    """
    with transaction():
        own = _locked(week_id, code, actor)
        if own.state in (ImportState.WAITING, ImportState.DONE):
            return own
        if own.state != ImportState.CHECKED:
            raise Refusal("roster.not_ready")
        own.state = ImportState.WAITING
        try:
            db.session.flush()
        except IntegrityError:
            raise Refusal("roster.busy") from None
        enqueue("rosters.run", code=code)
        record(actor, "roster.confirm", "roster", code, week_id=week_id)
    return own


def discard_roster(week_id: int, code: str, *, actor: Actor) -> Roster:
    """Delete the rows of a list that has not been carried out. A second call changes nothing.

    Raises: Refusal permission.denied, week.not_found, week.archived, roster.not_found.
    """
    with transaction():
        own = _locked(week_id, code, actor)
        if own.state in OPEN:
            _end(own, ImportState.DISCARDED, {})
            record(actor, "roster.discard", "roster", code, week_id=week_id)
    return own


def run_roster(code: str) -> None:
    """Look through a list or register its people, as far as its state allows; all of it is one transaction.

    A worker that is killed in the middle leaves nothing of it, and the next one starts again.
    """
    own = db.session.scalar(select(Roster).where(Roster.code == code))
    if own is None or own.state not in RUNNING:
        return
    try:
        if own.state == ImportState.WAITING:
            _take_in(code)
        else:
            told = look_through(db.session.get_one(Week, own.week_id), lines_of(own), actor=_actor(own))
            _settle(code, told)
    except _Wrong as wrong:
        _settle(code, wrong.told)
    except Refusal as refusal:
        _fail(code, refusal)


def note_export(week_id: int, code: str, *, actor: Actor) -> None:
    """Record that somebody took the rows of a list along, with what is wrong beside them.

    Raises: Refusal permission.denied.
    """
    with transaction():
        require(actor, Verb.REGISTRATIONS_EDIT, week_id)
        record(actor, "roster.export", "roster", code, week_id=week_id)


def purge_rosters() -> int:
    """Delete the rows of lists that nobody confirmed within a day, and lists of 30 days ago; return how many went."""
    with transaction():
        late = Roster.made_at < now() - SEALED_FOR
        stale = db.session.scalars(select(Roster).where(Roster.file.is_not(None), late).with_for_update()).all()
        for own in stale:
            _end(own, ImportState.DISCARDED, {})
        old = db.session.scalars(select(Roster).where(Roster.made_at < now() - KEPT)).all()
        for own in old:
            db.session.delete(own)
        if stale or old:
            record(SYSTEM, "roster.purge", "roster", "", emptied=len(stale), deleted=len(old))
    return len(stale) + len(old)


def _made(week: Week, code: str, lines: Sequence[Line], given: Given, actor: Actor) -> Roster:
    user = find_user(actor.id) if actor.id else None
    key_id, sealed = seal(packed(lines), place_of(code))
    return Roster(
        code=code,
        week_id=week.id,
        actor=actor.label,
        user_id=actor.id,
        epoch=user.epoch if user else 0,
        file=files.keep(sealed),
        key_id=key_id,
        consent_from=given.consent_from,
        send=given.send,
        state=ImportState.CHECKING,
        outcome={},
        made_at=now(),
    )


def _read_given(given: Given) -> str:
    errors, note = [], ""
    if not given.consent:
        errors.append(FieldError("consent", "roster.consent"))
    if given.consent_from not in list(ConsentOrigin):
        errors.append(FieldError("consent_from", "roster.consent_from"))
    try:
        note = clean_line(given.consent_note, 200)
        errors += [] if note else [FieldError("consent_note", "field.required")]
    except Refusal as refusal:
        errors.append(FieldError("consent_note", refusal.code, refusal.facts))
    if errors:
        raise Invalid(errors)
    return note


def _locked(week_id: int, code: str, actor: Actor) -> Roster:
    require(actor, Verb.REGISTRATIONS_EDIT, week_id)
    week = editable_week(week_id)
    found = select(Roster).where(Roster.week_id == week.id, Roster.code == code).with_for_update()
    own = db.session.scalar(found.execution_options(populate_existing=True))
    if own is None:
        raise Refusal("roster.not_found")
    return own


def _take_in(code: str) -> None:
    with transaction():
        own = db.session.scalars(select(Roster).where(Roster.code == code).with_for_update()).one()
        if own.state != ImportState.WAITING or own.file is None:
            return
        actor, week = _actor(own), editable_week(own.week_id)
        terms = Terms(own.consent_note, own.send)
        told = enrol(week, lines_of(own), terms, actor=actor, progress=note_progress(own.file))
        if any(one.fate == Fate.WRONG for one in told):
            raise _Wrong(told)
        counts = count_fates(told)
        _end(own, ImportState.DONE, {"counts": counts, "rows": [_row(one) for one in told]})
        record(actor, "roster.done", "roster", code, week_id=own.week_id, consent=own.consent_from, **counts)


def _settle(code: str, told: Sequence[Told]) -> None:
    """Keep what was found; what is right waits for a word, what is wrong for the same rows put right."""
    with transaction():
        own = db.session.scalars(select(Roster).where(Roster.code == code).with_for_update()).one()
        if own.state in RUNNING:
            counts = count_fates(told)
            own.state = ImportState.WRONG if counts.get(Fate.WRONG) else ImportState.CHECKED
            own.outcome = {"counts": counts, "rows": [_row(one) for one in told]}
            record(SYSTEM, "roster.settle", "roster", code, week_id=own.week_id, state=str(own.state))


def _fail(code: str, refusal: Refusal) -> None:
    with transaction():
        own = db.session.scalars(select(Roster).where(Roster.code == code).with_for_update()).one()
        if own.state in RUNNING:
            _end(own, ImportState.FAILED, refused(refusal))
            record(SYSTEM, "roster.settle", "roster", code, week_id=own.week_id, state=str(own.state))


def _end(own: Roster, state: ImportState, outcome: dict[str, Any]) -> None:
    """Close a list; its rows go with the commit."""
    if own.file is not None:
        after_commit(partial(_drop, own.file))
    own.state, own.outcome, own.file, own.done_at = state, outcome or own.outcome, None, now()


def _drop(file: str) -> None:
    forget_progress(file)
    files.drop(file)


def _row(own: Told) -> dict[str, Any]:
    kept = {"row": own.row, "fate": str(own.fate), "offering": own.offering, "becomes": str(own.becomes)}
    wrong = {"field": own.field, "code": own.code, "facts": {name: plain(fact) for name, fact in own.facts.items()}}
    return kept | (wrong if own.code else {})


def _actor(own: Roster) -> Actor:
    """Return who brought the list, with the rights that they have now.

    Raises: Refusal permission.denied.
    """
    actor = SYSTEM if own.user_id is None else find_actor(own.user_id, own.epoch)
    if actor is None:
        raise Refusal("permission.denied", verb=str(Verb.REGISTRATIONS_EDIT))
    require(actor, Verb.REGISTRATIONS_EDIT, own.week_id)
    return actor
