"""Every step of a registration: its new state, the event, and what it did to each pool; all append-only."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert

from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, insert_row, run
from eventweek.kernel.errors import Refusal
from eventweek.registration.actions.seats import Pools
from eventweek.registration.enums import State
from eventweek.registration.models import Registration, RegistrationEvent, SeatDelta
from eventweek.registration.rules import can_move


@dataclass(frozen=True)
class Step:
    """What happens to a registration; seat numbers are changes of each of its pools."""

    to: State
    reason: str = ""
    taken: int = 0
    held: int = 0
    waiting: int = 0


def take_step(registration: Registration, pools: Pools, step: Step, *, actor: Actor) -> None:
    """Set the state and append the event with its seat deltas.

    Raises: Refusal registration.ended when the state does not allow it.
    """
    before = registration.state or None
    if step.to != before and not can_move(before, step.to):
        raise Refusal("registration.ended")
    registration.state = step.to
    if before is None:
        insert_row(registration)
    else:
        db.session.flush()
    event = {"from_state": before or "", "to_state": step.to, "actor": actor.label, "reason": step.reason}
    number = run(_EVENT, {**event, "registration_id": registration.id, "at": now()}).scalar_one()
    moves = {"event_id": number, "taken": step.taken, "held": step.held, "waiting": step.waiting}
    run(_DELTAS, [{**moves, "pool_id": pool} for pool in {pools.room, pools.own}])


_EVENTS: Any = RegistrationEvent.__table__
_SEATS: Any = SeatDelta.__table__
_EVENT = insert(_EVENTS).returning(_EVENTS.c.id)
_DELTAS = insert(_SEATS)
