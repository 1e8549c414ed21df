"""No-shows that count: the rule of a week, who has one, and every step of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventweek.kernel.db import Base, UtcDateTime
from eventweek.kernel.tokens import random_code
from eventweek.registration.models.registrations import Registration


class StrikeRule(Base):
    """From how many no-shows of one week on what becomes of new registrations; without a row nothing counts.

    `since`: when it was switched on; what began before never counts.
    """

    __tablename__ = "strike_rule"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"), unique=True)
    misses: Mapped[int]
    effect: Mapped[str] = mapped_column(String(8))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (CheckConstraint("misses BETWEEN 1 AND 10", name="misses"),)


class Strike(Base):
    """That a registration's holder did not come, at most once for each; `state` is where its steps end."""

    __tablename__ = "strike"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), unique=True)
    state: Mapped[str] = mapped_column(String(8), index=True)
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    registration: Mapped[Registration] = relationship()
    __mapper_args__ = {"version_id_col": version}


class StrikeStep(Base):
    """One step of a strike; append-only. `reason`: why the system took it; `words`: of the person or the organiser."""

    __tablename__ = "strike_step"
    id: Mapped[int] = mapped_column(primary_key=True)
    strike_id: Mapped[int] = mapped_column(ForeignKey("strike.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    to_state: Mapped[str] = mapped_column(String(8))
    actor: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(String(12), default="")
    words: Mapped[str] = mapped_column(String(500), default="")
