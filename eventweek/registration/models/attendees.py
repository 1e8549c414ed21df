"""People who come, their identity numbers and consents; private data."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eventweek.kernel.db import Base, UtcDateTime
from eventweek.kernel.tokens import random_code


class Attendee(Base):
    """A private contact. `contact_key` is the keyed hash of the normalised phone, else e-mail."""

    __tablename__ = "attendee"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    name: Mapped[str] = mapped_column(String(50))
    name_en: Mapped[str] = mapped_column(String(80), default="")
    phone_e164: Mapped[str | None] = mapped_column(String(20))
    phone_verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    email: Mapped[str | None] = mapped_column(String(254))
    email_verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    contact_key: Mapped[str] = mapped_column(String(64), index=True)
    email_key: Mapped[str | None] = mapped_column(String(64), index=True)
    organisation: Mapped[str] = mapped_column(String(100), default="")
    locale: Mapped[str] = mapped_column(String(8), default="zh-CN")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @property
    def proven(self) -> bool:
        """Say whether the person has shown that the phone or the e-mail address is theirs."""
        return self.phone_verified_at is not None or self.email_verified_at is not None


class AttendeeIdentity(Base):
    """An identity number: keyed hash, seal and last four, which are deleted together."""

    __tablename__ = "attendee_identity"
    id: Mapped[int] = mapped_column(primary_key=True)
    attendee_id: Mapped[int] = mapped_column(ForeignKey("attendee.id", ondelete="CASCADE"))
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    type: Mapped[str] = mapped_column(String(20))
    id_key: Mapped[str] = mapped_column(String(64))
    key_id: Mapped[str] = mapped_column(String(16))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    last4: Mapped[str] = mapped_column(String(4))
    purge_after: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (UniqueConstraint("week_id", "type", "id_key"), UniqueConstraint("attendee_id", "week_id"))


class Consent(Base):
    """That somebody agreed to a text: when, by which channel, and whether it was withdrawn.

    `origin`: where they did, in the organiser's words, when somebody else brought their name.
    """

    __tablename__ = "consent"
    id: Mapped[int] = mapped_column(primary_key=True)
    attendee_id: Mapped[int] = mapped_column(ForeignKey("attendee.id", ondelete="CASCADE"), index=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("consent_text.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(String(12))
    origin: Mapped[str] = mapped_column(String(200), default="")
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
