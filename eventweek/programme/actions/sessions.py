"""Verbs of sessions and series."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.text import clean_line
from eventweek.kernel.tokens import random_code
from eventweek.programme.actions.relations import Relations
from eventweek.programme.actions.verbs import Parts, editable_week, editable_week_of, shelve
from eventweek.programme.actions.writing import Check, Values, change, keep, make, refuse_stale, told
from eventweek.programme.enums import PermitStatus, SeriesKind
from eventweek.programme.models import Series, Session, Week
from eventweek.programme.queries.directory import Directory
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.checks import crowded, is_locked, misplaced, outgrown, window
from eventweek.programme.rules.scopes import reaches
from eventweek.programme.rules.subjects import SERIES, SESSION

PERMIT_FROM = 1000


def create_session(week_id: int, values: Mapping[str, object], *, actor: Actor) -> Session:
    """Add a session; what is left out comes from its kind. Its UID is fixed here for ever.

    Raises: Refusal permission.denied, week.not_found, week.archived; Invalid.
    """
    with transaction():
        require(actor, Verb.PROGRAMME_EDIT, week_id)
        week = editable_week(week_id)
        directory = Directory(week.id, zone=week.timezone)
        how = fresh_session(week, week_id=week.id, source_key=f"desk:{random_code()}")
        session: Session = make(SESSION, values, directory, actor=actor, **how)
        require_reach(actor, session)
        record(actor, "session.create", "session", session.code, week_id=week.id)
    return session


def edit_session(
    code: str, values: Mapping[str, object], *, version: int | None, actor: Actor, override: str = ""
) -> Session:
    """Change the given fields of the version that the actor has seen (None: whatever stands).

    A session with its safety permit moves or grows only with the reason `override`, which the audit keeps.
    Raises: Refusal permission.denied, session.not_found, week.archived, version.stale, permit.locked; Invalid.
    """
    with transaction():
        session, week = locked_session(code, actor)
        amend_session(session, week, values, version=version, actor=actor, override=override)
        require_reach(actor, session)
    return session


def amend_session(
    session: Session, week: Week, values: Mapping[str, object], *, version: int | None, actor: Actor, override: str = ""
) -> None:
    """Change fields of a locked session for somebody who may, inside the caller's transaction.

    Raises: Refusal version.stale, permit.locked; Invalid.
    """
    directory = Directory(week.id, zone=week.timezone)
    old, locked = values_of(SESSION, session), is_locked(session.permit_status)
    changes = change(SESSION, session, values, directory, check=check_session(week), version=version, actor=actor)
    grown = outgrown(old, old | {name: new for name, (_old, new) in changes.items()}) if locked else []
    reason = clean_line(override, 300)
    if grown and not reason:
        raise Refusal("permit.locked", fields=grown)
    if changes:
        why = {"override": reason} if grown else {}
        record(actor, "session.edit", "session", session.code, week_id=week.id, **told(SESSION, changes), **why)


def cancel_session(code: str, *, reason: Bilingual, actor: Actor, version: int | None = None) -> Session:
    """Mark a session as cancelled; the public learns of it by the next release. A second call changes nothing.

    Raises: Refusal permission.denied, session.not_found, week.archived, version.stale, text.too_long; Invalid.
    """
    with transaction():
        session, _week = locked_session(code, actor)
        refuse_stale(session, version)
        if session.cancelled_at is None:
            own = Bilingual(clean_line(reason.zh, 300), clean_line(reason.en, 300))
            if not own.zh and not own.en:
                raise Invalid([FieldError("reason_zh", "field.one_language")])
            call_off([session], own, actor)
    return session


def restore_session(code: str, *, actor: Actor, version: int | None = None) -> Session:
    """Take a cancellation or an archiving back. A second call changes nothing.

    Raises: Refusal permission.denied, session.not_found, week.archived, version.stale.
    """
    with transaction():
        session, _week = locked_session(code, actor)
        refuse_stale(session, version)
        bring_back([session], actor)
    return session


def archive_session(code: str, *, actor: Actor, version: int | None = None) -> Session:
    """Take a session out of the working programme; if it was published, the next release cancels it.

    Raises: Refusal permission.denied, session.not_found, week.archived, version.stale.
    """
    with transaction():
        session, week = locked_session(code, actor)
        refuse_stale(session, version)
        if shelve(SESSION, session, True, actor):
            record(actor, "session.archive", "session", code, week_id=week.id)
    return session


def call_off(sessions: Sequence[Session], reason: Bilingual, actor: Actor) -> None:
    """Cancel sessions that are on, inside the caller's transaction."""
    for session in sessions:
        session.cancelled_at, session.cancel_reason = now(), reason
    db.session.flush()
    reasons = {"cancel_reason_zh": ["", reason.zh], "cancel_reason_en": ["", reason.en]}
    for session in sessions:
        keep(actor, "cancel", SESSION, session, {"cancelled": [False, True], **reasons})
        told_why = reason.zh or reason.en
        record(actor, "session.cancel", "session", session.code, week_id=session.week_id, reason=told_why)


