"""The text that people agree to, as the week has it now."""

from eventweek.programme.models import ConsentText, Week
from eventweek.programme.queries.consents import find_kept_text, text_as_it_reads
from eventweek.programme.queries.facts import facts_of_week
from eventweek.programme.rules.placeholders import fill
from eventweek.registration.rules import RETENTION_DAYS

_PURPOSE = "registration"
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


def find_consent_text(week: Week) -> ConsentText | None:
    """Return what people of the week agree to now, None while it has never taken registrations."""
    kept = find_own_text(week.id)
    return kept and text_of(week, kept)


def find_own_text(week_id: int) -> ConsentText | None:
    """Return the newest text of registration that was kept."""
    return find_kept_text(week_id, _PURPOSE)


def text_of(week: Week, kept: ConsentText | None) -> ConsentText:
    """Return the kept text where it still says what the week says, else the next version, which is not kept yet."""
    zh, en = _whole(TEXT_ZH, week, "zh-CN", week.consent.zh), _whole(TEXT_EN, week, "en", week.consent.en)
    return text_as_it_reads(week.id, _PURPOSE, zh, en, kept)


def _whole(standard: str, week: Week, language: str, own: str) -> str:
    return f"{standard}\n{fill(own, facts_of_week(week, language))}" if own else standard
