"""Scenarios: the plans of a week beside the working plan, what they hold, and how two of them differ."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import Kind, Room, Session, Venue, Week
from eventweek.programme.rules.checks import is_locked
from eventweek.scheduling.enums import Level
from eventweek.scheduling.models import Placement, Plan
from eventweek.scheduling.moves import Move, Promotion, Spot, Subject, moves
from eventweek.scheduling.problems import Problem
from eventweek.scheduling.queries.board import map_problems

Spots = Mapping[int, Spot]
"""Places by session id."""


@dataclass(frozen=True)
class Scenario:
    """A plan at a glance: sessions placed, how many it has elsewhere than the working plan, problems by level."""

    plan: Plan
    placed: int
    moved: int
    blocking: int
    warnings: int


def list_plans(week_id: int) -> list[Plan]:
    """Return the working plan, where there is one, and the scenarios, the newest first."""
    order = (~Plan.working, Plan.made_at.desc(), Plan.id.desc())
    return list(db.session.scalars(select(Plan).where(Plan.week_id == week_id).order_by(*order)))


def find_plan(week_id: int, code: str) -> Plan | None:
    """Return a plan of a week by its code."""
    return db.session.scalar(select(Plan).where(Plan.week_id == week_id, Plan.code == code))


def get_scenario(week_id: int, code: str) -> Plan:
    """Return a plan of a week that is not the working plan.

    Raises: Refusal scenario.not_found, scenario.working.
    """
    plan = find_plan(week_id, code)
    if plan is None:
        raise Refusal("scenario.not_found")
    if plan.working:
        raise Refusal("scenario.working")
    return plan


def find_working_plan(week_id: int) -> Plan | None:
    """Return the working plan of a week, None before its first session is placed."""
    return db.session.scalar(select(Plan).where(Plan.week_id == week_id, Plan.working))


def glance(
    week: Week, plans: Collection[Plan], problems: Mapping[int, Collection[Problem]] | None = None
) -> list[Scenario]:
    """Return these plans at a glance, in their order and in a constant number of statements.

    `problems`: what is wrong with each, where it has been read.
    """
    working = find_working_plan(week.id)
    ids = {plan.id for plan in plans}
    places = map_spots(ids | ({working.id} if working else set()))
    found, sessions = problems or map_problems(week, ids), list_subjects(week.id)
    now = places.get(working.id, {}) if working else {}
    return [_at_a_glance(plan, sessions, now, places.get(plan.id, {}), found[plan.id]) for plan in plans]


def compare(week_id: int, one: Plan | None, two: Plan | None) -> list[Move]:
    """Return every session that one of two plans places, by its first start; two statements. None is an empty plan."""
    own = [plan.id if plan else 0 for plan in (one, two)]
    places = map_spots(own)
    found = moves(list_subjects(week_id), *(places.get(plan, {}) for plan in own))
    return sorted(found, key=lambda move: (move.first, move.session.id))


def foresee_promotion(week_id: int, working: Plan | None, plan: Plan) -> Promotion:
    """Return what it changes to put a plan in place of the working one, in three statements."""
    every = compare(week_id, working, plan)
    rooms = select(Room.id).where(
        Room.id.in_({m.after.room_id for m in every if m.after}), Room.archived_at.is_not(None)
    )
    return Promotion(plan.id, every, frozenset(db.session.scalars(rooms)))


def map_spots(plans: Collection[int]) -> dict[int, dict[int, Spot]]:
    """Return the places of these plans (ids) by session id, in one statement."""
    P = Placement.__table__.c
    columns = (P.plan_id, P.session_id, P.start, P.room_id, P.pin_time, P.pin_room, P.version)
    places: dict[int, dict[int, Spot]] = {}
    for plan, session, *spot in db.session.execute(select(*columns).where(P.plan_id.in_(plans))).all():
        places.setdefault(plan, {})[session] = Spot(*spot)
    return places


def list_subjects(week_id: int) -> list[Subject]:
    """Return every session of a week by id, in one statement."""
    S = Session.__table__.c
    columns = (S.id, S.code, S.title_zh, S.title_en, Kind.family, S.duration_min, S.permit_status)
    off = S.cancelled_at.is_not(None) | S.archived_at.is_not(None)
    query = select(*columns, off.label("off")).join_from(Session.__table__, Kind.__table__, Kind.id == S.kind_id)
    return [
        Subject(
            id=row.id,
            code=row.code,
            title=Bilingual(row.title_zh, row.title_en),
            family=row.family,
            minutes=row.duration_min,
            locked=is_locked(row.permit_status),
            off=bool(row.off),
        )
        for row in db.session.execute(query.where(S.week_id == week_id).order_by(S.id)).all()
    ]


def map_rooms(ids: Collection[int]) -> dict[int, Room]:
    """Return rooms with their venues by id, in one statement."""
    query = select(Room).where(Room.id.in_(ids)).options(joinedload(Room.venue).joinedload(Venue.city))
    return {room.id: room for room in db.session.scalars(query)}


def list_scenarios_in(room: str) -> list[str]:
    """Return the names of the scenarios that use a room (code), none where a working plan uses it too."""
    query = select(Plan.name, Plan.working).join(Placement, Placement.plan_id == Plan.id).join(Placement.room)
    rows = db.session.execute(query.where(Room.code == room).distinct().order_by(Plan.name)).all()
    return [] if any(row.working for row in rows) else [row.name for row in rows]


def map_latest_versions(week_id: int) -> dict[int, int]:
    """Return the highest version that the place of a session has in any plan of a week, by session id."""
    query = select(Placement.session_id, func.max(Placement.version)).where(Placement.week_id == week_id)
    return {session: version for session, version in db.session.execute(query.group_by(Placement.session_id))}


def _at_a_glance(
    plan: Plan, sessions: Collection[Subject], now: Spots, places: Spots, found: Collection[Problem]
) -> Scenario:
    on, warnings = [own for own in sessions if not own.off], sum(one.level == Level.WARN for one in found)
    return Scenario(
        plan,
        placed=sum(own.id in places for own in on),
        moved=sum(move.is_moved for move in moves(on, now, places)),
        blocking=len(found) - warnings,
        warnings=warnings,
    )
