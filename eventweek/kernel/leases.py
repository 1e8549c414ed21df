"""Rows that wait to be worked on: claimed for a time, tried again with growing pauses, dead after the last try."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select, update

from eventweek.kernel.clock import now
from eventweek.kernel.db import db

LEASE = timedelta(minutes=2)
PAUSES = tuple(timedelta(minutes=m) for m in (1, 2, 5, 15, 60, 240, 720))
MOST = len(PAUSES) + 1
_OPEN = ("waiting", "running")


Model = Any
"""A table with id, state, attempts, next_at, lease_until and error; states waiting, running, dead and its own."""


def list_due(model: Model, most: int = 100) -> Sequence[int]:
    """Return the ids of rows whose time has come and that nobody holds, the oldest first."""
    ids: Sequence[int] = db.session.scalars(
        select(model.id).where(*_due(model)).order_by(model.next_at, model.id).limit(most)
    ).all()
    return ids


def claim(model: Model, row_id: int) -> int | None:
    """Hold a due row for two minutes; return the number of this attempt, None when it is not to be had.

    Called inside a transaction. Whoever dies with the row loses nothing but the time of the lease.
    """
    values = {"state": "running", "attempts": model.attempts + 1, "lease_until": now() + LEASE}
    held = update(model).where(model.id == row_id, *_due(model)).values(values).returning(model.attempts)
    attempt: int | None = db.session.scalar(held, execution_options={"synchronize_session": False})
    return attempt


def settle(model: Model, row_id: int, attempt: int, **values: Any) -> bool:
    """Write what became of an attempt; False when the lease ran out and somebody else has the row."""
    own = (model.id == row_id, model.attempts == attempt, model.state == "running")
    done = update(model).where(*own).values(lease_until=None, **values).returning(model.id)
    return db.session.scalar(done, execution_options={"synchronize_session": False}) is not None


def after_failure(attempt: int, error: str, *, final: bool = False) -> dict[str, Any]:
    """Return the values of a failed attempt: another one after a pause, or dead after the last."""
    if final or attempt >= MOST:
        return {"state": "dead", "error": error[:300]}
    return {"state": "waiting", "error": error[:300], "next_at": now() + PAUSES[attempt - 1]}


def _due(model: Model) -> tuple[Any, ...]:
    free = or_(model.lease_until.is_(None), model.lease_until <= now())
    return model.state.in_(_OPEN), model.next_at <= now(), free
