"""Change many sessions at once: plan (nothing of them changes yet), apply, undo; each all in one transaction."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.actions.sessions import check_alone
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.actions.writing import Changes, foresee, put, told, unknown
from eventweek.programme.models import BulkChange, Session, Week
from eventweek.programme.queries.bulk import list_whole_sessions
from eventweek.programme.queries.directory import Directory
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.bulk import MOST, Wish, understood, wished
from eventweek.programme.rules.checks import is_locked, outgrown
from eventweek.programme.rules.scopes import reaches
from eventweek.programme.rules.subjects import SESSION
from eventweek.programme.rules.values import plain

Edit = tuple[Session, Changes]
KEPT = timedelta(days=1)
"""How long a preview that nobody applied stays."""


def plan_bulk(week_id: int, codes: Collection[str], given: Mapping[str, object], *, actor: Actor) -> BulkChange:
    """Keep what a wish would change in each of these sessions, and why not; no session changes.

    Raises: Refusal permission.denied, week.not_found, week.archived; Invalid session.unknown, bulk.nothing,
        bulk.nobody, bulk.too_many, and what is wrong with the values of the wish.
    """
    with transaction():
        require(actor, Verb.PROGRAMME_EDIT, week_id)
        week = editable_week(week_id)
        wish, errors = understood(given)
        directory = Directory(week.id, zone=week.timezone)
        for values in (wish.set, wish.add):
            errors += unknown(SESSION, dict(values), {}, directory)
        if errors:
            raise Invalid(errors)
        sessions = _chosen(week, codes)
        rows = [_foreseen(session, wish, week, directory, actor) for session in sessions]
        bulk = _kept(week, wish, rows, actor)
    return bulk


def apply_bulk(week_id: int, code: str, *, actor: Actor) -> BulkChange:
    """Change every session as it was planned. A second call changes nothing.

    Raises: Refusal permission.denied, week.not_found, week.archived, bulk.not_found; bulk.stale where a session is no
        longer what was planned for: then nothing changes.
    """
    with transaction():
        bulk, week = _locked(week_id, code, actor)
        if bulk.applied_at is None:
            rows = [row for row in bulk.rows if row["changes"]]
            new = {row["code"]: {name: pair[1] for name, pair in row["changes"].items()} for row in rows}
            edits, stale = _settle(week, rows, new, actor)
            if stale:
                raise Refusal("bulk.stale", count=len(stale), sessions=stale)
            _write(week, edits, bulk, actor)
            after = {session.code: session.version for session, _changes in edits}
            bulk.rows = [row | ({"after": after[row["code"]]} if row["code"] in after else {}) for row in bulk.rows]
            bulk.applied_at = now()
            record(actor, "bulk.apply", "bulk_change", bulk.code, week_id=week.id, sessions=len(edits))
    return bulk


def undo_bulk(week_id: int, code: str, *, actor: Actor, rest: bool = False) -> BulkChange:
    """Give every session of an applied change its old values back. A second call changes nothing.

    `rest`: leave out the sessions that somebody has changed since, instead of refusing all.
    Raises: Refusal permission.denied, week.not_found, week.archived, bulk.not_found, bulk.not_applied,
        bulk.changed_since: then nothing changes.
    """
    with transaction():
        bulk, week = _locked(week_id, code, actor)
        if bulk.applied_at is None:
            raise Refusal("bulk.not_applied")
        if bulk.undone_at is None:
            rows = [row for row in bulk.rows if row["changes"]]
            old = {row["code"]: {name: pair[0] for name, pair in row["changes"].items()} for row in rows}
            edits, touched = _settle(week, rows, old, actor)
            if touched and not rest:
                raise Refusal("bulk.changed_since", count=len(touched), sessions=touched)
            _write(week, edits, bulk, actor)
            bulk.rows = [row | {"left": row["code"] in touched} for row in bulk.rows]
            bulk.undone_at = now()
            record(actor, "bulk.undo", "bulk_change", bulk.code, week_id=week.id, sessions=len(edits), left=touched)
    return bulk


def _chosen(week: Week, codes: Collection[str]) -> list[Session]:
    if not codes:
        raise Invalid([FieldError("sessions", "bulk.nobody")])
    if len(codes) > MOST:
        raise Invalid([FieldError("sessions", "bulk.too_many", {"most": f"{MOST:,}"})])
    if not all(code.isascii() and code.isalnum() for code in codes):
        raise Invalid([FieldError("sessions", "session.unknown")])
    sessions = list_whole_sessions(week.id, set(codes))
    if len(sessions) < len(set(codes)):
        raise Invalid([FieldError("sessions", "session.unknown")])
    return sessions


def _foreseen(session: Session, wish: Wish, week: Week, directory: Directory, actor: Actor) -> dict[str, Any]:
    """Return the row of a session: what changes, or why nothing may."""
    old = values_of(SESSION, session, directory)
    changes, why = _edit(session, wished(wish, old), week, directory, actor)
    return {
        "code": session.code,
        "version": session.version,
        "changes": {} if why else told(SESSION, changes),
        "why": [[error.code, error.facts] for error in why],
    }


def _edit(
    session: Session, given: Mapping[str, Any], week: Week, directory: Directory, actor: Actor
) -> tuple[Changes, list[FieldError]]:
    """Return what differs, and what stands against it: the same rules as for one session."""
    if session.archived_at:
        return {}, [FieldError("session", "bulk.archived")]
    tracks = {session.track.code if session.track else "", given.get("track", "") or ""} if "track" in given else None
    if not _reaches(actor, session, tracks):
        return {}, [FieldError("session", "bulk.out_of_reach")]
    try:
        changes = foresee(SESSION, session, given, directory, check=check_alone(week))
    except Invalid as invalid:
        return {}, invalid.errors
    if is_locked(session.permit_status):
        old = values_of(SESSION, session, directory)
        if outgrown(old, old | {name: new for name, (_old, new) in changes.items()}):
            return changes, [FieldError("session", "permit.locked")]
    return changes, []


def _reaches(actor: Actor, session: Session, tracks: set[str] | None) -> bool:
    city, own = session.city.code if session.city else "", session.track.code if session.track else ""
    return all(
        reaches(actor, Verb.PROGRAMME_EDIT, session.week_id, city=city, track=track) for track in tracks or {own}
    )


def _kept(week: Week, wish: Wish, rows: list[dict[str, Any]], actor: Actor) -> BulkChange:
    old = delete(BulkChange).where(BulkChange.applied_at.is_(None), BulkChange.made_at < now() - KEPT)
    db.session.execute(old)
    told_rows = [row for row in rows if row["changes"] or row["why"]]
    bulk = BulkChange(
        week_id=week.id,
        actor=actor.label,
        made_at=now(),
        stay=len(rows) - len(told_rows),
        wish=plain(asdict(wish)),
        rows=told_rows,
    )
    db.session.add(bulk)
    db.session.flush()
    return bulk


def _locked(week_id: int, code: str, actor: Actor) -> tuple[BulkChange, Week]:
    require(actor, Verb.PROGRAMME_EDIT, week_id)
    week = editable_week(week_id)
    query = select(BulkChange).where(BulkChange.week_id == week_id, BulkChange.code == code).with_for_update()
    bulk = db.session.scalar(query)
    if bulk is None:
        raise Refusal("bulk.not_found")
    return bulk, week


def _settle(
    week: Week, rows: list[dict[str, Any]], given: dict[str, dict[str, Any]], actor: Actor
) -> tuple[list[Edit], list[str]]:
    """Return the edits that give sessions these values, and the codes of those that are not as they were left."""
    directory = Directory(week.id, zone=week.timezone)
    found = {session.code: session for session in list_whole_sessions(week.id, list(given))}
    edits, touched = [], []
    for row in rows:
        session = found.get(row["code"])
        if session is None or session.version != row.get("after", row["version"]):
            touched.append(row["code"])
            continue
        changes, why = _edit(session, given[session.code], week, directory, actor)
        if why:
            touched.append(session.code)
        elif changes:
            edits.append((session, changes))
    return edits, touched


def _write(week: Week, edits: list[Edit], bulk: BulkChange, actor: Actor) -> None:
    if not edits:
        return
    put(SESSION, edits, Directory(week.id, zone=week.timezone), actor)
    for session, changes in edits:
        record(
            actor, "session.edit", "session", session.code, week_id=week.id, bulk=bulk.code, **told(SESSION, changes)
        )
