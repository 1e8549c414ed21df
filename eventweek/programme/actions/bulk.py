"""Change many sessions at once: plan (nothing of them changes yet), apply, undo; each all in one transaction."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
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
from eventweek.programme.actions.writing import Changes, Check, Values, foresee, put, put_columns, told, unknown
from eventweek.programme.models import BulkChange, Week
from eventweek.programme.queries.bulk import list_judged_sessions, list_whole_sessions
from eventweek.programme.queries.directory import Directory
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.bulk import JUDGED, LISTS, MOST, Wish, understood, wished
from eventweek.programme.rules.checks import is_locked, outgrown
from eventweek.programme.rules.scopes import reaches
from eventweek.programme.rules.subjects import SESSION
from eventweek.programme.rules.values import plain

Edit = tuple[Any, Changes]
"""A bare row of a session, and what changes."""
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
        judge = _judge(week, sessions, directory, actor)
        rows = [_foreseen(session, wish, judge) for session in sessions]
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


def _chosen(week: Week, codes: Collection[str]) -> list[Any]:
    if not codes:
        raise Invalid([FieldError("sessions", "bulk.nobody")])
    if len(codes) > MOST:
        raise Invalid([FieldError("sessions", "bulk.too_many", {"most": f"{MOST:,}"})])
    if not all(code.isascii() and code.isalnum() for code in codes):
        raise Invalid([FieldError("sessions", "session.unknown")])
    sessions = list_judged_sessions(week.id, set(codes))
    if len(sessions) < len(set(codes)):
        raise Invalid([FieldError("sessions", "session.unknown")])
    return sessions


def _foreseen(session: Any, wish: Wish, judge: "_Judge") -> dict[str, Any]:
    """Return the row of a session: what changes, or why nothing may."""
    old = values_of(JUDGED, session)
    changes, why = judge.edit(session, old, wished(wish, old))
    return {
        "code": session.code,
        "version": session.version,
        "changes": {} if why else told(JUDGED, changes),
        "why": [[error.code, error.facts] for error in why],
    }


def _judge(week: Week, sessions: Collection[Any], directory: Directory, actor: Actor) -> "_Judge":
    directory.load("tag", {directory.reference("tag", tag) for session in sessions for tag in session.tags})
    return _Judge(actor, directory, check_alone(week))


@dataclass(frozen=True)
class _Judge:
    """Who changes sessions, what the values refer to, and the rules of the week: the same as for one session."""

    actor: Actor
    directory: Directory
    check: Check

    def edit(self, session: Any, old: Values, given: Mapping[str, Any]) -> tuple[Changes, list[FieldError]]:
        """Return what differs from the `old` values, and what stands against it."""
        if session.archived_at:
            return {}, [FieldError("session", "bulk.archived")]
        if not self._reaches(session, {old["track"], given.get("track", old["track"])}):
            return {}, [FieldError("session", "bulk.out_of_reach")]
        try:
            changes = foresee(JUDGED, session, given, self.directory, check=self.check, old=old)
        except Invalid as invalid:
            return {}, invalid.errors
        new = old | {name: new for name, (_old, new) in changes.items()}
        if is_locked(session.permit_status) and outgrown(old, new):
            return changes, [FieldError("session", "permit.locked")]
        return changes, []

    def _reaches(self, session: Any, tracks: set[str | None]) -> bool:
        city = session.city.code if session.city else ""
        verb, week_id = Verb.PROGRAMME_EDIT, session.week_id
        return all(reaches(self.actor, verb, week_id, city=city, track=track or "") for track in tracks)


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
    found = {session.code: session for session in list_judged_sessions(week.id, list(given))}
    judge = _judge(week, found.values(), Directory(week.id, zone=week.timezone), actor)
    edits, touched = [], []
    for row in rows:
        session = found.get(row["code"])
        if session is None or session.version != row.get("after", row["version"]):
            touched.append(row["code"])
            continue
        changes, why = judge.edit(session, values_of(JUDGED, session), given[session.code])
        if why:
            touched.append(session.code)
        elif changes:
            edits.append((session, changes))
    return edits, touched


def _write(week: Week, edits: list[Edit], bulk: BulkChange, actor: Actor) -> None:
    directory = Directory(week.id, zone=week.timezone)
    listed = {row.code: (row, changes) for row, changes in edits if not changes.keys().isdisjoint(LISTS)}
    put_columns(JUDGED, [edit for edit in edits if edit[0].code not in listed], directory, actor)
    whole = list_whole_sessions(week.id, listed) if listed else []
    if whole:
        put(JUDGED, [(session, listed[session.code][1]) for session in whole], directory, actor)
    for session in whole:
        listed[session.code][0].version = session.version
    for session, changes in edits:
        record(actor, "session.edit", "session", session.code, week_id=week.id, bulk=bulk.code, **told(JUDGED, changes))
