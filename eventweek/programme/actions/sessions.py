"""Verbs of sessions and series."""

from collections.abc import Mapping
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
from eventweek.programme.actions.verbs import Parts, editable_week, shelve
from eventweek.programme.actions.writing import Check, Values, change, keep, make, refuse_stale, told
from eventweek.programme.enums import PermitStatus, SeriesKind
from eventweek.programme.models import Series, Session, SessionRelation, Week
from eventweek.programme.queries.directory import Directory
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.checks import crowded, is_locked, misplaced, outgrown, ring, window
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
        session = make_session(week, values, directory, actor=actor, source_key=f"desk:{random_code()}")
        _require_reach(actor, session)
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
        directory = Directory(week.id, zone=week.timezone)
        old, locked = values_of(SESSION, session), is_locked(session.permit_status)
        changes = change(SESSION, session, values, directory, check=check_session(week), version=version, actor=actor)
        grown = outgrown(old, old | {name: new for name, (_old, new) in changes.items()}) if locked else []
        reason = clean_line(override, 300)
        _require_reach(actor, session)
        if grown and not reason:
            raise Refusal("permit.locked", fields=grown)
        if changes:
            why = {"override": reason} if grown else {}
            record(actor, "session.edit", "session", code, week_id=week.id, **told(SESSION, changes), **why)
    return session


def cancel_session(code: str, *, reason: Bilingual, actor: Actor, version: int | None = None) -> Session:
    """Mark a session as cancelled; the public learns of it by the next release. A second call changes nothing.

    Raises: Refusal permission.denied, session.not_found, week.archived, version.stale, text.too_long; Invalid.
    """
    with transaction():
        session, week = locked_session(code, actor)
        refuse_stale(session, version)
        if session.cancelled_at is None:
            own = Bilingual(clean_line(reason.zh, 300), clean_line(reason.en, 300))
            if not own.zh and not own.en:
                raise Invalid([FieldError("reason_zh", "field.one_language")])
            session.cancelled_at, session.cancel_reason = now(), own
            db.session.flush()
            reasons = {"cancel_reason_zh": ["", own.zh], "cancel_reason_en": ["", own.en]}
            keep(actor, "cancel", SESSION, session, {"cancelled": [False, True], **reasons})
            record(actor, "session.cancel", "session", code, week_id=week.id, reason=own.zh or own.en)
    return session


def restore_session(code: str, *, actor: Actor, version: int | None = None) -> Session:
    """Take a cancellation or an archiving back. A second call changes nothing.

    Raises: Refusal permission.denied, session.not_found, week.archived, version.stale.
    """
    with transaction():
        session, week = locked_session(code, actor)
        refuse_stale(session, version)
        if session.cancelled_at or session.archived_at:
            was = {"cancelled": [bool(session.cancelled_at), False], "archived": [bool(session.archived_at), False]}
            session.cancelled_at, session.archived_at, session.cancel_reason = None, None, Bilingual("", "")
            db.session.flush()
            keep(actor, "restore", SESSION, session, {name: pair for name, pair in was.items() if pair[0]})
            record(actor, "session.restore", "session", code, week_id=week.id)
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


def make_session(
    week: Week, values: Mapping[str, object], directory: Directory, *, actor: Actor, **identity: Any
) -> Session:
    """Add a session inside the caller's transaction.

    Raises: Invalid.
    """
    identity.setdefault("uid", f"{uuid4()}@{week.code}.eventweek")
    check = check_session(week)
    identity |= {"week_id": week.id}
    session: Session = make(SESSION, values, directory, check=check, fill=_from_kind, actor=actor, **identity)
    return session


def check_session(week: Week) -> Check:
    """Return the rules of a session in its week: days, tags of single sets, rings of relations."""
    alone = check_alone(week)

    def check(whole: Values, row: Any, directory: Directory) -> list[FieldError]:
        return alone(whole, row, directory) + _circular(week.id, whole, row, directory)

    return check


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
    week_id = db.session.scalar(select(Session.week_id).where(Session.code == code))
    if week_id is None:
        raise Refusal("session.not_found")
    require(actor, Verb.PROGRAMME_EDIT, week_id)
    week = editable_week(week_id)
    session = db.session.scalars(select(Session).where(Session.code == code)).one()
    _require_reach(actor, session)
    return session, week


def _require_reach(actor: Actor, session: Session) -> None:
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


def _circular(week_id: int, whole: Values, row: Any, directory: Directory) -> list[FieldError]:
    errors = []
    own: dict[str, list[tuple[int, int]]] = {"after": [], "sync_with": []}
    for n, entry in enumerate(whole["relations"]):
        other = directory.find("session", entry["other"])
        if other is row:
            errors.append(FieldError(f"relations.{n}.other", "relation.self"))
        own[entry["kind"]].append((row.id or 0, other.id))
    if errors or not whole["relations"] or row.id is None:
        return errors
    with db.session.no_autoflush:
        query = select(SessionRelation.session_id, SessionRelation.other_id, SessionRelation.kind)
        for one, two, kind in db.session.execute(query.where(SessionRelation.week_id == week_id)):
            if one != row.id:
                own[kind].append((one, two))
        waiting = ring(own["after"], own["sync_with"])
        names = db.session.scalars(select(Session).where(Session.id.in_(waiting)).order_by(Session.id).limit(4))
        told = [session.title for session in names]
    titles = Bilingual("、".join(t.best("zh")[0] for t in told), ", ".join(t.best("en")[0] for t in told))
    return [FieldError("relations", "relation.ring", {"sessions": titles})] if waiting else []
