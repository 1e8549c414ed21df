"""Letting one message through in WeChat: asked there, brought back, kept by a button, for this device's own pass."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import db
from eventweek.registration.actions.message_texts import edit_message_text
from eventweek.registration.models import WechatConsent
from tests.registration.world import week


def consents() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(WechatConsent)) or 0


@pytest.fixture
def offered(demo_app: Flask) -> None:
    """Let the week send by WeChat."""
    demo_app.extensions["eventweek"] = replace(demo_app.extensions["eventweek"], wechat_app_id="wx1")
    values = {"channels": "wechat,sms,email", "wechat_template_zh": "TPL-1"}
    edit_message_text(week().id, "reminder", values, version=0, actor=SYSTEM)


def test_a_consent_is_asked_brought_back_and_kept(offered: None, visitor: Callable[[], Any]) -> None:
    own, other = visitor(), visitor()
    own.register("rs-ei-1")
    page = own.client.get("/my/wechat")
    address = page.text.split('href="https://mp.weixin.qq.com')[1].split('"')[0].replace("&amp;", "&")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert asked["template_id"] == "TPL-1" and asked["reserved"].isalnum() and len(asked["reserved"]) <= 128
    back = {"openid": "o-1", "template_id": "TPL-1", "action": "confirm", "scene": "1", "reserved": asked["reserved"]}
    answer = f"{urlsplit(asked['redirect_url']).path}?{urlencode(back)}"
    assert "记下" in own.client.get(answer).text and consents() == 0
    for wrong in (
        answer.replace("confirm", "cancel"),
        answer.replace("TPL-1", "TPL-2"),
        answer.replace("o-1", "%3Cb%3E"),
        answer.replace(asked["reserved"], asked["reserved"][:-1] + ("x" if asked["reserved"][-1] != "x" else "y")),
    ):
        assert own.client.get(wrong).status_code == 303
    assert other.client.get(answer).status_code == 303
    assert own.client.post(answer, data=own.hidden(answer)).status_code == 303
    assert consents() == 1 and "还可以来 1 条" in own.client.get("/my/wechat").text


def test_without_an_account_nobody_is_asked(visitor: Callable[[], Any]) -> None:
    own = visitor()
    own.register("rs-ei-1")
    assert "这一届没有微信消息" in own.client.get("/my/wechat").text
