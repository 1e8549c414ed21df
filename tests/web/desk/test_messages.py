"""The desk's pages of messages: words with a preview, single messages, messages to many; only for who may write."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek.campaigns.models import Campaign
from eventweek.kernel.db import db
from eventweek.outbox.models import Message
from eventweek.programme.actions.proposals.moving import comment_proposal
from eventweek.programme.models import Organisation
from eventweek.registration.models import MessageSettings, MessageText
from eventweek.web.desk.messages import PROGRAMME
from eventweek.worker import work_off
from tests.conftest import SignIn
from tests.factories.proposals import as_role, make_submitted, proposer_of
from tests.registration.world import book, offering_of, phone, week
from tests.web.desk.sheet import submit

pytestmark = pytest.mark.usefixtures("before_the_week")


def one(model: Any) -> Any:
    db.session.rollback()
    return db.session.scalars(select(model)).one()


def push(
    client: FlaskClient, page: str, ending: str, fields: dict[str, str] | None = None, follow: bool = False
) -> Any:
    """Send a form of a page that stands alone."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    data = {"csrf_token": token[1] if token else ""} | (fields or {})
    return client.post(f"{page}{ending}", data=data, follow_redirects=follow)


def test_words_are_written_looked_at_and_put_back(demo_app: Flask, sign_in: SignIn) -> None:
    desk, address = sign_in(demo_app), f"/desk/w/{week().code}/message-texts/confirmed"
    page = desk.get(address)
    assert "{waiting}" in page.text and "王敏：您好。" in page.text and "Wang Min" in page.text
    typed = {"channels": "sms,email", "subject_zh": "好了：{session}", "body_zh": "{name}，<b>见</b>{link}"}
    preview = submit(desk, address, do="preview", **typed)
    assert "好了：开幕式" in preview.text and "&lt;b&gt;见&lt;/b&gt;" in preview.text
    assert db.session.scalars(select(MessageText)).all() == []
    looked = submit(desk, address, do="preview", **typed | {"body_zh": "{nmae}"})
    assert looked.status_code == 422 and "{nmae} 不认识" in looked.text
    wrong = submit(desk, address, **typed | {"body_zh": "{nmae}"})
    assert wrong.status_code == 422 and "{nmae} 不认识" in wrong.text
    assert submit(desk, address, **typed).status_code == 303
    own = one(MessageText)
    assert (own.channels, own.subject.zh, own.sms.zh) == ("sms,email", "好了：{session}", "")
    stale = submit(desk, address, subject_zh="又改", version="0")
    assert stale.status_code == 422 and "别人刚改过" in stale.text
    assert push(desk, address, "/default").status_code == 303
    assert one(MessageText).subject.zh == ""
    history = desk.get(f"/desk/w/{week().code}/history/message_text/confirmed")
    assert "好了：{session}" in history.text and "恢复旧值" in history.text
    listed = f"/desk/w/{week().code}/message-texts"
    assert "填 0 到 14 天" in submit(desk, listed, remind_days="15").text
    assert submit(desk, listed, remind_days="2", quiet_from="23:00").status_code == 303
    assert (one(MessageSettings).remind_days, one(MessageSettings).quiet_from) == (2, "23:00")


def test_a_campaign_from_the_first_word_to_each_message(demo_app: Flask, sign_in: SignIn) -> None:
    desk, base = sign_in(demo_app), f"/desk/w/{week().code}"
    book(offering_of("rs-ei-1").code, phone=phone(1), email="a@example.org")
    typed = {"purpose": "换厅", "subject_zh": "换到 A302", "body_zh": "{name}：请到 A302。"}
    made = submit(desk, f"{base}/campaigns/new", **typed)
    assert made.status_code == 303
    address = made.headers["Location"]
    assert "欧阳娜娜：请到 A302。" in desk.get(address).text
    assert push(desk, address, "/trial").status_code == 303
    assert "时间写成" in push(desk, address, "/sending", {"at": "x"}, follow=True).text
    assert push(desk, address, "/sending", {"at": ""}).status_code == 303
    assert "已经发出或撤回" not in desk.get(address).text
    work_off()
    while work_off():
        pass
    assert one(Campaign).state == "done"
    templates = db.session.scalars(select(Message.template).where(Message.batch != "")).all()
    assert sorted(templates) == ["campaigns/message", "campaigns/test"]
    files = sorted((demo_app.extensions["eventweek"].var / "mail").glob("*.eml"))
    assert len(files) == 3
    listed = desk.get(f"{base}/messages?q=欧阳&template=campaigns/message")
    assert "已发出" in listed.text and "a***@example.org" in listed.text and "a@example.org" not in listed.text
    number = db.session.scalars(select(Message.id).where(Message.template == "campaigns/message")).one()
    assert push(desk, f"{base}/messages/{number}", "/copies").status_code == 303
    assert "又发了一次" in desk.get(f"{base}/messages/{number}").text
    assert "撤回这次群发" not in desk.get(address).text and "确认发送" not in desk.get(address).text


@pytest.mark.parametrize("role", ["reader", "city", "door"])
def test_who_may_not_write_to_people_sees_nothing_of_it(demo_app: Flask, sign_in: SignIn, role: str) -> None:
    desk = sign_in(demo_app, role)
    for path in ("campaigns", "campaigns/new", "messages", "message-texts", "message-texts/confirmed"):
        assert desk.get(f"/desk/w/{week().code}/{path}").status_code == 403


def test_each_mail_of_the_programme_has_a_word_in_the_list(demo_app: Flask, sign_in: SignIn) -> None:
    folder = Path(__file__).parents[3] / "templates/mail/programme"
    assert {path.stem for path in folder.glob("*.subject")} == set(PROGRAMME)
    unit = db.session.scalars(select(Organisation).order_by(Organisation.id)).first()
    assert unit
    own = make_submitted(week(), unit, proposer_of(week(), unit))
    comment_proposal(week().id, own.code, "请补材料", actor=as_role(week(), "committee"))
    page = sign_in(demo_app).get("/en/desk/w/jl2026/messages").text
    assert "News of a proposal</a>" in page and "programme/proposal</a>" not in page
