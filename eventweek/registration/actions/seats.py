"""The only statements that move seats, each guarded in itself: no race can oversell. The room's pool goes first."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, CursorResult, Update, func, select, update

from eventweek.kernel.db import db
from eventweek.registration.enums import PoolClass
from eventweek.registration.models import CapacityPool, Offering

_LEFT = func.coalesce(CapacityPool.cap, 2**30) + CapacityPool.overbook - CapacityPool.taken - CapacityPool.held


@dataclass(frozen=True)
class Pools:
    """The two pools that a registration consumes from, by id: the whole room's and its own class's."""

    room: int
    own: int


def pools_of(offering: Offering, cls: str) -> Pools:
    """Return the pools of a class of an offering."""
    ids = {pool.cls: pool.id for pool in offering.pools}
    return Pools(ids[PoolClass.ROOM], ids[cls])


def lock(offering_ids: Collection[int]) -> None:
    """Lock the pools of offerings: slots by time, then the others, the room's pool first in each."""
    query = select(CapacityPool.id).join(Offering, Offering.id == CapacityPool.offering_id)
    order = (Offering.slot_start.is_(None), Offering.slot_start, Offering.id, CapacityPool.id)
    query = query.where(Offering.id.in_(offering_ids)).order_by(*order)
    db.session.execute(query.with_for_update(of=CapacityPool)).all()


def take(pools: Pools, seats: int) -> bool:
    """Take free seats at once; False when they are not there or somebody of the class waits."""
    return _move_both(pools, seats, CapacityPool.waiting == 0, taken=seats)


def promote(pools: Pools, seats: int) -> bool:
    """Turn waiting into taken seats; False when they are not there."""
    return _move_both(pools, seats, taken=seats, waiting=-seats)


def hold(pools: Pools, seats: int) -> bool:
    """Hold free seats for an application; False when they are not there or somebody of the class waits."""
    return _move_both(pools, seats, CapacityPool.waiting == 0, held=seats)


def reserve(pools: Pools, seats: int) -> bool:
    """Hold free seats for the organiser, also before those who wait; False when they are not there."""
    return _move_both(pools, seats, held=seats)


def offer(pools: Pools, seats: int) -> bool:
    """Turn waiting into held seats; False when they are not there."""
    return _move_both(pools, seats, held=seats, waiting=-seats)


def accept(pools: Pools, seats: int) -> None:
    """Turn held into taken seats."""
    _move_both(pools, 0, taken=seats, held=-seats)


def requeue(pools: Pools, seats: int) -> None:
    """Turn held into waiting seats."""
    _move_both(pools, 0, held=-seats, waiting=seats)


def unhold(pools: Pools, seats: int) -> None:
    """Free held seats."""
    _move_both(pools, 0, held=-seats)


def give_back(pools: Pools, seats: int) -> None:
    """Free taken seats."""
    _move_both(pools, 0, taken=-seats)


def wait(pools: Pools, seats: int) -> None:
    """Count seats that are waited for; a negative number leaves the queue."""
    _move_both(pools, 0, waiting=seats)


def set_cap(pool_id: int, cap: int | None, overbook: int) -> bool:
    """Change the size of a pool; False when more seats than that are given out already."""
    fits: list[ColumnElement[bool]] = []
    if cap is not None:
        fits = [CapacityPool.taken + CapacityPool.held <= cap + overbook]
    statement = update(CapacityPool).where(CapacityPool.id == pool_id, *fits).values(cap=cap, overbook=overbook)
    return _rows(statement) == 1


def set_class(pool_id: int, cls: str) -> bool:
    """Give an empty pool to another class; False when seats of it are given out or waited for."""
    empty = (CapacityPool.taken == 0, CapacityPool.held == 0, CapacityPool.waiting == 0)
    return _rows(update(CapacityPool).where(CapacityPool.id == pool_id, *empty).values(cls=cls)) == 1


def _move_both(
    pools: Pools, wanted: int, *guards: ColumnElement[bool], taken: int = 0, held: int = 0, waiting: int = 0
) -> bool:
    """Change the room's pool, then the class's; False and no change where one has not `wanted` seats left."""
    fits = (wanted <= _LEFT,) if wanted > 0 else ()
    if pools.room == pools.own:
        return _move(pools.own, *fits, *guards, taken=taken, held=held, waiting=waiting)
    if not _move(pools.room, *fits, taken=taken, held=held, waiting=waiting):
        return False
    if _move(pools.own, *fits, *guards, taken=taken, held=held, waiting=waiting):
        return True
    _move(pools.room, taken=-taken, held=-held, waiting=-waiting)
    return False


def _move(pool_id: int, *guards: ColumnElement[bool], taken: int, held: int, waiting: int) -> bool:
    statement = update(CapacityPool).where(CapacityPool.id == pool_id, *guards)
    moves = {CapacityPool.taken: taken, CapacityPool.held: held, CapacityPool.waiting: waiting}
    return _rows(statement.values({counter: counter + more for counter, more in moves.items() if more})) == 1


def _rows(statement: Update) -> int:
    result = db.session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return result.rowcount
