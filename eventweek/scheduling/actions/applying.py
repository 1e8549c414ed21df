"""Take a plan of the planner in: into the working plan, or beside it under a name."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar, cast

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actors import Actor
from eventweek.kernel.db import AT_ONCE, db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.models import Room, Session, Week
from eventweek.programme.rules.checks import window
from eventweek.scheduling.actions.placements import off_grid, place_session, unplace_session
from eventweek.scheduling.actions.scenarios import PlaceRow, create_scenario
from eventweek.scheduling.models import Placement, Plan
from eventweek.scheduling.planning import Calendar
from eventweek.scheduling.solutions import Solved

M = TypeVar("M", Session, Room)
NAMED = 5
"""How many unknown names a sentence tells."""


@dataclass(frozen=True)
class Applied:
    """How many sessions a plan placed anew, moved, took out, left where they were; `off`: of those that are off."""

    placed: int
    moved: int
    removed: int
    kept: int
    off: int


@dataclass(frozen=True)
class _Landing:
    session: Session
    room: Room
    start: datetime


def apply_solution(week_id: int, solved: Solved, *, actor: Actor) -> Applied:
    """Make the working plan say what a plan says, each session as if by hand. Twice changes nothing.

    Sessions of which the plan says nothing stay as they are, those that are off too.
    Raises: Refusal permission.denied, reach.*, week.not_found, week.archived, solution.unknown, solution.other_week,
        solution.off_days, permit.locked.
    """
    with transaction():
        require(actor, Verb.PLAN_EDIT, week_id)
        week = editable_week(week_id)
        landings, gone, off = _resolved(week, solved)
        have = _placements(week.id, None)
        counts: Counter[str] = Counter()
        for one in landings:
            old = have.get(one.session.id)
            if old and (old.start, old.room_id) == (one.start, one.room.id):
                counts["kept"] += 1
                continue
            version = old.version if old else None
            place_session(one.session.code, one.start, one.room.code, version=version, actor=actor)
            counts["moved" if old else "placed"] += 1
        for session in gone:
            if session.id in have:
                unplace_session(session.code, version=have[session.id].version, actor=actor)
                counts["removed"] += 1
    return Applied(counts["placed"], counts["moved"], counts["removed"], counts["kept"], off)


def keep_solution(week_id: int, solved: Solved, name: str, *, base: int | None = None, actor: Actor) -> Plan:
    """Keep a plan as a scenario; of sessions of which it says nothing the places of another plan stay (None: working).

    Raises: Refusal permission.denied, week.not_found, week.archived, solution.unknown, solution.other_week,
        solution.off_days, scenario.too_many; Invalid scenario.name_taken.
    """
    with transaction():
        require(actor, Verb.PLAN_EDIT, week_id)
        week = editable_week(week_id)
        landings, gone, _off = _resolved(week, solved)
        have = _placements(week.id, base)
        rows = {one.session_id: _row(one) for one in have.values()}
        for landing in landings:
            old = have.get(landing.session.id)
            pins = (old.pin_time, old.pin_room) if old else (False, False)
            rows[landing.session.id] = PlaceRow(landing.session.id, landing.start, landing.room.id, *pins)
        for session in gone:
            rows.pop(session.id, None)
        return create_scenario(week.id, name, rows.values(), actor=actor)


def _row(own: Placement) -> PlaceRow:
    return PlaceRow(own.session_id, own.start, own.room_id, own.pin_time, own.pin_room)


def _placements(week_id: int, plan_id: int | None) -> Mapping[int, Placement]:
    which = Placement.plan_id == plan_id if plan_id else Plan.working
    query = select(Placement).join(Placement.plan).where(Placement.week_id == week_id, which)
    return {own.session_id: own for own in db.session.scalars(query)}


def _resolved(week: Week, solved: Solved) -> tuple[list[_Landing], list[Session], int]:
    """Return who goes where, who has no place, and how many are left alone because they are off."""
    if solved.event not in ("", week.code):
        raise Refusal("solution.other_week", other=solved.event[:40], week=week.code)
    sessions = _by_code(Session, [*(place[0] for place in solved.places), *solved.left])
    rooms = _by_code(Room, [place[1] for place in solved.places])
    strangers = [own for own in sessions.values() if own.week_id != week.id]
    if strangers:
        other = db.session.get_one(Week, strangers[0].week_id)
        raise Refusal("solution.other_week", other=other.code, week=week.code)
    _refuse_unknown(solved, sessions, rooms)
    calendar, landings, off = _calendar(week, solved), [], 0
    for code, room, minute in solved.places:
        session, start = sessions[code], calendar.moment(minute)
        if session.cancelled_at or session.archived_at:
            off += 1
            continue
        if off_grid(week, start):
            raise Refusal("solution.off_days", session=session.title)
        landings.append(_Landing(session, rooms[room], start))
    return landings, [sessions[code] for code in solved.left], off


def _by_code(model: type[M], codes: Iterable[str]) -> dict[str, M]:
    asked, table = sorted(set(codes)), cast(Any, model)
    found: dict[str, M] = {}
    for at in range(0, len(asked), AT_ONCE):
        query = select(table).where(table.code.in_(asked[at : at + AT_ONCE]))
        found |= {own.code: own for own in db.session.scalars(query)}
    return found


def _refuse_unknown(solved: Solved, sessions: Mapping[str, Session], rooms: Mapping[str, Room]) -> None:
    names = [code for code, _room, _minute in solved.places if code not in sessions]
    names += [code for code in solved.left if code not in sessions]
    names += sorted({room for _code, room, _minute in solved.places} - rooms.keys())
    if names:
        raise Refusal("solution.unknown", names="、".join(name[:16] for name in names[:NAMED]))


def _calendar(week: Week, solved: Solved) -> Calendar:
    """Return the calendar whose first day the plan names, else that of the week's own days."""
    try:
        days = {date.fromisoformat(solved.start)}
    except ValueError:
        days = window((row.day for row in week.days), week.first_day, week.last_day)
    return Calendar.over(days, week.timezone)
