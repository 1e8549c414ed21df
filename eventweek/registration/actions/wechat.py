"""Keep that somebody lets WeChat tell them something once, and use it up."""

from sqlalchemy import func, select, update

from eventweek.audit.actions import record
from eventweek.audit.actors import VISITOR
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.kernel.text import clean_line
from eventweek.registration.models import Pass, WechatConsent
from eventweek.registration.queries.wechat import count_wechat_consents

MOST = 20
"""Unused consents of one pass for one template; WeChat itself asks each time."""


def record_wechat_consent(pass_id: int, openid: str, template: str) -> int:
    """Keep one consent of the holder of a pass; return how many are unused now. More than MOST change nothing.

    Raises: Refusal pass.not_found, text.too_long.
    """
    with transaction():
        own = db.session.get(Pass, pass_id, with_for_update={"key_share": True})
        if own is None or own.status != "active":
            raise Refusal("pass.not_found")
        count = count_wechat_consents(pass_id, template)
        if count < MOST:
            person, name = clean_line(openid, 64), clean_line(template, 64)
            db.session.add(WechatConsent(pass_id=pass_id, openid=person, template=name, given_at=now()))
            record(VISITOR, "wechat.consent", "pass", own.code, week_id=own.week_id)
            count += 1
    return count


def use_wechat_consent(pass_code: str, template: str, message_id: int) -> str | None:
    """Use up the oldest consent for one message and return the openid, the same at each try; None without one."""
    own = (select(Pass.id).where(Pass.code == pass_code, Pass.status == "active")).scalar_subquery()
    mine = (WechatConsent.pass_id == own, WechatConsent.template == template)
    with transaction():
        used = db.session.scalar(select(WechatConsent.openid).where(*mine, WechatConsent.message_id == message_id))
        if used:
            return used
        oldest = select(func.min(WechatConsent.id)).where(*mine, WechatConsent.message_id.is_(None)).scalar_subquery()
        free = (WechatConsent.id == oldest, WechatConsent.message_id.is_(None))
        taken = update(WechatConsent).where(*free).values(message_id=message_id).returning(WechatConsent.openid)
        return db.session.scalar(taken, execution_options={"synchronize_session": False})
