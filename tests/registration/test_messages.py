"""Each step that touches a person writes one message, in their language, without a secret."""

import json

import pytest
from flask import Flask, render_template
from flask_babel import force_locale
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.kernel.db import db
from eventweek.outbox.models import Message
from eventweek.registration.actions import cancel_registration
from eventweek.registration.passes import manage_token_of, short_code_of, token_of
from eventweek.registration.queries import find_pass
from tests.registration.world import book, offering_of, phone, resize

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]


def sent() -> list[Message]:
    db.session.rollback()
    return list(db.session.scalars(select(Message).order_by(Message.id)))


def rendered(app: Flask, message: Message) -> str:
    """Render a message as its deliverer does."""
    context = {**message.context, "locale": message.locale, "link": "https://week.example/m/LINK"}
    with app.test_request_context(), force_locale("en" if message.locale == "en" else "zh_Hans_CN"):
        parts = [render_template(f"mail/{message.template}.{part}", **context) for part in ("subject", "txt", "html")]
    assert all(parts)
    return "\n".join(parts)


def test_each_step_is_told_once(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    resize(code, 1)
    [first] = book(code, phone=phone(1), email="a@example.org")
    [second] = book(code, phone=phone(2), email="b@example.org", locale="en")
    cancel_registration(first.registration, actor=VISITOR, owner=first.pass_id)
    cancel_registration(first.registration, actor=VISITOR, owner=first.pass_id)
    cancel_registration(second.registration, actor=SYSTEM)
    messages = sent()
    assert [(m.recipient, m.template, m.locale) for m in messages] == [
        ("a@example.org", "registration/confirmed", "zh-CN"),
        ("b@example.org", "registration/waitlisted", "en"),
        ("a@example.org", "registration/cancelled", "zh-CN"),
        ("b@example.org", "registration/promoted", "en"),
        ("b@example.org", "registration/cancelled", "en"),
    ]
    assert messages[0].attachments == [f"pass.png:{first.pass_code}", f"ics:{first.pass_code}"]
    texts = [rendered(demo_app, message) for message in messages]
    for text, words in zip(
        texts, ("报名成功", "Waiting list, no. 1", "名额已释放", "A seat for you", "organiser"), strict=True
    ):
        assert words in text and "https://week.example/m/LINK" in text
    assert "10月" in texts[0] and "Oct" in texts[1]


def test_no_message_holds_a_secret_and_phones_get_none(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    [outcome] = book(code, phone=phone(1), email="a@example.org")
    book(code, phone=phone(2))
    [message] = sent()
    own = find_pass(outcome.pass_id)
    assert own
    kept = json.dumps(message.context) + message.dedupe_key + "".join(message.attachments)
    assert not any(secret in kept for secret in (token_of(own), short_code_of(own), manage_token_of(own)))


def test_the_link_is_sent_as_its_own_message(demo_app: Flask) -> None:
    context = {"pass": "x", "name": "张三", "week": "活动周"}
    message = Message(template="registration/link", locale="zh-CN", context=context)
    assert "https://week.example/m/LINK" in rendered(demo_app, message)
