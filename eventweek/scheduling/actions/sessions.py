"""Verbs that change a session together with its place or with what is published of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actors import Actor
from eventweek.audit.revisions import differing
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.programme.actions.sessions import (
    amend_session,
    create_session,
    edit_session,
    locked_session,
    restore_session,
)
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.models import Session
from eventweek.programme.queries import get_week
from eventweek.programme.queries.records import get_record
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.subjects import SESSION
from eventweek.programme.rules.values import plain
from eventweek.scheduling.actions.foreseeing import foresee
from eventweek.scheduling.actions.guarding import keeping_rules
from eventweek.scheduling.actions.placements import place_session, unplace_session
from eventweek.scheduling.actions.reaching import movable_session, require_room
from eventweek.scheduling.problems import Problem
from eventweek.scheduling.queries.board import list_problems
from eventweek.scheduling.queries.drafts import find_placement


@dataclass(frozen=True)
class Foresight:
    """What a session would be like: its fields that would differ, as [old, new], and what would be wrong with it."""

    changes: dict[str, list[Any]]
    problems: list[Problem]


@dataclass(frozen=True)
class Place:
    """Where a session shall be: start on the week's clock or as an instant, room by code; `version` as it was seen."""

    start: str
    room: str
    version: int | None


def save_session(
    week_id: int,
    code: str | None,
    values: Mapping[str, object],
    *,
    place: Place,
    version: int | None,
    actor: Actor,
    override: str = "",
) -> Session:
    """Create (`code` None) or change a session and place it, or take its place away where start or room is empty.

    Raises: what create_session, edit_session, place_session and unplace_session raise; Refusal
    rule.blocked; reach.* where it lasts otherwise in a room beyond the actor; nothing is half done.
    """
    with transaction():
        require(actor, Verb.PROGRAMME_EDIT, week_id)
        with keeping_rules(editable_week(week_id)):
            return _saved(week_id, code, values, place=place, version=version, actor=actor, override=override)


def _saved(
    week_id: int,
    code: str | None,
    values: Mapping[str, object],
    *,
    place: Place,
    version: int | None,
    actor: Actor,
    override: str,
) -> Session:
    minutes = db.session.scalar(select(Session.duration_min).where(Session.code == code)) if code else None
    if code is None:
        session = create_session(week_id, values, actor=actor)
    else:
        session = edit_session(code, values, version=version, actor=actor, override=override)
    if session.cancelled_at or session.archived_at:
        return session
    if place.start and place.room:
        place_session(session.code, place.start, place.room, version=place.version, actor=actor, override=override)
    else:
        unplace_session(session.code, version=place.version, actor=actor, override=override)
    if minutes is not None:
        _require_stretch(session, minutes, actor)
    return session


def resize_session(
    code: str,
    minutes: object,
    *,
    version: int | None,
    actor: Actor,
    override: str = "",
    week: str | None = None,
) -> Session:
    """Let a session last so many minutes where it stands; `version` is that of the session (None: whatever stands).

    One with its permit grows only with the reason `override`. `week`: the code of the week that it must belong to.
    Raises: Refusal permission.denied, reach.*, session.not_found, session.off, week.archived, version.stale,
        permit.locked, rule.blocked; Invalid.
    """
    with transaction():
        session, own, placement = movable_session(code, actor)
        if week not in (None, own.code):
            raise Refusal("session.not_found")
        if session.cancelled_at or session.archived_at:
            raise Refusal("session.off")
        if placement:
            require_room(actor, session, placement.room)
        with keeping_rules(own):
            values = {"duration_min": minutes}
            amend_session(session, own, values, version=version, actor=actor, override=override)
    return session


def edit_planned(
    code: str, values: Mapping[str, object], *, version: int | None, actor: Actor, override: str = ""
) -> Session:
    """Change a session where it stands in the plan.

    Raises: what edit_session raises; Refusal rule.blocked, reach.* where it lasts otherwise in a room beyond the actor.
    """
    with transaction():
        session, week = locked_session(code, actor)
        minutes = session.duration_min
        with keeping_rules(week):
            edit_session(code, values, version=version, actor=actor, override=override)
        _require_stretch(session, minutes, actor)
    return session


def restore_planned(code: str, *, actor: Actor, version: int | None = None) -> Session:
    """Take a cancellation or an archiving back: the session stands again where it stood.

    Raises: what restore_session raises; Refusal rule.blocked.
    """
    with transaction():
        _session, week = locked_session(code, actor)
        with keeping_rules(week):
            return restore_session(code, actor=actor, version=version)


def foresee_session(
    week_id: int,
    code: str | None,
    values: Mapping[str, object],
    *,
    place: Place,
    version: int | None,
    actor: Actor,
    override: str = "",
) -> Foresight:
    """Return what a session would be like if it were saved so; it is saved, looked at and undone.

    Raises: what save_session raises.
    """

    def save() -> Foresight:
        before = _told(week_id, code)
        saved = save_session(week_id, code, values, place=place, version=version, actor=actor, override=override)
        return Foresight(differing(before, _told(week_id, saved.code)), problems_of(saved))

    return foresee(save)


def problems_of(session: Session) -> list[Problem]:
    """Return what is wrong with a session in the working plan."""
    return [one for one in list_problems(get_week(session.week_id)) if session.code in one.sessions]


def _require_stretch(session: Session, minutes: int, actor: Actor) -> None:
    """Let a session go on that lasted so many minutes; where it lasts otherwise now, its room must be in reach."""
    placement = find_placement(session.id) if session.duration_min != minutes else None
    if placement:
        require_room(actor, session, placement.room)


def _told(week_id: int, code: str | None) -> dict[str, Any]:
    """Return the values of a session and its place, as plain JSON; empty where there is none yet."""
    if code is None:
        return {}
    session = get_record(SESSION, week_id, code)
    placed = find_placement(session.id)
    place = {"start": placed.start, "room": placed.room.code} if placed else {"start": None, "room": None}
    return dict(plain(values_of(SESSION, session) | place))
