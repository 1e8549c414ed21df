"""The texts that people agree to, kept in each version that somebody agreed to."""

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eventweek.kernel.db import Base


class ConsentText(Base):
    """What people agree to, by purpose and version."""

    __tablename__ = "consent_text"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    text_zh: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    __table_args__ = (UniqueConstraint("week_id", "purpose", "version"), UniqueConstraint("week_id", "id"))
