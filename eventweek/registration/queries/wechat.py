"""How many messages a person still lets through in WeChat."""

from sqlalchemy import func, select

from eventweek.kernel.db import db
from eventweek.registration.models import WechatConsent


def count_wechat_consents(pass_id: int, template: str) -> int:
    """Return how many messages of a template the holder of a pass still lets through."""
    mine = (WechatConsent.pass_id == pass_id, WechatConsent.template == template)
    query = select(func.count()).select_from(WechatConsent).where(*mine, WechatConsent.message_id.is_(None))
    return db.session.scalar(query) or 0
