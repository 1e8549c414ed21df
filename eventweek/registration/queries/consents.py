"""The texts that people agree to, as the week has them now, and what they agreed to."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from eventweek.kernel.db import db
from eventweek.programme.models import ConsentText, Week
from eventweek.programme.queries.consents import find_kept_text, text_as_it_reads
from eventweek.programme.queries.facts import facts_of_week
from eventweek.programme.rules.placeholders import fill
from eventweek.registration.consents import DAYS, STANDARD
from eventweek.registration.enums import Purpose
from eventweek.registration.models import Consent, Pass
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


@dataclass(frozen=True)
class Agreed:
    """That somebody agreed: to what, in which version, when; `withdrawn_at` None while it holds."""

    purpose: Purpose
    version: int
    given_at: datetime
    withdrawn_at: datetime | None


def find_consent_text(week: Week) -> ConsentText | None:
    """Return what people of the week agree to now, None while it has never taken registrations."""
    kept = find_own_text(week.id)
    return kept and text_of(week, kept)


def find_own_text(week_id: int) -> ConsentText | None:
    """Return the newest text of registration that was kept."""
    return find_kept_text(week_id, Purpose.REGISTRATION)


def text_of(week: Week, kept: ConsentText | None) -> ConsentText:
    """Return the kept text where it still says what the week says, else the next version, which is not kept yet."""
    zh, en = _whole(TEXT_ZH, week, "zh-CN", week.consent.zh), _whole(TEXT_EN, week, "en", week.consent.en)
    return text_as_it_reads(week.id, Purpose.REGISTRATION, zh, en, kept)


def _whole(standard: str, week: Week, language: str, own: str) -> str:
    return f"{standard}\n{fill(own, facts_of_week(week, language))}" if own else standard


def text_for(week: Week, purpose: Purpose) -> ConsentText:
    """Return what people of the week agree to for a further purpose now: what organisers wrote, else the usual text."""
    kept = find_kept_text(week.id, purpose)
    if kept is not None and not _is_usual(kept, purpose):
        return kept
    zh, en = (text.replace(DAYS, str(week.identity_days)) for text in (STANDARD[purpose].zh, STANDARD[purpose].en))
    return text_as_it_reads(week.id, purpose, zh, en, kept)


def _is_usual(kept: ConsentText, purpose: Purpose) -> bool:
    """Say whether a kept text is the usual one, whatever number of days it named."""
    pattern = re.escape(STANDARD[purpose].zh).replace(re.escape(DAYS), r"\d+")
    return re.fullmatch(pattern, kept.text_zh) is not None


def list_agreed(attendee_id: int, week_id: int) -> list[tuple[Consent, ConsentText]]:
    """Return what somebody agreed to in a week, newest first, with the texts."""
    query = select(Consent, ConsentText).join(ConsentText, ConsentText.id == Consent.text_id)
    query = query.where(Consent.attendee_id == attendee_id, ConsentText.week_id == week_id)
    return [(own, text) for own, text in db.session.execute(query.order_by(Consent.id.desc()))]


def list_consents(pass_id: int) -> list[Agreed]:
    """Return the last word of the holder of a pass on each purpose, in the order of the purposes."""
    own = db.session.get(Pass, pass_id)
    if own is None:
        return []
    last: dict[str, Agreed] = {}
    for consent, text in list_agreed(own.attendee_id, own.week_id):
        agreed = Agreed(Purpose(text.purpose), text.version, consent.given_at, consent.withdrawn_at)
        known = last.get(text.purpose)
        if known is None or (known.withdrawn_at and agreed.withdrawn_at is None):
            last[text.purpose] = agreed
    return [last[purpose] for purpose in Purpose if purpose in last]
