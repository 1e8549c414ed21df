"""Keys by which programs use the desk's API."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventweek.accounts.models import User
from eventweek.kernel.db import Base, UtcDateTime
from eventweek.kernel.tokens import random_code
from eventweek.programme.models.weeks import Week


class ApiKey(Base):
    """A role in a week, lent to a program by its owner: it is worth nothing once the owner has it no more.

    Only the SHA-256 of the secret and its last four characters are kept. `epoch` is the owner's when it was made.
    `last_client`: the first word of what the program calls itself.
    """

    __tablename__ = "api_key"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    tail: Mapped[str] = mapped_column(String(4))
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    epoch: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    scope_kind: Mapped[str] = mapped_column(String(20), default="committee")
    scope_code: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_client: Mapped[str] = mapped_column(String(40), default="")
    owner: Mapped[User] = relationship()
    week: Mapped[Week] = relationship()
    __table_args__ = (CheckConstraint("created_at < expires_at", name="life"),)
