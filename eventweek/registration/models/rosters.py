"""Lists of people that organisers bring."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from eventweek.kernel.db import Base, FileDigest, UtcDateTime
from eventweek.kernel.tokens import random_code


class Roster(Base):
    """A list (名单): looked through first, then registered whole or not at all.

    `digest`: keyed hash of the bytes and of what was said with them. `file`: of the sealed rows (`key_id`), NULL once
    they are gone. `outcome`: `rows` with what becomes of each, by number and code, `counts`, or the `refusal`; nothing
    that the list says of anybody. `consent_from`, `consent_note`: where its people agreed, as the organiser says;
    `send`: each is written to. At most one of a week is waiting.
    """

    __tablename__ = "roster"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"), index=True)
    actor: Mapped[str] = mapped_column(String(120))
    user_id: Mapped[int | None]
    epoch: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64))
    file: Mapped[str | None] = mapped_column(FileDigest)
    key_id: Mapped[str] = mapped_column(String(16))
    consent_from: Mapped[str] = mapped_column(String(12))
    consent_note: Mapped[str] = mapped_column(String(200))
    send: Mapped[bool]
    state: Mapped[str] = mapped_column(String(12))
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        Index(
            "uq_roster_waiting",
            "week_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )
