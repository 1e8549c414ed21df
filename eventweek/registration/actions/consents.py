"""The text that people agree to before their data is taken, and their agreement."""

from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.registration.models import Attendee, Consent, ConsentText
from eventweek.registration.queries.registrations import find_consent_text
from eventweek.registration.rules import RETENTION_DAYS

TEXT_ZH = (
    "主办方收集您的姓名、手机号或邮箱和所报场次，用于报名、入场核验和变动通知。"
    f"活动周结束后 {RETENTION_DAYS} 天内删除，只留人数统计。不对外提供。"
    "您可以随时在“我的一周”里查看、取消，或请主办方更正、删除，联系方式见页脚。"
)
TEXT_EN = (
    "The organiser collects your name, your phone or e-mail and the sessions you chose, to register you, check you in "
    f"and tell you of changes. They are deleted within {RETENTION_DAYS} days after the week; only counts stay. "
    "They are not passed on. You can see and cancel everything under “My week”, or ask the organiser to correct or "
    "delete it; see the foot of the page."
)


def seed_consent_text(week_id: int) -> ConsentText:
    """Return the newest text of registration, adding the standard one where a week has none."""
    text = find_consent_text(week_id)
    if text is None:
        text = ConsentText(week_id=week_id, purpose="registration", version=1, text_zh=TEXT_ZH, text_en=TEXT_EN)
        db.session.add(text)
        db.session.flush()
    return text


def record_consent(attendee: Attendee, text: ConsentText, channel: str) -> None:
    """Note that somebody agreed to a text, now."""
    db.session.add(Consent(attendee_id=attendee.id, text_id=text.id, channel=channel, given_at=now()))
