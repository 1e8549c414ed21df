"""Roles that users hold in a week."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eventweek.kernel.db import Base


class Grant(Base):
    """A role of a user in a week, narrowed: `committee` (all of it), `city`, `venue`, `track`, `organisation`."""

    __tablename__ = "grant"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    scope_kind: Mapped[str] = mapped_column(String(20), default="committee")
    scope_code: Mapped[str] = mapped_column(String(40), default="")
    __table_args__ = (UniqueConstraint("user_id", "week_id", "role", "scope_kind", "scope_code"),)
