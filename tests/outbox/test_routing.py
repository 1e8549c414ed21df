"""By which way a message goes: the week's choice, what failed, what is dead, what people let through, the night."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.campaigns.actions.composing import create_campaign, schedule_campaign
from eventweek.campaigns.actions.messages import release_addresses, resend_message
from eventweek.campaigns.actions.sending import send_campaign
from eventweek.delivery.ways import Ways, deliver
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.kernel.leases import MOST, PAUSES
from eventweek.outbox.actions import About, note_receipts, send
from eventweek.outbox.channels import HttpChannel, Provider
from eventweek.outbox.models import Message, Suppression
from eventweek.outbox.transport import Folder, Smtp
from eventweek.registration.actions.message_texts import edit_message_settings, edit_message_text
from eventweek.registration.actions.wechat import record_wechat_consent
from eventweek.registration.models import Registration, RegistrationEvent, WechatConsent
from tests.provider import ProviderServer, provider_server
from tests.registration.test_verify import broken
from tests.registration.world import book, counters, offering_of, phone, week
from tests.smtp import mail_server

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]
NIGHT = datetime(2026, 10, 10, 15, 0, tzinfo=UTC)
"""23:00 on the clock of the demo week."""


def booked(kind: str = "confirmed") -> int:
    """Register somebody with phone and e-mail; return the id of the message."""
    book(offering_of("rs-ei-1").code, phone=phone(1), email="a@example.org")
    return row(f"registration/{kind}").id


def row(template: str = "registration/confirmed") -> Message:
    db.session.rollback()
    query = select(Message).where(Message.template == template).order_by(Message.id.desc())
    found = db.session.scalars(query).first()
    assert found
    return found


def by(server: ProviderServer, folder: Path) -> Ways:
    channel = HttpChannel(server.provider, 5)
    return Ways(Folder(folder), channel, channel)


def test_a_refused_sms_goes_by_mail_and_a_week_chooses(demo_app: Flask, tmp_path: Path) -> None:
    edit_message_text(week().id, "confirmed", {"channels": ["sms", "email"]}, version=0, actor=SYSTEM)
    number = booked()
    with provider_server() as server:
        server.mood = "refusing"
        assert deliver(number, by(server, tmp_path))
        assert (row().state, row().tried, row().error) == ("waiting", "sms", "no such number")
        assert deliver(number, by(server, tmp_path))
    assert (row().state, row().channel, row().recipient) == ("sent", "email", "a@example.org")
    assert len(list(tmp_path.glob("*.eml"))) == 1


def test_wechat_takes_one_message_a_consent_then_the_next_way(demo_app: Flask, tmp_path: Path) -> None:
    words = {"channels": "wechat,sms,email", "wechat_template_zh": "TPL", "wechat_zh": "thing1={session}"}
    edit_message_text(week().id, "confirmed", words, version=0, actor=SYSTEM)
    [outcome] = book(offering_of("rs-ei-1").code, phone=phone(1), email="a@example.org")
    assert record_wechat_consent(outcome.pass_id, "openid-1", "TPL") == 1
    first = row().id
    with provider_server() as server:
        server.mood = "ill"
        deliver(first, by(server, tmp_path))
        server.mood = "delivered"
        with travel(now() + timedelta(minutes=5)):
            deliver(first, by(server, tmp_path))
        assert [(m["to"], m["template"]) for m in server.taken] == [("openid-1", "TPL")]
        assert server.taken[0]["fields"]["thing1"] and "/m/" in server.taken[0]["page"]
        assert (row().state, row().channel) == ("delivered", "wechat")
        resend_message(week().id, first, actor=SYSTEM)
        deliver(row().id, by(server, tmp_path))
    assert server.taken[1]["to"] == f"+86{phone(1)}" and row().channel == "sms"
    assert db.session.scalars(select(WechatConsent.message_id)).all() == [first]


def test_the_night_holds_what_nobody_waits_for(demo_app: Flask, tmp_path: Path) -> None:
    about = About(week().code, "", urgent=False)
    with travel(NIGHT), transaction():
        send("registration/promoted", "a@example.org", "zh-CN", {"name": "王敏"}, "x:1", about=about)
        send(
            "registration/code", "+8613804310001", "zh-CN", {"secret_code": "1", "minutes": 1}, "x:2", (), "sms", about
        )
    with provider_server() as server, travel(NIGHT):
        deliver(row("registration/promoted").id, by(server, tmp_path))
        deliver(row("registration/code").id, by(server, tmp_path))
        held = row("registration/promoted")
        assert (held.state, held.attempts, held.next_at) == ("waiting", 0, NIGHT + timedelta(hours=9))
        assert not deliver(held.id, by(server, tmp_path)) and len(server.taken) == 1
        with travel(NIGHT + timedelta(hours=9)):
            deliver(held.id, by(server, tmp_path))
    assert row("registration/promoted").state == "sent"


def test_a_campaign_that_is_due_by_day_and_carried_out_at_night_waits_too(demo_app: Flask, tmp_path: Path) -> None:
    book(offering_of("rs-ei-1").code, email="a@example.org")
    words = {"purpose": "换厅", "subject_zh": "换到 A302", "body_zh": "{name}：请到 A302。{link}"}
    own = create_campaign(week().id, words, actor=SYSTEM).code
    with travel(NIGHT - timedelta(hours=2)):
        schedule_campaign(week().id, own, None, actor=SYSTEM)
        send_campaign(own)
    number = row("campaigns/message").id
    with travel(NIGHT):
        deliver(number, Ways(Folder(tmp_path)))
        held = row("campaigns/message")
        assert (held.state, held.next_at) == ("waiting", NIGHT + timedelta(hours=9)) and not list(tmp_path.glob("*"))
    with travel(NIGHT + timedelta(hours=9)):
        deliver(number, Ways(Folder(tmp_path)))
    assert row("campaigns/message").state == "sent"


def test_the_hours_are_those_of_the_week(demo_app: Flask, tmp_path: Path) -> None:
    edit_message_settings(week().id, {"quiet_from": "23:30", "quiet_until": "06:00"}, version=0, actor=SYSTEM)
    for minutes, state in ((0, "sent"), (30, "waiting")):
        with travel(NIGHT + timedelta(minutes=minutes)):
            with transaction():
                about = About(week().code)
                send("registration/promoted", "a@example.org", "zh-CN", {"name": "王敏"}, f"y:{minutes}", about=about)
            deliver(row("registration/promoted").id, Ways(Folder(tmp_path)))
            assert row("registration/promoted").state == state


def test_an_address_that_is_dead_takes_nothing_until_it_is_released(demo_app: Flask, tmp_path: Path) -> None:
    about = About(week().code)
    with transaction():
        for number in (1, 2):
            send("registration/promoted", "Gone@example.org", "zh-CN", {"name": "王敏"}, f"x:{number}", about=about)
    second = row("registration/promoted").id
    with mail_server() as server:
        server.mood = "refusing"
        deliver(second - 1, Ways(Smtp(server.url)))
    deliver(second, Ways(Folder(tmp_path)))
    assert row("registration/promoted").error == "no provider" and not list(tmp_path.glob("*.eml"))
    assert db.session.scalars(select(Suppression.reason)).all() == ["refused with 550"]
    assert release_addresses(week().id, second, actor=SYSTEM) == 1
    resend_message(week().id, second, actor=SYSTEM)
    deliver(row("registration/promoted").id, Ways(Folder(tmp_path)))
    assert row("registration/promoted").state == "sent" and row("registration/promoted").dedupe_key == "x:2#2"


def test_receipts_tell_what_became_of_it_once(demo_app: Flask, tmp_path: Path) -> None:
    edit_message_text(week().id, "confirmed", {"channels": "sms,email"}, version=0, actor=SYSTEM)
    number = booked()
    with provider_server() as server:
        deliver(number, by(server, tmp_path))
    assert note_receipts("email", [{"reference": "p-1", "state": "delivered"}]) == 0
    bounced = [{"reference": "p-1", "state": "bounced", "reason": "unknown"}]
    assert note_receipts("sms", bounced) == 1 and note_receipts("sms", bounced) == 0
    assert (row().state, row().tried) == ("waiting", "sms")
    deliver(number, Ways(Folder(tmp_path)))
    assert (row().state, row().channel) == ("sent", "email")


def test_only_what_is_settled_and_still_known_is_sent_again(demo_app: Flask) -> None:
    number = booked()
    for code in ("message.waiting",):
        with pytest.raises(Refusal, match=code):
            resend_message(week().id, number, actor=SYSTEM)
    with transaction():
        own = db.session.get_one(Message, number)
        own.state, own.recipient = "sent", ""
    with pytest.raises(Refusal, match="message.forgotten"):
        resend_message(week().id, number, actor=SYSTEM)
    with pytest.raises(Refusal, match="message.not_found"):
        resend_message(week().id, 2**40, actor=SYSTEM)


def test_a_message_that_is_lost_changes_no_registration(demo_app: Flask, tmp_path: Path) -> None:
    def standing() -> list[object]:
        db.session.rollback()
        [own] = db.session.scalars(select(Registration))
        steps = db.session.scalars(select(RegistrationEvent.id)).all()
        return [own.state, own.version, own.seats, counters(offering_of("rs-ei-1").code), list(steps)]

    message = booked()
    before, gone = standing(), Smtp("smtp://127.0.0.1:9")  # nobody listens there
    ways = Ways(gone, HttpChannel(Provider("http://127.0.0.1:9/", "k", "s"), 1))
    at = now()
    for _attempt in range(2 * MOST):
        with travel(at):
            deliver(message, ways)
        at += PAUSES[-1]
    lost = row()
    assert (lost.state, lost.sent_at) == ("dead", None) and lost.tried.split(",") == ["email", "sms"]
    assert standing() == before == ["confirmed", before[1], 1, (1, 0), before[4]] and broken() == []
