"""The append-only audit entry without personal data, and the revision, whose personal values can be erased."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from eventweek.kernel.db import Base, UtcDateTime


class AuditEntry(Base):
    """One state change: actor, verb, subject and the fields that differ."""

    __tablename__ = "audit_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    week_id: Mapped[int | None]
    actor_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(120))
    verb: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(60))
    code: Mapped[str] = mapped_column(String(64))
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    __table_args__ = (Index(None, "subject", "code"), Index(None, "week_id", "id"))


class Revision(Base):
    """One change of one row: its fields as `{name: [old, new]}`, those with personal data apart in `personal`.

    `row_id` is the row's id, which SQLite may give again after a deletion: a row's history begins with its `create`.
    """

    __tablename__ = "revision"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    week_id: Mapped[int | None]
    actor_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(120))
    verb: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(60))
    row_id: Mapped[int]
    code: Mapped[str] = mapped_column(String(64))
    version: Mapped[int | None]
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    personal: Mapped[dict[str, Any]] = mapped_column(JSON)
    __table_args__ = (
        Index(None, "subject", "row_id", "id"),
        Index(None, "subject", "code"),
        Index(None, "subject", "at"),
    )
