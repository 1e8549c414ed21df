"""Give seats back: cancel, or come with fewer; whoever waits gets them in the same transaction."""

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.kernel.text import clean_line
from eventweek.programme.actions.writing import refuse_stale
from eventweek.programme.queries import refuse_archived
from eventweek.registration.actions import seats
from eventweek.registration.actions.allotting import give_back, take_more
from eventweek.registration.actions.history import Step, take_step
from eventweek.registration.actions.lapsing import end
from eventweek.registration.actions.promotion import promote
from eventweek.registration.enums import LIVE, EndReason, State
from eventweek.registration.messages import tell_cancelled, tell_session_cancelled
from eventweek.registration.models import Offering, Pass, Registration
from eventweek.registration.queries.offerings import OpenOffering, load_offerings
from eventweek.registration.queries.passes import holders
from eventweek.registration.rules import why_no_cancelling, why_no_seats


def cancel_registration(
    code: str, *, actor: Actor, owner: int | None = None, note: str = "", version: int | None = None
) -> Registration:
    """End a registration; its seats go to who waits. One that is cancelled already stays so.

    `owner`: id of the pass by which the holder is known; without it the actor needs the permission. `note`: why the
    organiser does it, kept in the registration's own history.
    Raises: Refusal registration.not_found, registration.ended, registration.started (holders only), permission.denied,
    week.archived, version.stale, text.too_long.
    """
    with transaction():
        row, own = lock_registration(code, actor, owner, version=version)
        if row.state != State.CANCELLED:
            reason = why_no_cancelling(row.state, own.window, now()) if owner else None
            if reason:
                raise Refusal(reason.code, **reason.facts)
            offered = row.state == State.OFFERED
            why = (EndReason.DECLINED if offered else EndReason.PERSON) if owner else EndReason.ORGANISER
            end(row, own, why, actor=actor, note=clean_line(note, 200))
            for week, holder, _row in holders([row]):
                tell_cancelled(week, holder, own, row)
            promote(own, row.cls)
    return row


def end_cancelled(week_id: int, *, actor: Actor) -> int:
    """End the live registrations of what is published as cancelled and tell everybody, inside the caller's transaction.

    An offering goes on while one of its sessions does. Returns how many registrations ended.
    """
    ids = db.session.scalars(select(Offering.id).where(Offering.week_id == week_id)).all()
    gone = {own.offering.id: own for own in load_offerings(ids) if own.window.cancelled}
    if not gone:
        return 0
    # Locked before anything is looked for: whoever registers at this moment is seen here, or sees the cancellation.
    seats.lock(gone.keys())
    query = select(Registration).where(Registration.offering_id.in_(gone), Registration.state.in_(LIVE))
    query = query.order_by(Registration.id)
    rows = list(db.session.scalars(query.execution_options(populate_existing=True)))
    for row in rows:
        end(row, gone[row.offering_id], EndReason.SESSION, actor=actor)
    for week, holder, row in holders(rows):
        tell_session_cancelled(week, holder, gone[row.offering_id], row)
    return len(rows)


def change_seats(code: str, number: int, *, actor: Actor, owner: int | None = None) -> Registration:
    """Change the size of a party. More seats are given only where free; a party that grows waits at the tail again.

    Raises: Refusal registration.not_found, registration.ended, registration.started, party.empty, party.too_large,
    seat.full, permission.denied, week.archived.
    """
    with transaction():
        row, own = lock_registration(code, actor, owner)
        reason = why_no_cancelling(row.state, own.window, now()) or why_no_seats(
            number, own.offering.largest_party, None
        )
        if reason:
            raise Refusal(reason.code, **reason.facts)
        before, more = row.seats, number - row.seats
        if more:
            _resize(row, own, more, actor)
            promote(own, row.cls)
            changes = {"seats": [before, number]}
            record(actor, "registration.seats", "registration", row.code, week_id=row.week_id, **changes)
    return row


def _resize(row: Registration, own: OpenOffering, more: int, actor: Actor) -> None:
    pools = seats.pools_of(own.offering, row.cls)
    row.seats += more
    if row.state == State.WAITLISTED:
        seats.wait(pools, more)
        row.queued_at = now() if more > 0 else row.queued_at
        step = Step(State.WAITLISTED, "seats", waiting=more)
    elif row.state == State.CONFIRMED:
        if more < 0:
            give_back(row, pools, -more)
        elif why := take_more(row, pools, more):
            raise Refusal(why)
        step = Step(State.CONFIRMED, "seats", taken=more)
    else:
        step = Step(State(row.state), "seats", held=_hold_more(row, pools, more))
    take_step(row, pools, step, actor=actor)


def _hold_more(row: Registration, pools: seats.Pools, more: int) -> int:
    """Hold so many more seats for an application or an offer that holds its seats; return how many."""
    if not row.holding:
        return 0
    if more < 0:
        seats.unhold(pools, -more)
    elif row.state == State.OFFERED or not seats.hold(pools, more):
        raise Refusal("seat.full")
    return more


def lock_registration(
    code: str, actor: Actor, owner: int | None, *also: int, version: int | None = None
) -> tuple[Registration, OpenOffering]:
    """Return a registration and its offering, the pools of it and of the offerings `also` (ids) being locked.

    `version`: the one that the actor has seen, None for whatever stands.
    Raises: Refusal registration.not_found, permission.denied, week.archived, version.stale.
    """
    query = select(Registration).where(Registration.code == code)
    row = db.session.scalar(query)
    if row is None or (owner is not None and not is_theirs(row, owner)):
        raise Refusal("registration.not_found")
    if owner is None:
        require(actor, Verb.REGISTRATIONS_EDIT, row.week_id)
    refuse_archived(row.week_id)
    seats.lock([row.offering_id, *also])
    before = row.offering_id
    db.session.refresh(row)
    loaded = load_offerings([row.offering_id])
    if not loaded or row.offering_id != before:
        raise Refusal("registration.not_found")
    refuse_stale(row, version)
    return row, loaded[0]


def is_theirs(row: Registration, pass_id: int) -> bool:
    """Say whether a registration belongs to the holder of a pass, in its week."""
    query = select(Pass.id).where(Pass.id == pass_id, Pass.attendee_id == row.attendee_id)
    return db.session.scalar(query.where(Pass.week_id == row.week_id)) is not None
