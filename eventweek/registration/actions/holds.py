"""Seats that the organiser keeps back for somebody: taken and released, with owner, reason and end."""

from datetime import datetime

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.text import clean_line
from eventweek.programme.actions.writing import refuse_stale
from eventweek.programme.queries import refuse_archived
from eventweek.registration.actions import seats
from eventweek.registration.actions.lapsing import drop_hold
from eventweek.registration.actions.promotion import promote
from eventweek.registration.enums import PoolClass
from eventweek.registration.models import CapacityPool, Offering, PoolHold
from eventweek.registration.queries.offerings import OpenOffering, load_offerings


def hold_seats(
    code: str, cls: str, number: int, *, owner: str, reason: str, expires: datetime, actor: Actor
) -> PoolHold:
    """Keep free seats of a class of an offering back until a time; they count in the room too.

    `owner` (at most 80 characters): for whom; `reason`: at most 200.
    Raises: Refusal offering.not_found, permission.denied, week.archived, seat.none_free, text.too_long;
    Invalid class.unknown, number.range, field.required, hold.past.
    """
    with transaction():
        own = lock_offering(code, actor)
        names = {"owner": clean_line(owner, 80), "reason": clean_line(reason, 200)}
        errors = [FieldError(name, "field.required") for name, value in names.items() if not value]
        if cls not in {pool.cls for pool in own.offering.pools} - {PoolClass.ONLINE}:
            errors.append(FieldError("seats_of", "class.unknown"))
        if not 1 <= number <= 1_000_000:
            errors.append(FieldError("seats", "number.range", {"least": 1, "most": 1_000_000}))
        if expires <= now():
            errors.append(FieldError("expires_at", "hold.past"))
        if errors:
            raise Invalid(errors)
        pools = seats.pools_of(own.offering, cls)
        if not seats.reserve(pools, number):
            raise Refusal("seat.none_free", seats=number)
        row = PoolHold(pool_id=pools.own, seats=number, expires_at=expires, **names)
        db.session.add(row)
        db.session.flush()
        facts = {"hold": row.code, "class": cls, "seats": number, "until": expires.isoformat(), **names}
        record(actor, "hold.take", "offering", code, week_id=own.offering.week_id, **facts)
    return row


def release_hold(offering: str, code: str, *, actor: Actor, version: int | None = None) -> None:
    """Give held seats back; whoever waits gets them in the same transaction. Who came by an allotment stays.

    `version`: the one that the actor has seen, None for whatever stands.
    Raises: Refusal offering.not_found, hold.not_found, permission.denied, week.archived, version.stale.
    """
    with transaction():
        own = lock_offering(offering, actor)
        row = find_hold(own, code)
        refuse_stale(row, version)
        cls = next(pool.cls for pool in own.offering.pools if pool.id == row.pool_id)
        drop_hold(row, own, actor, "released")
        promote(own, cls)


def lock_offering(code: str, actor: Actor, version: int | None = None) -> OpenOffering:
    """Return an offering, its pools being locked; `version`: the one that the actor has seen, None for whatever stands.

    Raises: Refusal offering.not_found, permission.denied, week.archived, version.stale.
    """
    found = db.session.scalar(select(Offering).where(Offering.code == code))
    if found is None:
        raise Refusal("offering.not_found")
    require(actor, Verb.REGISTRATIONS_EDIT, found.week_id)
    refuse_archived(found.week_id)
    seats.lock([found.id])
    loaded = load_offerings([found.id])
    if not loaded:
        raise Refusal("offering.not_found")
    refuse_stale(loaded[0].offering, version)
    return loaded[0]


def find_hold(own: OpenOffering, code: str) -> PoolHold:
    """Return seats that are kept back of an offering whose pools are locked, as they stand now.

    Raises: Refusal hold.not_found.
    """
    pools = [pool.id for pool in own.offering.pools]
    query = select(PoolHold).where(PoolHold.code == code, PoolHold.pool_id.in_(pools))
    row = db.session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise Refusal("hold.not_found")
    return row


def class_pool(own: OpenOffering, cls: str) -> CapacityPool | None:
    """Return the pool of a class of an offering."""
    return next((pool for pool in own.offering.pools if pool.cls == cls), None)
