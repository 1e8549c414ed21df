"""Each step that touches a person writes one message, in their language, without a secret."""

import json
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from io import BytesIO

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.kernel.db import db
from eventweek.outbox.models import Message
from eventweek.registration.actions import cancel_registration
from eventweek.registration.enums import EndReason
from eventweek.registration.passes import manage_token_of, short_code_of, token_of
from eventweek.registration.queries import find_pass, find_pass_by_manage_token, find_pass_by_token
from eventweek.registration.queries.message_texts import facts_of
from eventweek.worker import work_off
from tests.registration.world import book, offering_of, phone, resize, week

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]


def sent() -> list[Message]:
    db.session.rollback()
    return list(db.session.scalars(select(Message).order_by(Message.id)))


def delivered(app: Flask) -> list[EmailMessage]:
    """Let the worker deliver what waits, and read it back, oldest first."""
    work_off()
    files = sorted((app.extensions["eventweek"].var / "mail").glob("*.eml"))
    return [message_from_bytes(file.read_bytes(), policy=default) for file in files]


def words_of(mail: EmailMessage) -> str:
    parts = [mail.get_body((kind,)) for kind in ("plain", "html")]
    assert all(parts)
    return f"{mail['Subject']}\n" + "\n".join(part.get_content() for part in parts if part)


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
    mails = delivered(demo_app)
    texts = [words_of(mail) for mail in mails]
    for text, words in zip(
        texts, ("报名成功", "Waiting list, no. 1", "名额已释放", "A seat for you", "organiser"), strict=True
    ):
        assert words in text and "/m/" in text
    assert "/en/m/" in texts[1] and "/en/m/" not in texts[0]
    picture, calendar = mails[0].iter_attachments()
    [found] = zxingcpp.read_barcodes(Image.open(BytesIO(picture.get_content())).convert("L"))
    scanned = find_pass_by_token(found.text)
    assert scanned and scanned.own.id == first.pass_id
    assert calendar.get_content_type() == "text/calendar" and "BEGIN:VCALENDAR" in calendar.get_content()
    link = next(line for line in texts[0].splitlines() if "/m/" in line)
    opened = find_pass_by_manage_token(link.rsplit("/m/", 1)[1])
    assert opened and opened.id == first.pass_id
    assert "10月" in texts[0] and "Oct" in texts[1]


def test_no_message_holds_a_secret_and_phones_get_an_sms(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    [outcome] = book(code, phone=phone(1), email="a@example.org")
    book(code, phone=phone(2))
    message, short = sent()
    assert (short.channel, short.recipient, short.others) == ("sms", f"+86{phone(2)}", [])
    assert (message.channel, message.others) == ("email", [["sms", f"+86{phone(1)}"]])
    own = find_pass(outcome.pass_id)
    assert own
    kept = json.dumps(message.context) + message.dedupe_key + "".join(message.attachments)
    assert not any(secret in kept for secret in (token_of(own), short_code_of(own), manage_token_of(own)))


@pytest.mark.parametrize("reason", EndReason)
@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_why_a_registration_ended_is_said_in_words(demo_app: Flask, reason: str, locale: str) -> None:
    entry = {"title": "x", "when": "", "where": "", "seats": 1}
    said = facts_of(week(), {"ended": [entry], "reason": reason}, locale, {})["reason"]
    assert said.endswith((".", "。"))
    assert facts_of(week(), {"ended": [entry], "reason": "停电"}, locale, {})["reason"] == "停电"
