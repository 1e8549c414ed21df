"""Every step of a registration: its new state, the event, and what it did to each pool; all append-only."""

from dataclasses import dataclass

from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.registration.actions.seats import Pools
from eventweek.registration.enums import State
from eventweek.registration.models import Registration, RegistrationEvent, SeatDelta
from eventweek.registration.rules import can_move


@dataclass(frozen=True)
class Step:
    """What happens to a registration; seat numbers are changes of both pools."""

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
    event = RegistrationEvent(
        at=now(), from_state=before or "", to_state=step.to, actor=actor.label, reason=step.reason
    )
    db.session.add(registration)
    db.session.flush()
    event.registration_id = registration.id
    db.session.add(event)
    db.session.flush()
    moves = {"taken": step.taken, "held": step.held, "waiting": step.waiting}
    for pool in (pools.room, pools.own):
        db.session.add(SeatDelta(event_id=event.id, pool_id=pool, **moves))
