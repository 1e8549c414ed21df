"""Consent to one message in WeChat: the way to WeChat's own question, and what it brings back.

One-time subscription (一次性订阅消息) of a service account: WeChat asks the person, then sends them here with openid,
template_id and action in the address. Coming back changes nothing; a button keeps the consent.
"""

import hmac
from typing import Any
from urllib.parse import urlencode

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from eventweek.kernel.keys import contact_hash
from eventweek.kernel.limits import limited
from eventweek.kernel.tokens import is_code
from eventweek.programme.models import Week
from eventweek.programme.queries import find_current_week, get_week
from eventweek.registration.actions.wechat import record_wechat_consent
from eventweek.registration.models import Pass
from eventweek.registration.queries.message_texts import list_wechat_templates
from eventweek.registration.queries.wechat import count_wechat_consents
from eventweek.web.forms.registration import Cancel
from eventweek.web.frame import anybody, language
from eventweek.web.public import device
from eventweek.web.public.basket import blueprint
from eventweek.web.public.frame import base_url
from eventweek.web.public.passes import unseen

ASKING = "https://mp.weixin.qq.com/mp/subscribemsg"
MARK = 32


@blueprint.get("/my/wechat")
@anybody
def wechat() -> Any:
    """Show which messages can come by WeChat, how many are let through, and the way to let one more."""
    own = device.own_pass(request.args.get("of", ""))
    if own is None:
        return render_template("public/my_nobody.html", week=find_current_week())
    week, app_id = get_week(own.week_id), current_app.extensions["eventweek"].wechat_app_id
    templates = list_wechat_templates(week.id, language()) if app_id else []
    rows = [(code, count_wechat_consents(own.id, code), _asking(own, code, app_id)) for code in templates]
    return unseen(render_template("public/wechat.html", week=week, own=own, rows=rows))


@blueprint.route("/my/wechat/answer", methods=["GET", "POST"])
@anybody
def wechat_answer() -> Any:
    """Show what WeChat brought back; a button keeps it."""
    template, openid, agreed = (_told(name) for name in ("template_id", "openid", "action"))
    own = _own_of(request.args.get("reserved", "")[:80], template)
    if own is None or agreed != "confirm" or not openid:
        return unseen(redirect(url_for("mine.wechat"), 303))
    week, form = get_week(own.week_id), Cancel()
    if form.validate_on_submit() and _is_offered(week, template):
        limited("my.change", "30/minute", own.code)
        record_wechat_consent(own.id, openid, template)
        flash(_("记下了，下一条这样的消息从微信发给你。"), "yes")
        return unseen(redirect(url_for("mine.wechat", of=own.code), 303))
    return unseen(render_template("public/wechat_answer.html", week=week, own=own, form=form))


def _told(name: str) -> str:
    value = request.args.get(name, "")
    plain = value.isascii() and len(value) <= 64 and all(c.isalnum() or c in "-_" for c in value)
    return value if plain else ""


def _asking(own: Pass, template: str, app_id: str) -> str:
    """Return the address at which WeChat asks the person; `reserved` says whose answer it is."""
    answer = f"{base_url()}{url_for('mine.wechat_answer')}"
    facts = {"action": "get_confirm", "appid": app_id, "scene": "1", "template_id": template}
    return f"{ASKING}?{urlencode(facts | {'redirect_url': answer, 'reserved': _mark(own, template)})}#wechat_redirect"


def _mark(own: Pass, template: str) -> str:
    """Return what ties an answer to a pass and a template: letters and digits only, as WeChat wants it."""
    return own.code + contact_hash(f"eventweek/wechat/1/{own.code}/{template}".encode())[:MARK]


def _own_of(mark: str, template: str) -> Pass | None:
    """Return the pass of this device that an answer is for."""
    code = mark[:-MARK]
    own = device.own_pass(code) if is_code(code) else None
    return own if own and hmac.compare_digest(mark, _mark(own, template)) else None


def _is_offered(week: Week, template: str) -> bool:
    return any(template in list_wechat_templates(week.id, locale) for locale in ("zh-CN", "en"))
