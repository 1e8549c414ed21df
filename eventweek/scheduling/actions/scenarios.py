"""Keep another plan beside the working one under a name, and put it in its place."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, func, insert, select, update

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.audit.revisions import Thread, differing, revise
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.text import clean_line, search_key
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.actions.writing import refuse_stale
from eventweek.programme.models import Room, Session
from eventweek.scheduling.actions.guarding import keeping_rules
from eventweek.scheduling.actions.placements import told_spot, working_plan
from eventweek.scheduling.models import Placement, Plan
from eventweek.scheduling.moves import Move, Promotion, Spot, titles
from eventweek.scheduling.queries.reach import may_change_scenario, why_not_rearrange
from eventweek.scheduling.queries.scenarios import foresee_promotion, get_scenario, map_latest_versions, map_rooms

MOST = 60
"""How many scenarios a week may have."""
LONGEST = 80


class PlaceRow(NamedTuple):
    """A session's place in a plan: ids, start aware in UTC."""

    session_id: int
    start: datetime
    room_id: int
    pin_time: bool = False
    pin_room: bool = False


def create_scenario(week_id: int, name: str, placements: Iterable[PlaceRow] | None, *, actor: Actor) -> Plan:
    """Keep these places beside the working plan under a name; None: a copy of the working plan as it stands.

    Raises: Refusal permission.denied, week.not_found, week.archived, scenario.too_many, scenario.unknown_place;
        Invalid scenario.name_taken.
    """
    with transaction():
        require(actor, Verb.PLAN_EDIT, week_id)
        week = editable_week(week_id)
        scenarios = select(func.count()).select_from(Plan).where(Plan.week_id == week.id, ~Plan.working)
        if (db.session.scalar(scenarios) or 0) >= MOST:
            raise Refusal("scenario.too_many", most=MOST)
        plan = Plan(week_id=week.id, actor=actor.label, made_at=now())
        _name(plan, name)
        db.session.add(plan)
        db.session.flush()
        count = _copy(plan) if placements is None else _fill(plan, list(placements))
        facts = {"name": plan.name, "placed": count, "copy": placements is None}
        record(actor, "scenario.create", "scenario", plan.code, week_id=week.id, **facts)
    return plan


def rename_scenario(week_id: int, code: str, name: str, *, actor: Actor, version: int | None = None) -> Plan:
    """Call a scenario something else.

    Raises: Refusal permission.denied, week.archived, scenario.not_found, scenario.working, version.stale; Invalid
        scenario.name_taken.
    """
    with transaction():
        plan = _own(week_id, code, actor)
        refuse_stale(plan, version)
        old = plan.name
        _name(plan, name)
        if plan.name != old:
            record(actor, "scenario.rename", "scenario", code, week_id=week_id, name=[old, plan.name])
    return plan


def delete_scenario(week_id: int, code: str, *, actor: Actor, version: int | None = None) -> None:
    """Throw a scenario away with all its places.

    Raises: Refusal permission.denied, week.archived, scenario.not_found, scenario.working, version.stale.
    """
    with transaction():
        plan = _own(week_id, code, actor)
        refuse_stale(plan, version)
        record(actor, "scenario.delete", "scenario", code, week_id=week_id, name=plan.name)
        db.session.execute(delete(Plan).where(Plan.id == plan.id))


def promote_scenario(week_id: int, code: str, *, former: str, actor: Actor, seen: int | None = None) -> Plan:
    """Make a scenario the working plan; what was it becomes a scenario called `former`, or that with a number.

    `seen` is the token of what the actor has seen change (None: whatever changes). Nothing is published by it.
    Raises: Refusal permission.denied, reach.*, week.archived, scenario.not_found, scenario.working, version.stale,
        scenario.permit_locked, scenario.room_archived, rule.blocked.
    """
    with transaction():
        require(actor, Verb.PLAN_EDIT, week_id)
        week = editable_week(week_id)
        plan, old = get_scenario(week.id, code), working_plan(week.id)
        db.session.flush()
        promotion = foresee_promotion(week.id, old, plan)
        if seen not in (None, promotion.token):
            raise Refusal("version.stale", fields=[], version=promotion.token)
        _require_free(promotion, actor)
        found, versions = promotion.changed, _renumber(week.id, plan, promotion.every)
        _keep_places(week.id, found, versions, actor)
        with keeping_rules(week):
            _swap(plan, old, former, actor)
        facts = {"name": plan.name, "former": old.name, "former_code": old.code, "changed": len(found)}
        record(actor, "scenario.promote", "scenario", code, week_id=week.id, **facts)
    return plan


