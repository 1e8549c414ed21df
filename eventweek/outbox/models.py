"""Messages waiting to go out, and what became of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from eventweek.kernel.db import Base, UtcDateTime


class Message(Base):
    """A template with its context for one recipient; attachments are references such as `pass.png:CODE`.

    `others`: further ways to the same person as [channel, address]; `tried`: channels that
    have failed for good. `week`: code of the edition whose rules hold, `person`:
    code of the pass, `batch`: code of the campaign, each empty where there is none. `urgent`: no quiet hour holds it.
    `recipient`, `others` and `context` are emptied some days after delivery. States: `enums.MessageState`.
    """

    __tablename__ = "message"
    id: Mapped[int] = mapped_column(primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    channel: Mapped[str] = mapped_column(String(12), default="email")
    recipient: Mapped[str] = mapped_column(String(254))
    tried: Mapped[str] = mapped_column(String(40), default="")
    others: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    week: Mapped[str] = mapped_column(String(40), default="")
    person: Mapped[str] = mapped_column(String(16), default="")
    batch: Mapped[str] = mapped_column(String(16), default="")
    urgent: Mapped[bool] = mapped_column(default=False)
    template: Mapped[str] = mapped_column(String(80))
    locale: Mapped[str] = mapped_column(String(8))
    context: Mapped[dict[str, Any]] = mapped_column(JSON)
    attachments: Mapped[list[str]] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    provider_ref: Mapped[str] = mapped_column(String(80), default="", index=True)
    error: Mapped[str] = mapped_column(String(300), default="")
    __table_args__ = (Index(None, "state", "next_at"), Index(None, "week", "id"), Index(None, "batch", "state"))


class Suppression(Base):
    """An address that its server has refused for good, as its keyed hash; nothing is sent there until it is lifted."""

    __tablename__ = "suppression"
    id: Mapped[int] = mapped_column(primary_key=True)
    address_key: Mapped[str] = mapped_column(String(64), unique=True)
    channel: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
