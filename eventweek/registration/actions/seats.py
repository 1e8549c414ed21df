"""The only statements that move seats, each guarded in itself: no race can oversell. The room's pool goes first."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    CursorResult,
    Integer,
    Update,
    bindparam,
    func,
    not_,
    or_,
    select,
    update,
)

from eventweek.kernel.db import db, run
from eventweek.registration.enums import PoolClass
from eventweek.registration.models import CapacityPool, Offering

_POOL: Any = CapacityPool.__table__.c
_LEFT = func.coalesce(_POOL.cap, 2**30) + _POOL.overbook - _POOL.taken - _POOL.held
_LOCKED = (
    select(_POOL.id)
    .where(_POOL.id.in_(bindparam("pools", expanding=True)))
    .order_by(_POOL.id)
    .with_for_update()
    .cte("locked")
)
_MOVE = (
    update(CapacityPool.__table__)  # type: ignore[arg-type]
    .where(
        _POOL.id == _LOCKED.c.id,
        or_(bindparam("wanted", type_=Integer) <= 0, bindparam("wanted", type_=Integer) <= _LEFT),
        or_(not_(bindparam("unless_queued", type_=Boolean)), _POOL.id != bindparam("own"), _POOL.waiting == 0),
    )
    .values(
        taken=_POOL.taken + bindparam("more_taken"),
        held=_POOL.held + bindparam("more_held"),
        waiting=_POOL.waiting + bindparam("more_waiting"),
    )
    .returning(_POOL.id)
)
"""Locks its rows in the order of their ids first: nothing says in which order an UPDATE of several comes to them."""


@dataclass(frozen=True)
class Pools:
    """The pools that a registration consumes from, by id: the whole room's and its class's; on line one, as both."""

    room: int
    own: int


def pools_of(offering: Offering, cls: str) -> Pools:
    """Return the pools of a class of an offering."""
    ids = {pool.cls: pool.id for pool in offering.pools}
    return Pools(ids[cls] if cls == PoolClass.ONLINE else ids[PoolClass.ROOM], ids[cls])


def lock(offering_ids: Collection[int]) -> None:
    """Lock the pools of offerings: slots by time, then the others, the room's pool first in each."""
    query = select(CapacityPool.id).join(Offering, Offering.id == CapacityPool.offering_id)
    order = (Offering.slot_start.is_(None), Offering.slot_start, Offering.id, CapacityPool.id)
    query = query.where(Offering.id.in_(offering_ids)).order_by(*order)
    db.session.execute(query.with_for_update(of=CapacityPool)).all()


def take(pools: Pools, seats: int) -> bool:
    """Take free seats at once; False when they are not there or somebody of the class waits."""
    return _move_both(pools, seats, unless_queued=True, taken=seats)


def promote(pools: Pools, seats: int) -> bool:
    """Turn waiting into taken seats; False when they are not there."""
    return _move_both(pools, seats, taken=seats, waiting=-seats)


def hold(pools: Pools, seats: int) -> bool:
    """Hold free seats for an application; False when they are not there or somebody of the class waits."""
    return _move_both(pools, seats, unless_queued=True, held=seats)


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


def put_back(pools: Pools, seats: int) -> None:
    """Turn taken into held seats."""
    _move_both(pools, 0, taken=-seats, held=seats)


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
    pools: Pools, wanted: int, *, unless_queued: bool = False, taken: int = 0, held: int = 0, waiting: int = 0
) -> bool:
    """Change both pools by one statement; False and no change where one has not `wanted` seats left.

    `unless_queued`: nor where somebody of the class waits.
    """
    both = {pools.room, pools.own}
    moves = {"more_taken": taken, "more_held": held, "more_waiting": waiting}
    facts = {"pools": list(both), "own": pools.own, "wanted": wanted, "unless_queued": unless_queued}
    moved = run(_MOVE, {**facts, **moves}).scalars().all()
    if len(moved) == len(both):
        return True
    if moved:
        back = {name: -more for name, more in moves.items()}
        run(_MOVE, {"pools": moved, "own": pools.own, "wanted": 0, "unless_queued": False, **back})
    return False


def _rows(statement: Update) -> int:
    result = db.session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return result.rowcount