def _own(week_id: int, code: str, actor: Actor) -> Plan:
    """Return a scenario that the actor may change: their own, or any where they may change the whole week."""
    require(actor, Verb.PLAN_EDIT, week_id)
    plan = get_scenario(editable_week(week_id).id, code)
    if not may_change_scenario(plan, actor):
        raise Refusal("permission.denied", verb=str(Verb.PLAN_EDIT))
    return plan


def _name(plan: Plan, name: str) -> None:
    try:
        own = clean_line(name, LONGEST)
        key = clean_line(search_key(own), LONGEST)
    except Refusal as refusal:
        raise Invalid([FieldError("name", refusal.code, refusal.facts)]) from None
    if not key:
        raise Invalid([FieldError("name", "field.required")])
    if key in _taken(plan):
        raise Invalid([FieldError("name", "scenario.name_taken", {"name": own})])
    plan.name, plan.name_key = own, key


def _taken(plan: Plan) -> set[str]:
    others = select(Plan.name_key).where(Plan.week_id == plan.week_id, ~Plan.working)
    with db.session.no_autoflush:
        return set(db.session.scalars(others if plan.id is None else others.where(Plan.id != plan.id)))


def _copy(plan: Plan) -> int:
    source = working_plan(plan.week_id)
    db.session.flush()
    own = Placement.__table__.c
    columns = ("week_id", "session_id", "start", "room_id", "pin_time", "pin_room", "version")
    rows = select(*(own[name] for name in columns)).where(own.plan_id == source.id)
    values = [{**row, "plan_id": plan.id} for row in db.session.execute(rows).mappings()]
    return _insert(values)


def _fill(plan: Plan, rows: Sequence[PlaceRow]) -> int:
    named = select(Room.id).where(Room.id.in_({row.room_id for row in rows}))
    rooms = set(db.session.scalars(named.with_for_update(read=True, key_share=True)))
    sessions = set(db.session.scalars(select(Session.id).where(Session.week_id == plan.week_id)))
    if any(row.room_id not in rooms or row.session_id not in sessions for row in rows):
        raise Refusal("scenario.unknown_place")
    return _insert([{**row._asdict(), "week_id": plan.week_id, "plan_id": plan.id, "version": 1} for row in rows])


def _insert(rows: Sequence[dict[str, Any]]) -> int:
    table: Any = Placement.__table__
    if rows:
        db.session.execute(insert(table), rows)
    return len(rows)


def _require_free(promotion: Promotion, actor: Actor) -> None:
    """Let a promotion go on that moves nothing held, nothing into an archived room, nothing out of the actor's reach.

    Whoever works on a part of the week promotes what changes that part alone.
    """
    if promotion.held:
        raise Refusal("scenario.permit_locked", sessions=titles(promotion.held))
    if promotion.shut:
        raise Refusal("scenario.room_archived", sessions=titles(promotion.shut))
    if refusal := why_not_rearrange(promotion.changed, actor):
        raise refusal


def _renumber(week_id: int, plan: Plan, every: Sequence[Move]) -> dict[int, int]:
    """Give every place that changes a version which nobody has seen yet; return all versions by session id."""
    table: Any = Placement.__table__
    latest = map_latest_versions(week_id)
    versions = {
        move.session.id: move.before.version if move.before and not move.is_changed else latest[move.session.id] + 1
        for move in every
        if move.after
    }
    if versions:
        own = (table.c.plan_id == plan.id, table.c.session_id == bindparam("own"))
        rows = [{"own": session, "new": version} for session, version in versions.items()]
        db.session.connection().execute(update(table).where(*own).values(version=bindparam("new")), rows)
    return versions


def _keep_places(week_id: int, found: Sequence[Move], versions: Mapping[int, int], actor: Actor) -> None:
    rooms = map_rooms({spot.room_id for move in found for spot in (move.before, move.after) if spot})

    def told(spot: Spot | None) -> dict[str, Any]:
        return told_spot(spot, rooms[spot.room_id].code) if spot else {}

    for move in found:
        own = move.session
        thread = Thread("placement", own.id, own.code, week_id, versions.get(own.id))
        verb = "place" if move.after else "unplace"
        revise(actor, verb, thread, differing(told(move.before), told(move.after)))


def _swap(plan: Plan, old: Plan, former: str, actor: Actor) -> None:
    own, number, taken = clean_line(former[:LONGEST], LONGEST), 1, _taken(old)
    while search_key(own) in taken:
        number += 1
        own = f"{former[: LONGEST - 4]} {number}"
    old.working, old.name, old.name_key = False, own, search_key(own)
    old.actor, old.made_at = actor.label, now()
    db.session.flush()
    plan.working = True
    db.session.flush()
