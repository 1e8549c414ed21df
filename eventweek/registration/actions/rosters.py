"""Lists of people as a kind of file: sealed while they wait, registered as one, gone at once after."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import SYSTEM, Actor
from eventweek.imports.actions import Imports, Wrong
from eventweek.imports.enums import ImportState
from eventweek.imports.outcome import Outcome, kept
from eventweek.kernel import files
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.keys import contact_hash
from eventweek.kernel.progress import note_progress
from eventweek.kernel.sealing import seal
from eventweek.kernel.tables import read_tables
from eventweek.kernel.text import clean_line
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.models import Week
from eventweek.registration.actions.enrolling import Terms, count_fates, enrol, look_through
from eventweek.registration.enrolling import Told
from eventweek.registration.enums import ConsentOrigin, Fate
from eventweek.registration.models import Roster
from eventweek.registration.queries.rosters import lines_of, packed, place_of
from eventweek.registration.rosters import LARGEST, Line, read_roster

SEALED_FOR = timedelta(days=1)
"""How long the rows of a list wait for a word."""


def _allow(actor: Actor, week_id: int) -> None:
    require(actor, Verb.REGISTRATIONS_EDIT, week_id)


_ROSTERS = Imports(Roster, "rosters.run", _allow, keeps=False)
confirm_roster, discard_roster = _ROSTERS.confirm, _ROSTERS.discard


@dataclass(frozen=True)
class Given:
    """What an organiser says with a list: that its people agreed and where, and whether each is written to."""

    consent: bool
    consent_from: str
    consent_note: str
    send: bool = True


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
    lines = read_roster(read_tables(content, name or "list.csv"))
    said = f"eventweek/roster/1/{given.consent_from}/{note}/{given.send}/".encode()
    own = {"consent_from": given.consent_from, "consent_note": note, "send": given.send}
    return _ROSTERS.bring(
        week_id,
        name,
        contact_hash(said + hashlib.sha256(content).digest()),
        lambda code: own | _sealed(lines, code),
        actor=actor,
        rows=len(lines),
        consent=given.consent_from,
        send=given.send,
    )


def run_roster(code: str) -> None:
    """Look through a list or register its people, as far as its state allows; all of it is one transaction."""
    _ROSTERS.carry_on(code, _look, _take)


def note_export(week_id: int, code: str, *, actor: Actor) -> None:
    """Record that somebody took the rows of a list along, with what is wrong beside them.

    Raises: Refusal permission.denied.
    """
    with transaction():
        _allow(actor, week_id)
        record(actor, "roster.export", "roster", code, week_id=week_id)


def purge_rosters() -> int:
    """Delete the rows of lists that nobody confirmed within a day, and lists of 30 days ago; return how many went."""
    with transaction():
        late = Roster.made_at < now() - SEALED_FOR
        stale = db.session.scalars(select(Roster).where(Roster.file.is_not(None), late).with_for_update()).all()
        for own in stale:
            _ROSTERS.end(own, ImportState.DISCARDED, own.outcome)
        deleted = _ROSTERS.drop_old()
        if stale or deleted:
            record(SYSTEM, "roster.purge", "roster", "", emptied=len(stale), deleted=deleted)
    return len(stale) + deleted


def _sealed(lines: Sequence[Line], code: str) -> dict[str, Any]:
    key_id, sealed = seal(packed(lines), place_of(code))
    return {"key_id": key_id, "file": files.keep(sealed)}


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


def _look(own: Roster) -> Outcome:
    week = db.session.get_one(Week, own.week_id)
    return _judged(look_through(week, lines_of(own), actor=_ROSTERS.actor_of(own)))


def _take(own: Roster) -> None:
    code = own.code
    with transaction():
        own = _ROSTERS.waiting(code)
        actor, week = _ROSTERS.actor_of(own), editable_week(own.week_id)
        terms, progress = Terms(own.consent_note, own.send), note_progress(own.file or "")
        outcome = _judged(enrol(week, lines_of(own), terms, actor=actor, progress=progress))
        _ROSTERS.finish(own, outcome, actor, consent=own.consent_from, **outcome["counts"])


def _judged(told: Sequence[Told]) -> Outcome:
    """Return what is told of the rows.

    Raises: Wrong with it, so that the same rows can be put right.
    """
    outcome = {"counts": count_fates(told), "rows": [_row(one) for one in told]}
    if any(one.fate == Fate.WRONG for one in told):
        raise Wrong(outcome)
    return outcome


def _row(own: Told) -> dict[str, Any]:
    row = {"row": own.row, "fate": str(own.fate), "offering": own.offering, "becomes": str(own.becomes)}
    return row | ({"field": own.field, "code": own.code, "facts": kept(own.facts)} if own.code else {})
