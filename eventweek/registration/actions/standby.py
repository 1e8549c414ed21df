"""The list at the door: who stands there and waits, and the seats of those who have not come."""

from collections.abc import Collection, Mapping

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import SYSTEM, Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.programme.actions.writing import refuse_stale
from eventweek.programme.queries import refuse_archived
from eventweek.registration.actions import seats
from eventweek.registration.actions.history import Step, take_step
from eventweek.registration.actions.lapsing import end
from eventweek.registration.actions.promotion import promote
from eventweek.registration.enums import EndReason, PoolClass, State
from eventweek.registration.messages import tell_cancelled
from eventweek.registration.models import CapacityPool, Registration
from eventweek.registration.queries.offerings import (
    OpenOffering,
    load_offerings,
    read_pools,
    room_of,
    terms_of,
)
from eventweek.registration.queries.passes import holders
from eventweek.registration.queueing import is_release_due, why_no_standby


def join_standby(week_id: int, code: str, *, actor: Actor, version: int | None = None) -> Registration:
    """Put somebody who waits and has come on the list at the door, at the place that they had in the queue.

    Seats that are free go to the list at once. Who stands there already stays.
    Raises: Refusal registration.not_found, registration.not_waiting, standby.not_yet, standby.over, offering.cancelled,
    permission.denied, week.archived, version.stale.
    """
    with transaction():
        require(actor, Verb.DOOR_MANAGE, week_id)
        refuse_archived(week_id)
        query = select(Registration).where(Registration.week_id == week_id, Registration.code == code)
        row = db.session.scalar(query)
        if row is None:
            raise Refusal("registration.not_found")
        seats.lock([row.offering_id])
        db.session.refresh(row)
        refuse_stale(row, version)
        own = load_offerings([row.offering_id])[0]
        if row.state != State.WAITLISTED:
            raise Refusal("registration.not_waiting")
        if row.cls != PoolClass.STANDBY:
            reason = why_no_standby(terms_of(own), now())
            if reason:
                raise Refusal(reason.code, **reason.facts)
            _change_queue(row, own, actor)
            record(actor, "registration.standby", "registration", code, week_id=week_id)
            promote(own, PoolClass.STANDBY)
    return row


def release_unclaimed(offering_id: int, arrived: Collection[str], *, actor: Actor = SYSTEM) -> int:
    """End confirmed registrations of those who have not come, as many as the list at the door needs, the newest first.

    `arrived`: codes of the registrations of which somebody came in. Nothing happens before the offering's own time for
    it. Returns how many registrations ended.
    """
    with transaction():
        seats.lock([offering_id])
        own = next(iter(load_offerings([offering_id])), None)
        if own is None or not is_release_due(terms_of(own), own.offering.standby_after_min, now()):
            return 0
        promote(own, PoolClass.STANDBY)
        rows = _unclaimed(offering_id, arrived, _missing(read_pools(offering_id)))
        for row in rows:
            end(row, own, EndReason.UNCLAIMED, actor=actor)
        for week, holder, row in holders(rows):
            tell_cancelled(week, holder, own, row)
        if rows:
            promote(own, PoolClass.STANDBY)
    return len(rows)


def _missing(pools: Mapping[str, CapacityPool]) -> int:
    """Return how many seats the list at the door waits for beyond those that are free."""
    if PoolClass.STANDBY not in pools:
        return 0
    room = room_of(pools, PoolClass.STANDBY)
    return 0 if room.free is None else max(0, pools[PoolClass.STANDBY].waiting - room.free)


def _unclaimed(offering_id: int, arrived: Collection[str], missing: int) -> list[Registration]:
    query = select(Registration).where(
        Registration.offering_id == offering_id,
        Registration.state == State.CONFIRMED,
        Registration.cls.not_in((PoolClass.STANDBY, PoolClass.ONLINE)),
    )
    query = query.order_by(Registration.created_at.desc(), Registration.id.desc())
    chosen: list[Registration] = []
    for row in db.session.scalars(query.execution_options(populate_existing=True)):
        if missing <= sum(own.seats for own in chosen):
            break
        if row.code not in arrived:
            chosen.append(row)
    return chosen


def _change_queue(row: Registration, own: OpenOffering, actor: Actor) -> None:
    """Take a party out of the queue of its class and put it on the list at the door."""
    if PoolClass.STANDBY not in {pool.cls for pool in own.offering.pools}:
        own.offering.pools.append(CapacityPool(offering_id=own.offering.id, cls=PoolClass.STANDBY, cap=None))
        db.session.flush()
    before, after = seats.pools_of(own.offering, row.cls), seats.pools_of(own.offering, PoolClass.STANDBY)
    seats.wait(before, -row.seats)
    take_step(row, before, Step(State.WAITLISTED, "standby", waiting=-row.seats), actor=actor)
    row.cls, row.overtaken = PoolClass.STANDBY, 0
    seats.wait(after, row.seats)
    take_step(row, after, Step(State.WAITLISTED, "standby", waiting=row.seats), actor=actor)
