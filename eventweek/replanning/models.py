"""Whom a release affects, and what they want."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventweek.kernel.db import Base, UtcDateTime, unique_where
from eventweek.kernel.tokens import random_code
from eventweek.registration.models import Registration
from eventweek.replanning.enums import Choice

_IS_OPEN = f"choice = '{Choice.OPEN}'"


class AffectedRegistration(Base):
    """A registration whose session was moved, called off, or got too small; at most one question of it is open.

    `offering`: the code of what it stood for then; `release`: the newest in it by number, 0 for a split. `changes`: per
    session `session`, `zh`, `en`, `before` and `after` (start, end, room, venue, cancelled). `clashes`: what the
    person cannot attend any more. `displaced`: a smaller room sent them to the waiting list. `target`: code of the
    offering that was chosen instead. Nothing in it names a person.
    """

    __tablename__ = "affected_registration"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    offering: Mapped[str] = mapped_column(String(16), index=True)
    release: Mapped[int]
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    clashes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    clashing: Mapped[bool] = mapped_column(default=False)
    displaced: Mapped[bool] = mapped_column(default=False)
    choice: Mapped[str] = mapped_column(String(12), default=Choice.OPEN)
    target: Mapped[str] = mapped_column(String(16), default="")
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str] = mapped_column(String(120), default="")
    version: Mapped[int] = mapped_column(default=1)
    registration: Mapped[Registration] = relationship()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("(choice = 'open') = (decided_at IS NULL)", name="decided"),
        unique_where("uq_affected_registration_open", "registration_id", where=_IS_OPEN),
    )
