"""What organisers make of the messages of their week: words, channels, hours; and consents to WeChat messages."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eventweek.kernel.db import Base, Bilingual, UtcDateTime, bilingual


class MessageText(Base):
    """The words of one kind of message in a week; an empty one is the usual. `channels`: `email,sms` in their order.

    `sms_template` and `wechat_template` are ids that the provider has approved; `wechat` holds one field a line.
    """

    __tablename__ = "message_text"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(30))
    channels: Mapped[str] = mapped_column(String(40), default="")
    subject: Mapped[Bilingual] = bilingual("subject", 200)
    body_zh: Mapped[str] = mapped_column(Text, default="")
    body_en: Mapped[str] = mapped_column(Text, default="")
    sms: Mapped[Bilingual] = bilingual("sms", 300)
    sms_template: Mapped[Bilingual] = bilingual("sms_template", 64)
    wechat: Mapped[Bilingual] = bilingual("wechat", 500)
    wechat_template: Mapped[Bilingual] = bilingual("wechat_template", 64)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (UniqueConstraint("week_id", "kind"),)


class MessageSettings(Base):
    """When a week writes to people: the quiet hours and the reminder, as local `HH:MM`; the 签名 of its SMS.

    `remind_days`: so many days before a session its reminder goes out. Without a row the defaults stand.
    """

    __tablename__ = "message_settings"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"), unique=True)
    quiet_from: Mapped[str] = mapped_column(String(5), default="22:00")
    quiet_until: Mapped[str] = mapped_column(String(5), default="08:00")
    remind: Mapped[bool] = mapped_column(default=True)
    remind_days: Mapped[int] = mapped_column(default=1)
    remind_at: Mapped[str] = mapped_column(String(5), default="18:00")
    sms_sign: Mapped[str] = mapped_column(String(20), default="")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (CheckConstraint("remind_days BETWEEN 0 AND 14", name="remind_days"),)


class WechatConsent(Base):
    """That the holder of a pass lets one message of one template reach them in WeChat; used up by that message."""

    __tablename__ = "wechat_consent"
    id: Mapped[int] = mapped_column(primary_key=True)
    pass_id: Mapped[int] = mapped_column(ForeignKey("pass.id", ondelete="CASCADE"))
    openid: Mapped[str] = mapped_column(String(64))
    template: Mapped[str] = mapped_column(String(64))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    message_id: Mapped[int | None]
    """The message that used it up."""
    __table_args__ = (Index(None, "pass_id", "template"),)
