"""What was asked to be printed, how far it is, the file that came of it; how often a badge was printed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eventweek.kernel.db import Base, FileDigest, UtcDateTime
from eventweek.kernel.tokens import random_code
from eventweek.printing.enums import PrintState
from eventweek.printing.rules import Wish


class PrintJob(Base):
    """A paper that somebody has ordered, or the book that everybody may read.

    `part`: to what the week is narrowed, facet -> code. `key`: release and language of a book for everybody, NULL for
    what somebody has ordered. `step`, `done`, `total`: what the worker is doing, and how much of it is done.
    `attempts`: how often it was begun. `release`: the number of the release that it shows, 0 for the working plan.
    `failure`: code of the sentence why there is no file, and its `facts`.
    """

    __tablename__ = "print_job"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    key: Mapped[str | None] = mapped_column(String(20))
    paper: Mapped[str] = mapped_column(String(8))
    sheet: Mapped[str] = mapped_column(String(8))
    language: Mapped[str] = mapped_column(String(2))
    draft: Mapped[bool] = mapped_column(default=False)
    part: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(8), default=PrintState.WAITING)
    step: Mapped[str] = mapped_column(String(8), default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    release: Mapped[int] = mapped_column(default=0)
    pages: Mapped[int] = mapped_column(default=0)
    size: Mapped[int] = mapped_column(default=0)
    file: Mapped[str | None] = mapped_column(FileDigest)
    failure: Mapped[str] = mapped_column(String(40), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    actor: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        UniqueConstraint("week_id", "key"),
        Index(None, "week_id", "made_at"),
        CheckConstraint("(state IN ('done', 'failed')) = (done_at IS NOT NULL)", name="ended"),
        CheckConstraint("(state = 'done') = (file IS NOT NULL)", name="filed"),
    )

    @property
    def wish(self) -> Wish:
        """Return what was asked for."""
        return Wish(self.paper, self.sheet, self.language, self.draft, self.part)


class BadgePrint(Base):
    """How often the badge of a pass was printed, and when last."""

    __tablename__ = "badge_print"
    week_id: Mapped[int]
    pass_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    prints: Mapped[int] = mapped_column(default=1)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (
        ForeignKeyConstraint(["week_id", "pass_id"], ["pass.week_id", "pass.id"], ondelete="CASCADE"),
        CheckConstraint("prints > 0", name="prints"),
    )
