"""Job rows: the truth about background work; the engine that runs them only carries their ids."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from eventweek.kernel.clock import now
from eventweek.kernel.db import Base, UtcDateTime, db


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
