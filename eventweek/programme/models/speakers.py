"""What passes between the organisers and the people of the programme: a contact, a link, replies, consents."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventweek.kernel.db import Base, UtcDateTime, unique_where
from eventweek.kernel.tokens import random_code
from eventweek.programme.models.parties import Person


class PersonContact(Base):
    """Where a person is written to; private, apart from the profile, which is public."""

    __tablename__ = "person_contact"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(8), default="zh-CN")


class SpeakerLink(Base):
    """A person's secret link to their own page of a week, and the address of their calendar; at most one is in use.

    Both secrets are derived from a key, `seed` and an epoch, and found by their keyed hashes; see rules.speakers.
    `seen_at`: when the person last said that they know of all changes.
    """

    __tablename__ = "speaker_link"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    seed: Mapped[bytes] = mapped_column(LargeBinary(16))
    key_id: Mapped[str] = mapped_column(String(16))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    feed_epoch: Mapped[int] = mapped_column(default=1)
    feed_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    mailed: Mapped[bool] = mapped_column(default=False)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    person: Mapped[Person] = relationship()
    __table_args__ = (unique_where("uq_speaker_link_in_use", "week_id", "person_id", where="revoked_at IS NULL"),)


class SpeakerReply(Base):
    """What a person said to taking part in a session: `confirmed` or `declined`, with a reason; `via`: link or desk."""

    __tablename__ = "speaker_reply"
    week_id: Mapped[int]
    session_id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    answer: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(300), default="")
    via: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (
        ForeignKeyConstraint(["week_id", "session_id"], ["session.week_id", "session.id"], ondelete="CASCADE"),
    )


class SpeakerConsent(Base):
    """Whether a person lets a week publish an item of theirs: `name`, `bio`, `portrait`, `recording`.

    `text_id`: the text that they read; `via`: link or desk. Earlier decisions stand in the person's history.
    """

    __tablename__ = "speaker_consent"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    item: Mapped[str] = mapped_column(String(12))
    given: Mapped[bool]
    text_id: Mapped[int]
    via: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (
        UniqueConstraint("week_id", "person_id", "item"),
        ForeignKeyConstraint(["week_id", "text_id"], ["consent_text.week_id", "consent_text.id"], ondelete="CASCADE"),
    )
