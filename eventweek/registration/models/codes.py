"""One-time codes by which somebody proves that a phone or an e-mail address is theirs."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from eventweek.kernel.db import Base, UtcDateTime


class ContactCode(Base):
    """A code that was sent; neither the code nor the contact stands here, only their keyed hashes.

    `ref`: the secret of whoever asked; once the code was typed it is the proof, until some time after `proven_at`.
    """

    __tablename__ = "contact_code"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    ref: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(8))
    contact_key: Mapped[str] = mapped_column(String(64), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    proven_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
