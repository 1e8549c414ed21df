"""Move a registration to another offering or class: the new seats are taken before the old are given back."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.kernel.text import clean_line
from eventweek.registration.actions import seats
from eventweek.registration.actions.allotting import leave_seats
from eventweek.registration.actions.ending import lock_registration
from eventweek.registration.actions.forms import keep_form
from eventweek.registration.actions.history import Step, take_step
from eventweek.registration.actions.promotion import promote
from eventweek.registration.actions.uniqueness import sibling_slots
from eventweek.registration.enums import LIVE, State
from eventweek.registration.messages import tell_moved
from eventweek.registration.models import Offering, Registration
from eventweek.registration.queries.alternatives import is_open_to_all
from eventweek.registration.queries.forms import list_asked
from eventweek.registration.queries.offerings import OpenOffering, as_held, load_offerings
from eventweek.registration.queries.passes import holders
from eventweek.registration.rules import Reason, why_no_move


def move_registration(
    code: str,
    to: str,
    *,
    actor: Actor,
    owner: int | None = None,
    cls: str = "",
    reason: str = "",
    version: int | None = None,
) -> Registration:
    """Let a registration that is in, or waits, stand for another offering of the week (its code), or another class.

    `cls`: empty for on line where they are on line and the other is open so, else the class that its mode gives out.
    Freed seats go to who waits, in the same transaction.
    `reason`: an organiser's, kept in the history.
    Raises: Refusal registration.not_found, offering.not_found, registration.not_confirmed, registration.started,
    registration.cancelling_over, move.same, move.not_open, move.asks, seat.full, registration.already,
    registration.one_slot, what why_no_registration says, permission.denied, week.archived, class.unknown,
    version.stale, text.too_long.
    """
    with transaction():
        target = db.session.scalar(select(Offering).where(Offering.code == to))
        if target is None:
            raise Refusal("offering.not_found")
        also = [target.id, *(sibling_slots(target) if target.slot_start else ())]
        row, old = lock_registration(code, actor, owner, *also, version=version)
        new = next(iter(load_offerings([target.id])), None)
        if new is None or target.week_id != row.week_id:
            raise Refusal("offering.not_found")
        new = new if cls else as_held(new, row.cls)
        cls = cls or new.cls
        _refuse(row, old, new, cls, by_owner=owner is not None)
        carry_over(row, old, new, cls, clean_line(reason, 200), actor=actor)
        for week, holder, _row in holders([row]):
            tell_moved(week, holder, new, row)
        promote(old)
    return row


def _refuse(row: Registration, old: OpenOffering, new: OpenOffering, cls: str, *, by_owner: bool) -> None:
    if cls not in {pool.cls for pool in new.offering.pools}:
        raise Refusal("class.unknown")
    if (old.offering.id, row.cls) == (new.offering.id, cls):
        raise Refusal("move.same")
    reason = why_no_move(row.state, old.window, new.window, now(), by_owner=by_owner)
    if reason is None and by_owner and not is_open_to_all(new):
        reason = Reason("offering.not_found")
    if reason is None and by_owner and new.offering.asks and new.offering.id != old.offering.id:
        reason = Reason("move.asks")
    if reason is None and new.offering.slot_start and _holds_another_slot(row, new.offering):
        reason = Reason("registration.one_slot")
    if reason:
        raise Refusal(reason.code, **reason.facts)


def _holds_another_slot(row: Registration, target: Offering) -> bool:
    query = select(Registration.id).where(
        Registration.attendee_id == row.attendee_id,
        Registration.id != row.id,
        Registration.state.in_(LIVE),
        Registration.offering_id.in_(sibling_slots(target)),
    )
    return db.session.scalar(query.limit(1)) is not None


def carry_over(
    row: Registration, old: OpenOffering, new: OpenOffering, cls: str, reason: str = "", *, actor: Actor
) -> None:
    """Write the two halves of a move, out of the old pools into the new ones, inside the caller's transaction.

    The pools of both are locked; whoever calls gives the freed seats to who waits.
    Raises: Refusal seat.full, registration.already.
    """
    before, after = seats.pools_of(old.offering, row.cls), seats.pools_of(new.offering, cls)
    waits = row.state == State.WAITLISTED
    if old.offering.id == new.offering.id:
        _leave(row, before, waits)
        taken = seats.take(after, row.seats)
    else:
        taken = seats.take(after, row.seats)
        _leave(row, before, waits)
    if not taken:
        raise Refusal("seat.full")
    left = Step(State.WAITLISTED, reason or "moved", waiting=-row.seats)
    take_step(row, before, left if waits else Step(State.CONFIRMED, reason or "moved", taken=-row.seats), actor=actor)
    asked = list_asked(row)
    row.offering, row.offering_id, row.cls = new.offering, new.offering.id, cls
    row.form_version = keep_form(new.offering, asked)
    try:
        take_step(row, after, Step(State.CONFIRMED, reason or "moved", taken=row.seats), actor=actor)
    except IntegrityError as error:
        raise Refusal("registration.already") from error
    facts = {"offering": [old.offering.code, new.offering.code], "class": cls, "seats": row.seats}
    record(actor, "registration.move", "registration", row.code, week_id=row.week_id, **facts)


def _leave(row: Registration, pools: seats.Pools, waits: bool) -> None:
    """Give back the seats that somebody has, or waits for."""
    if waits:
        seats.wait(pools, -row.seats)
    else:
        leave_seats(row, pools)
