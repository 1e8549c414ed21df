"""Put a session into the working plan, move it there, take it out."""

from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import select

from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.audit.revisions import Thread, differing, revise
from eventweek.kernel.clock import local_day, now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.text import clean_line
from eventweek.kernel.tokens import is_code
from eventweek.programme.models import Room, Session, Week
from eventweek.programme.rules.checks import is_locked, localised, window
from eventweek.programme.rules.values import Moment, Wrong
from eventweek.scheduling.actions.guarding import keeping_rules
from eventweek.scheduling.actions.reaching import movable_session, require_room
from eventweek.scheduling.models import Placement, Plan
from eventweek.scheduling.queries.rooms import is_shut, why_lost


class Pinned(Protocol):
    """A start and what the planner may not change there."""

    @property
    def start(self) -> datetime:
        """When, aware."""

    @property
    def pin_time(self) -> bool:
        """Whether the time stays."""

    @property
    def pin_room(self) -> bool:
        """Whether the room stays."""


def place_session(
    code: str,
    start: object,
    room: str,
    *,
    version: int | None,
    actor: Actor,
    override: str = "",
    week: str | None = None,
) -> Placement:
    """Place a session in the working plan, or move it: `start` as an instant or on the week's clock, `room` by code.

    `version` is that of the placement which the actor has seen (None: there was none). A draft may break
    rules that do not block edits: the board shows them and a release checks them. A session with its permit moves only
    with the reason `override`, and so does any into the past or into a room that is closed then. `week`: the code of
    the week that it must belong to.
    Raises: Refusal permission.denied, reach.* (both ends: the session, and the room where that or the time is another),
        session.not_found, session.off, week.archived, version.stale, permit.locked, placement.past, placement.closed,
        rule.blocked; Invalid.
    """
    with transaction():
        session, own, placement = movable_session(code, actor)
        _require_of(own, week)
        if session.cancelled_at or session.archived_at:
            raise Refusal("session.off")
        begins, hall = _asked(own, start, room)
        _same_version(placement, version, {"start": begins.isoformat(), "room": room})
        old = told_place(placement)
        if placement and (placement.start, placement.room_id) == (begins, hall.id):
            return placement
        require_room(actor, session, hall)
        _refuse_lost(session, begins, hall)
        why = _allowed(session, placement, override, _obstacle(own, session, begins, hall))
        with keeping_rules(own):
            placement = placement or _new_place(own, session)
            placement.start, placement.room = begins, hall
            db.session.flush()
        changes: dict[str, Any] = keep_place(actor, "place", session, old, placement)
        record(actor, "session.place", "session", code, week_id=own.id, **changes, **why)
    return placement


def _new_place(week: Week, session: Session) -> Placement:
    placement = Placement(week_id=week.id, plan=working_plan(week.id), session=session)
    db.session.add(placement)
    return placement


def unplace_session(
    code: str, *, version: int | None, actor: Actor, override: str = "", week: str | None = None
) -> None:
    """Take a session out of the working plan; the public keeps what was published. Twice changes nothing.

    Raises: Refusal permission.denied, reach.*, session.not_found, week.archived, version.stale, permit.locked.
    """
    with transaction():
        session, own, placement = movable_session(code, actor)
        _require_of(own, week)
        if placement is None:
            return
        _same_version(placement, version, {})
        why = _allowed(session, placement, override)
        gone: dict[str, Any] = keep_place(actor, "unplace", session, told_place(placement), None)
        record(actor, "session.unplace", "session", code, week_id=own.id, **gone, **why)
        db.session.delete(placement)


def _require_of(own: Week, week: str | None) -> None:
    if week not in (None, own.code):
        raise Refusal("session.not_found")


def working_plan(week_id: int) -> Plan:
    """Return the working plan of a week; where there is none a new one, which is not written yet."""
    plan = db.session.scalar(select(Plan).where(Plan.week_id == week_id, Plan.working))
    if plan is None:
        plan = Plan(week_id=week_id, working=True)
        db.session.add(plan)
    return plan


