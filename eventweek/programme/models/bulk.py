"""Changes to many sessions at once."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from eventweek.kernel.db import Base, UtcDateTime
from eventweek.kernel.tokens import random_code


class BulkChange(Base):
    """What somebody wishes for many sessions: previewed, then applied, then perhaps undone.

    `rows`: per session `code`, the `version` that was looked at, `changes` (field -> [old, new]), `why` (refusals as
    [code, facts]), once applied `after`, its version then, and once undone `left`: it was left out. `stay`: how many
    sessions the wish leaves as they are. `offerings`: the same of their offerings, kept by the room of registration.
    """

    __tablename__ = "bulk_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    actor: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stay: Mapped[int] = mapped_column(default=0)
    wish: Mapped[dict[str, Any]] = mapped_column(JSON)
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    offerings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
