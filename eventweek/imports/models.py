"""What the table of every kind of file that is brought holds."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from eventweek.kernel.db import Base, FileDigest, UtcDateTime, unique_where
from eventweek.kernel.tokens import random_code


class Import(Base):
    """A file that somebody brings into a week; at most one of a kind and week is waiting.

    `noun`: the first word of its refusals and of its verbs in the audit. `digest`: by which the same file is known
    again; `file`: that of the kept copy, which belongs to this row alone. `outcome`: what is told of its rows, or the
    `refusal`.
    """

    __abstract__ = True
    noun: ClassVar[str]
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"), index=True)
    actor: Mapped[str] = mapped_column(String(120))
    user_id: Mapped[int | None]
    epoch: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64))
    file: Mapped[str | None] = mapped_column(FileDigest)
    state: Mapped[str] = mapped_column(String(12))
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Index, ...]:
        """Return the index of the one that is waiting."""
        return (unique_where(f"uq_{cls.__tablename__}_waiting", "week_id", where="state = 'waiting'"),)
