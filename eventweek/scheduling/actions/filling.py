"""A scenario from places that somebody sends by code."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actors import Actor
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.models import Room, Session, Week
from eventweek.programme.rules.checks import localised
from eventweek.programme.rules.values import Flag, Line, Moment, Wrong
from eventweek.scheduling.actions.placements import off_grid
from eventweek.scheduling.actions.scenarios import PlaceRow, create_scenario
from eventweek.scheduling.models import Plan

FIELDS: dict[str, Any] = {
    "session": Line(16),
    "start": Moment(),
    "room": Line(16),
    "pin_time": Flag(),
    "pin_room": Flag(),
}
"""What is sent of a place: codes, a start as an instant or on the week's clock, and what the planner leaves alone."""
Values = dict[str, Any]


def fill_scenario(week_id: int, name: str, rows: Sequence[Mapping[str, object]], *, actor: Actor) -> Plan:
    """Keep places beside the working plan under a name; each row has FIELDS, pins may be left out.

    Raises: what create_scenario raises; Invalid with `placements.3.room` and the like.
    """
    with transaction():
        require(actor, Verb.PLAN_EDIT, week_id)
        week = editable_week(week_id)
        errors: list[FieldError] = []
        cleaned = [_cleaned(number, row, errors) for number, row in enumerate(rows)]
        sessions = select(Session.code, Session.id).where(Session.week_id == week.id)
        rooms = select(Room.code, Room.id).where(Room.archived_at.is_(None))
        known = [{code: own for code, own in db.session.execute(query)} for query in (sessions, rooms)]
        _check(week, cleaned, known, errors)
        if errors:
            raise Invalid(errors)
        return create_scenario(week.id, name, [_placed(week, row, known) for row in cleaned], actor=actor)


def _cleaned(number: int, row: Mapping[str, object], errors: list[FieldError]) -> Values:
    values: Values = {}
    for name, field in FIELDS.items():
        try:
            values[name] = field.clean(row.get(name, field.default))
        except Wrong as wrong:
            errors.append(FieldError(f"placements.{number}.{name}", wrong.error.code, wrong.error.facts))
    return values


def _check(week: Week, rows: Sequence[Values], known: Sequence[Mapping[str, int]], errors: list[FieldError]) -> None:
    """Name what is unknown, twice there, or at a time that a session cannot start."""
    seen: set[str] = set()
    for number, row in enumerate(rows):
        for name, codes in zip(("session", "room"), known, strict=True):
            if name in row and row[name] not in codes:
                code = "reference.unknown" if row[name] else "field.required"
                errors.append(FieldError(f"placements.{number}.{name}", code, {"code": row[name]}))
        if row.get("session") in seen:
            errors.append(FieldError(f"placements.{number}.session", "list.twice", {"value": row["session"]}))
        seen.add(row.get("session", ""))
        if "start" in row:
            start = localised(row["start"], week.timezone)
            faults = off_grid(week, start) if start else [FieldError("start", "field.required")]
            errors += [FieldError(f"placements.{number}.start", fault.code, fault.facts) for fault in faults]


def _placed(week: Week, row: Values, known: Sequence[Mapping[str, int]]) -> PlaceRow:
    sessions, rooms = known
    start = localised(row["start"], week.timezone)
    assert start is not None
    return PlaceRow(sessions[row["session"]], start, rooms[row["room"]], bool(row["pin_time"]), bool(row["pin_room"]))
