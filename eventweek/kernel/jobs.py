"""Job rows: the truth about background work; the engine that runs them only carries their ids."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from eventweek.kernel.clock import now
from eventweek.kernel.db import Base, UtcDateTime, after_commit, db, insert_new


class Job(Base):
    """One piece of work. States: waiting, running, done, dead. A lease that ran out makes it waiting again."""

    __tablename__ = "job"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    dedupe_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(String(300), default="")
    __table_args__ = (Index(None, "state", "next_at"),)


def enqueue(name: str, **payload: Any) -> None:
    """Write a job row in the caller's transaction; the worker finds it after the commit."""
    at = now()
    db.session.add(Job(name=name, payload=payload, next_at=at, created_at=at))
    after_commit(wake)


def enqueue_at(at: datetime, name: str, **payload: Any) -> None:
    """Write a job row that nobody takes up before a time."""
    db.session.add(Job(name=name, payload=payload, next_at=at, created_at=now()))
    after_commit(wake)


def enqueue_once(dedupe_key: str, name: str, **payload: Any) -> bool:
    """Write a job row unless one with this key was ever written; say whether it is new."""
    at = now()
    after_commit(wake)
    return insert_new(Job, dedupe_key=dedupe_key, name=name, payload=payload, next_at=at, created_at=at)


def name_of(job_id: int) -> str | None:
    """Return what a job is called, None where there is no such row."""
    return db.session.scalar(select(Job.name).where(Job.id == job_id))


def forget_jobs(**payload: Any) -> None:
    """Delete the jobs whose payload holds these values, in the caller's transaction: their subject is going away."""
    for job in db.session.scalars(select(Job)):
        if payload.items() <= job.payload.items():
            db.session.delete(job)


def install_wake(call: Callable[[], object] | None) -> None:
    """Set what tells the engine that rows are waiting; without it they are found by the sweep."""
    global _wake
    _wake = call


def wake() -> None:
    """Tell the engine that rows are waiting; a broken engine only means that they wait for the sweep."""
    if _wake is None:
        return
    try:
        _wake()
    except Exception as error:  # whatever the engine's store raises: the change itself is committed
        _log.warning("jobs: the engine cannot be told", extra={"cause": type(error).__name__})


_wake: Callable[[], object] | None = None
_log = logging.getLogger(__name__)
