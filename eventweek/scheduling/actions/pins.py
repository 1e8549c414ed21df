"""Pin sessions to their time, their room or both: the planner leaves them there, people may still move them."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.programme.actions.verbs import editable_week
from eventweek.scheduling.actions.placements import keep_place, told_place
from eventweek.scheduling.actions.reaching import movable_session, require_movable
from eventweek.scheduling.models import Placement, Plan


@dataclass(frozen=True)
class Pins:
    """What the planner may not change; None leaves a pin as it is."""

    time: bool | None = None
    room: bool | None = None


def pin_session(code: str, pins: Pins, *, version: int | None, actor: Actor) -> Placement:
    """Pin a session where it stands in the working plan, or let it go. `version`: of the placement (None: any).

    Raises: Refusal permission.denied, reach.*, session.not_found, week.archived, placement.not_found, version.stale.
    """
    with transaction():
        _session, _week, placement = movable_session(code, actor)
        if placement is None:
            raise Refusal("placement.not_found")
        if version not in (None, placement.version):
            raise Refusal("version.stale", fields=[], version=placement.version)
        _pin([placement], pins, actor)
    return placement


def pin_sessions(week_id: int, codes: Collection[str], pins: Pins, *, actor: Actor) -> int:
    """Pin all of these sessions that have a place, or let them go; return how many changed.

    Raises: Refusal permission.denied, reach.*, week.not_found, week.archived.
    """
    with transaction():
        require(actor, Verb.PLAN_EDIT, week_id)
        editable_week(week_id)
        query = select(Placement).join(Placement.plan).where(Placement.week_id == week_id, Plan.working)
        told = (joinedload(Placement.session), joinedload(Placement.room))
        rows = db.session.scalars(query.options(*told).order_by(Placement.session_id))
        wanted = set(codes)
        chosen = [row for row in rows if row.session.code in wanted]
        for placement in chosen:
            require_movable(actor, placement.session, placement.room)
        return _pin(chosen, pins, actor)


def _pin(placements: Collection[Placement], pins: Pins, actor: Actor) -> int:
    """Set the pins and keep what changed; the rows are written together."""
    before = [told_place(placement) for placement in placements]
    for placement in placements:
        placement.pin_time = placement.pin_time if pins.time is None else pins.time
        placement.pin_room = placement.pin_room if pins.room is None else pins.room
    changed = [(one, old) for one, old in zip(placements, before, strict=True) if told_place(one) != old]
    db.session.flush()
    for placement, old in changed:
        session = placement.session
        changes = keep_place(actor, "pin", session, old, placement)
        record(actor, "session.pin", "session", session.code, week_id=session.week_id, **changes)
    return len(changed)