def bring_back(sessions: Sequence[Session], actor: Actor) -> None:
    """Take back what cancels or archives these sessions, inside the caller's transaction."""
    off = [session for session in sessions if session.cancelled_at or session.archived_at]
    was = [{"cancelled": bool(session.cancelled_at), "archived": bool(session.archived_at)} for session in off]
    for session in off:
        session.cancelled_at, session.archived_at, session.cancel_reason = None, None, Bilingual("", "")
    db.session.flush()
    for session, old in zip(off, was, strict=True):
        keep(actor, "restore", SESSION, session, {name: [True, False] for name, held in old.items() if held})
        record(actor, "session.restore", "session", session.code, week_id=session.week_id)


def fresh_session(week: Week, **known: Any) -> dict[str, Any]:
    """Return how a new session of the week is made: its rules, what its kind gives it, its UID for ever."""
    return {"check": check_session(week), "fill": _from_kind, "uid": f"{uuid4()}@{week.code}.eventweek"} | known


def check_session(week: Week, relations: Relations | None = None) -> Check:
    """Return the rules of a session in its week: days, tags of single sets, rings of relations."""
    alone, own = check_alone(week), relations or Relations(week.id)

    def check(whole: Values, row: Any, directory: Directory) -> list[FieldError]:
        return alone(whole, row, directory) + own.faults(row, named_others(whole, directory))

    return check


def named_others(whole: Values, directory: Directory) -> list[tuple[str, Session]]:
    """Return the relations among a session's values as (kind, the other session)."""
    return [(entry["kind"], directory.find("session", entry["other"])) for entry in whole["relations"]]


def check_alone(week: Week) -> Check:
    """Return the rules of a session in its week as long as its relations stay: days, tags of single sets."""
    allowed = window((entry.day for entry in week.days), week.first_day, week.last_day)

    def check(whole: Values, _row: Any, directory: Directory) -> list[FieldError]:
        tags = [directory.find("tag", reference) for reference in whole["tags"]]
        return misplaced(whole, allowed, week.timezone) + crowded((tag.set.code, tag.set.single) for tag in tags)

    return check


def check_series(whole: Values, _row: Any, _directory: Directory) -> list[FieldError]:
    """Ask for places 1, 2, 3 ... where the sessions of a series follow each other."""
    places = sorted(member["position"] for member in whole["members"])
    if whole["kind"] == SeriesKind.LINKED and places != list(range(1, len(places) + 1)):
        return [FieldError("members", "series.places")]
    return []


_SERIES = Parts(SERIES, Series, Verb.PROGRAMME_EDIT, check_series)
create_series, edit_series, delete_series = _SERIES.create, _SERIES.edit, _SERIES.delete
archive_series, restore_series = _SERIES.archive, _SERIES.restore


def locked_session(code: str, actor: Actor) -> tuple[Session, Week]:
    """Return a session and its locked week for a change that the actor may make; inside the caller's transaction.

    Raises: Refusal permission.denied, session.not_found, week.archived.
    """
    session, week = session_for(code, Verb.PROGRAMME_EDIT, actor)
    require_reach(actor, session)
    return session, week


def session_for(code: str, verb: Verb, actor: Actor) -> tuple[Session, Week]:
    """Return a session and its locked week for who may do this somewhere in it; how far they reach is not asked.

    Raises: Refusal permission.denied, session.not_found, week.archived.
    """
    week = editable_week_of(code)
    require(actor, verb, week.id)
    return db.session.scalars(select(Session).where(Session.code == code)).one(), week


def require_reach(actor: Actor, session: Session) -> None:
    """Let the change of a session go on.

    Raises: Refusal permission.denied.
    """
    city, track = session.city.code if session.city else "", session.track.code if session.track else ""
    if not reaches(actor, Verb.PROGRAMME_EDIT, session.week_id, city=city, track=track):
        raise Refusal("permission.denied", verb=str(Verb.PROGRAMME_EDIT))


def _from_kind(whole: Values, given: set[str], directory: Directory) -> None:
    kind = directory.find("kind", whole["kind"] or "")
    if kind is None:
        return
    usual = {"duration_min": kind.default_minutes, "visibility": kind.visibility, "registration": kind.registration}
    whole |= {name: value for name, value in usual.items() if whole[name] in (None, "")}
    if "permit_required" not in given and whole["expected"] >= PERMIT_FROM:
        whole["permit_required"] = True
    if whole["permit_required"] and "permit_status" not in given:
        whole["permit_status"] = str(PermitStatus.NEEDED)