def keep_place(
    actor: Actor, verb: str, session: Session, old: dict[str, Any], placement: Placement | None
) -> dict[str, Any]:
    """Keep a change of the place that a session has (None: has no more) in its history; return what differs."""
    version = placement.version if placement else None
    changes = differing(old, told_place(placement))
    revise(actor, verb, Thread("placement", session.id, session.code, session.week_id, version), changes)
    return changes


def _asked(week: Week, start: object, room: str) -> tuple[datetime, Room]:
    errors = []
    begins: datetime | None = None
    try:
        begins = localised(Moment().clean(start), week.timezone)
        errors += off_grid(week, begins) if begins else [FieldError("start", "field.required")]
    except Wrong as wrong:
        errors.append(FieldError("start", wrong.error.code, wrong.error.facts))
    hall = db.session.scalar(select(Room).where(Room.code == room)) if is_code(room) else None
    if hall is None or hall.archived_at:
        code = "reference.archived" if hall else "reference.unknown"
        errors.append(FieldError("room", code, {"code": clean_line(room[:16], 16)}))
    if errors or begins is None or hall is None:
        raise Invalid(errors)
    return begins, hall


def _refuse_lost(session: Session, begins: datetime, hall: Room) -> None:
    if lost := why_lost(session, begins, hall):
        raise Invalid([lost])


def off_grid(week: Week, start: datetime) -> list[FieldError]:
    """Name what is wrong with a start: outside the days of the week, or between two marks of its grid."""
    local = start.astimezone(ZoneInfo(week.timezone))
    allowed = window((row.day for row in week.days), week.first_day, week.last_day)
    if local.date() not in allowed:
        return [FieldError("start", "day.outside_week", {"day": local.date().isoformat()})]
    if (local.hour * 60 + local.minute) % week.slot_min:
        return [FieldError("start", "placement.grid", {"minutes": week.slot_min})]
    return []


def _same_version(placement: Placement | None, version: int | None, mine: dict[str, Any]) -> None:
    have = placement.version if placement else None
    if have != version:
        theirs = told_place(placement)
        fields = [{"field": name, "mine": mine.get(name), "theirs": theirs.get(name)} for name in ("start", "room")]
        raise Refusal("version.stale", fields=fields, version=have or 0)


def _allowed(
    session: Session, placement: Placement | None, override: str, obstacle: Refusal | None = None
) -> dict[str, str]:
    """Return the reason to keep where a permit forbids to move the session, or something stands against its place."""
    locked = placement is not None and is_locked(session.permit_status)
    if not locked and obstacle is None:
        return {}
    reason = clean_line(override, 300)
    if not reason:
        raise Refusal("permit.locked", fields=["start", "room"]) if locked or obstacle is None else obstacle
    return {"override": reason}


def _obstacle(week: Week, session: Session, begins: datetime, hall: Room) -> Refusal | None:
    """Return what only a reason gets past: a start that is over while the week is not, hours when a room is shut."""
    if begins < now() and local_day(now(), week.timezone) <= week.last_day:
        return Refusal("placement.past", start=begins.isoformat())
    zone = ZoneInfo(week.timezone)
    start, end = begins.astimezone(zone), (begins + timedelta(minutes=session.duration_min)).astimezone(zone)
    if is_shut(hall.id, start, end):
        return Refusal("placement.closed", room=hall.name, day=start.date().isoformat())
    return None


def told_place(placement: Placement | None) -> dict[str, Any]:
    """Return a place as the history keeps it: start, room, and the pins that are set."""
    return told_spot(placement, placement.room.code) if placement else {}


def told_spot(own: Pinned, room: str) -> dict[str, Any]:
    """Return start and pins of a place and its room (code) as the history keeps them."""
    pins = {name: True for name in ("pin_time", "pin_room") if getattr(own, name)}
    return {"start": own.start.astimezone(UTC).isoformat(), "room": room} | pins
