"""Short messages reach the provider, or wait for it; what it says for good is believed, nothing else."""

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.config import ConfigError, Gateway, from_env
from eventweek.delivery.ways import Ways, configured_ways, deliver
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import db, transaction
from eventweek.kernel.leases import MOST, PAUSES
from eventweek.outbox.actions import send
from eventweek.outbox.channels import HttpChannel
from eventweek.outbox.models import Message
from eventweek.outbox.transport import Folder
from tests.provider import SECRET, ProviderServer, provider_server

CODE = {"secret_code": "041952", "minutes": 10}


@pytest.fixture
def note(app: Flask) -> int:
    """Give the id of a short message that waits."""
    with transaction():
        send("registration/code", "+8613804310001", "zh-CN", CODE, "code:1", channel="sms")
    return row().id


def row() -> Message:
    db.session.rollback()
    return db.session.scalars(select(Message)).one()


def ways(server: ProviderServer, timeout: float = 5) -> Ways:
    return Ways(Folder(Path("/nowhere")), HttpChannel(server.provider, timeout))


@pytest.mark.database
def test_a_code_is_handed_over_signed_and_forgotten(note: int) -> None:
    with provider_server() as server:
        assert deliver(note, ways(server)) and not deliver(note, ways(server))
    (taken,) = server.taken
    assert server.signed == [True]
    assert taken["to"] == "+8613804310001" and "041952" in taken["text"] and "10 分钟" in taken["text"]
    assert (row().state, row().channel, row().context) == ("sent", "sms", {"minutes": 10})


@pytest.mark.parametrize(
    ("mood", "said"),
    [
        ("ill", "HTTP 503"),
        ("locked", "HTTP 401"),
        ("elsewhere", "HTTP 302"),
        ("malformed", "malformed answer"),
        ("nested", "malformed answer"),
        ("endless", "answer too long"),
        ("asking for patience", "too fast"),
    ],
)
def test_what_is_no_promise_is_asked_again(note: int, mood: str, said: str) -> None:
    with provider_server() as server:
        server.mood = mood
        deliver(note, ways(server))
        assert (row().state, row().error) == ("waiting", said)
        server.mood = "good"
        with travel(now() + PAUSES[0]):
            deliver(note, ways(server))
    assert [one["reference"] for one in server.taken] == [f"message-{note}"]
    assert (row().state, row().attempts, row().error) == ("sent", 2, "")


@pytest.mark.parametrize("mood", ["silent", "dripping"])
def test_a_slow_provider_costs_one_attempt(note: int, mood: str) -> None:
    with provider_server() as server:
        server.mood = mood
        deliver(note, ways(server, timeout=0.3))
        assert (row().state, row().attempts) == ("waiting", 1) and server.taken == []


@pytest.mark.parametrize(("mood", "said"), [("refusing", "no such number"), ("rejecting", "template not approved")])
def test_a_refusal_for_good_is_believed(note: int, mood: str, said: str) -> None:
    with provider_server() as server:
        server.mood = mood
        deliver(note, ways(server))
    assert (row().state, row().error, row().attempts) == ("dead", said, 1)


def test_a_provider_that_is_gone_is_tried_to_the_last(note: int) -> None:
    with provider_server() as server:
        gone = ways(server)
    at = now()
    for _ in range(MOST):
        with travel(at):
            deliver(note, gone)
        at += PAUSES[-1]
    assert (row().state, row().error, row().attempts) == ("dead", "ConnectionRefusedError", MOST)


def test_without_a_provider_a_code_is_a_file(note: int, app: Flask) -> None:
    deliver(note, configured_ways())
    (file,) = (app.extensions["eventweek"].var / "sms").glob("*.json")
    assert "041952" in json.loads(file.read_text(encoding="utf-8"))["text"]


def test_a_provider_is_named_signed_and_allowed() -> None:
    own = {
        "EVENTWEEK_SECRET_KEY": "k" * 48,
        "EVENTWEEK_PASS_KEYS": "1:" + "ab" * 32,
        "EVENTWEEK_CONTACT_KEY": "cd" * 32,
    }
    sms = {
        "EVENTWEEK_SMS_URL": "https://sms.example.cn/v1",
        "EVENTWEEK_SMS_KEY_ID": "k",
        "EVENTWEEK_SMS_SECRET": SECRET,
    }
    allowed = {"EVENTWEEK_CHANNEL_HOSTS": "other.example, sms.example.cn"}
    assert from_env(own | sms | allowed).sms == Gateway("https://sms.example.cn/v1", "k", SECRET)
    assert SECRET not in repr(from_env(own | sms | allowed))
    for wrong, word in [
        ({}, "EVENTWEEK_CHANNEL_HOSTS"),
        ({"EVENTWEEK_SMS_URL": "http://sms.example.cn/v1"} | allowed, "https"),
        ({"EVENTWEEK_SMS_URL": "ftp://sms.example.cn/v1"} | allowed, "https"),
        ({"EVENTWEEK_SMS_SECRET": "short"} | allowed, "SECRET"),
    ]:
        with pytest.raises(ConfigError, match=word):
            from_env(own | sms | wrong)
