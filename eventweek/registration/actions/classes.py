"""Classes of seats inside an offering: their size, whether who waits is asked, and who is served first."""

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.registration.actions import seats
from eventweek.registration.actions.holds import class_pool, lock_offering
from eventweek.registration.actions.promotion import promote
from eventweek.registration.enums import PoolClass
from eventweek.registration.models import CapacityPool, OfferingInvitation, SeatDelta
from eventweek.registration.queries.offerings import class_of


def set_class(
    code: str,
    cls: str,
    *,
    cap: int | None,
    consent: bool = False,
    rank: int = 0,
    actor: Actor,
    version: int | None = None,
) -> CapacityPool:
    """Give an offering seats of a class, or change them: at most `cap` (None: as many as the room has).

    `consent`: who waits is asked before they get a seat; `rank`: the lower, the earlier it gets a freed seat.
    Raises: Refusal offering.not_found, permission.denied, week.archived, version.stale, seat.cap_below_taken;
    Invalid class.unknown, number.range, class.no_offers.
    """
    with transaction():
        own = lock_offering(code, actor, version)
        _check(cls, cap, rank, consent and own.offering.offer_minutes == 0)
        pool = class_pool(own, cls)
        if pool is None:
            pool = CapacityPool(offering_id=own.offering.id, cls=cls, cap=cap)
            own.offering.pools.append(pool)
        elif pool.cap != cap:
            if not seats.set_cap(pool.id, cap, pool.overbook):
                raise Refusal("seat.cap_below_taken", taken=pool.taken + pool.held)
            db.session.refresh(pool)
        pool.consent, pool.rank = consent, rank
        flag_modified(own.offering, "max_party")  # its seats are part of it: the version rises
        db.session.flush()
        facts = {"class": cls, "cap": cap, "consent": consent, "rank": rank}
        record(actor, "class.set", "offering", code, week_id=own.offering.week_id, **facts)
        promote(own, cls)
    return pool


def drop_class(code: str, cls: str, *, actor: Actor, version: int | None = None) -> None:
    """Take an empty class away; the one that the offering's mode gives out stays.

    Raises: Refusal offering.not_found, permission.denied, week.archived, version.stale, class.in_use;
    Invalid class.unknown.
    """
    with transaction():
        own = lock_offering(code, actor, version)
        pool = class_pool(own, cls)
        if pool is None or cls in (PoolClass.ROOM, PoolClass.ONLINE):
            raise Invalid([FieldError("seats_of", "class.unknown")])
        if (
            cls == class_of(own.offering.mode)
            or pool.taken
            or pool.held
            or pool.waiting
            or _is_promised(own.offering.id, pool)
        ):
            raise Refusal("class.in_use")
        own.offering.pools.remove(pool)
        flag_modified(own.offering, "max_party")
        db.session.flush()
        record(actor, "class.drop", "offering", code, week_id=own.offering.week_id, **{"class": cls})


def _check(cls: str, cap: int | None, rank: int, mute: bool) -> None:
    errors = []
    if cls not in set(PoolClass) - {PoolClass.ROOM, PoolClass.ONLINE}:
        errors.append(FieldError("seats_of", "class.unknown"))
    if cap is not None and not 1 <= cap <= 1_000_000:
        errors.append(FieldError("cap", "number.range", {"least": 1, "most": 1_000_000}))
    if not 0 <= rank <= 9:
        errors.append(FieldError("rank", "number.range", {"least": 0, "most": 9}))
    if mute:
        errors.append(FieldError("consent", "class.no_offers"))
    if errors:
        raise Invalid(errors)


def _is_promised(offering_id: int, pool: CapacityPool) -> bool:
    """Say whether seats of a class were ever given out, or are promised by an invitation."""
    invited = (OfferingInvitation.offering_id == offering_id, OfferingInvitation.cls == pool.cls)
    if db.session.scalar(select(OfferingInvitation.id).where(*invited).limit(1)) is not None:
        return True
    return db.session.scalar(select(SeatDelta.event_id).where(SeatDelta.pool_id == pool.id).limit(1)) is not None
