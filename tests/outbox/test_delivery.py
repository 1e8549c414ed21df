"""Messages reach the server, or wait for it; none is lost, the hopeless ones are laid aside."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek import worker
from eventweek.delivery import mails
from eventweek.delivery.ways import Ways
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import db, transaction
from eventweek.kernel.leases import LEASE, MOST, PAUSES
from eventweek.outbox.actions import claim_message, forget_messages, mark_sent, send
from eventweek.outbox.models import Message
from eventweek.outbox.transport import Folder, Smtp
from tests.smtp import mail_server

CONTEXT = {"name": "王<b>敏", "by": "", "secret_token": "t0ken"}


@pytest.fixture
def letter(app: Flask) -> int:
    """Give the id of a message that waits."""
    with transaction():
        send("accounts/invitation", "wang@example.org", "zh-CN", CONTEXT, "invitation:1")
    return row().id


def row() -> Message:
    db.session.rollback()
    return db.session.scalars(select(Message)).one()


@pytest.mark.database
def test_a_mail_is_rendered_and_taken_over(letter: int) -> None:
    with mail_server() as server:
        assert worker.deliver(letter, Ways(Smtp(server.url)))
        assert not worker.deliver(letter, Ways(Smtp(server.url)))
    (mail,) = server.taken
    assert (mail["To"], mail["Subject"]) == ("wang@example.org", "邀请您使用双创活动周工作台")
    text = mail.get_content()
    assert "王<b>敏，您好" in text and "http://127.0.0.1:8000/invitations/t0ken" in text
    assert mail["Message-ID"] == f"<message.{letter}@127.0.0.1>"
    assert row().state == "sent" and "secret_token" not in row().context and row().sent_at


def test_without_a_server_a_mail_is_a_file(app: Flask, tmp_path: Path) -> None:
    with transaction():
        send("accounts/invitation", "wang@example.org", "en", CONTEXT, "invitation:1")
    assert worker.work_off() == 1 and worker.work_off() == 0
    (file,) = (app.extensions["eventweek"].var / "mail").glob("*.eml")
    mail = message_from_bytes(file.read_bytes(), policy=default)
    assert "http://127.0.0.1:8000/en/invitations/t0ken" in mail.get_content()  # type: ignore[attr-defined]
    assert mail["Subject"] == "You are invited to the desk of the innovation week"


@pytest.mark.database
def test_a_busy_server_is_tried_again_until_it_is_well(letter: int) -> None:
    at = now()
    with mail_server() as server:
        server.mood = "busy"
        for pause in PAUSES[:3]:
            with travel(at):
                assert worker.deliver(letter, Ways(Smtp(server.url))) and not worker.deliver(
                    letter, Ways(Smtp(server.url))
                )
            assert (row().state, row().next_at) == ("waiting", at + pause)
            at += pause
        server.mood = "good"
        with travel(at):
            assert worker.deliver(letter, Ways(Smtp(server.url)))
    assert len(server.taken) == 1 and (row().state, row().attempts, row().error) == ("sent", 4, "")


def test_a_server_that_is_gone_comes_back(letter: int) -> None:
    with mail_server() as server:
        port = server.server_address[1]
    assert worker.deliver(letter, Ways(Smtp(f"smtp://127.0.0.1:{port}", timeout=1)))
    assert (row().state, row().error) == ("waiting", "ConnectionRefusedError")
    with mail_server(port) as server, travel(now() + PAUSES[0]):
        assert worker.deliver(letter, Ways(Smtp(server.url)))
    assert len(server.taken) == 1


def test_a_stalling_server_costs_one_attempt(letter: int) -> None:
    with mail_server() as server:
        server.mood = "stalling"
        assert worker.deliver(letter, Ways(Smtp(server.url, timeout=0.3)))
    assert row().state == "waiting" and row().error in {"TimeoutError", "SMTPServerDisconnected"}


def test_an_address_refused_for_good_is_laid_aside(letter: int) -> None:
    with mail_server() as server:
        server.mood = "refusing"
        assert worker.deliver(letter, Ways(Smtp(server.url)))
    assert (row().state, row().error, row().attempts) == ("dead", "refused with 550", 1)


def test_after_the_last_try_a_message_is_dead(letter: int) -> None:
    at = now()
    for _ in range(MOST):
        with travel(at):
            assert worker.deliver(letter, Ways(Smtp("smtp://127.0.0.1:1", timeout=1)))
        at += timedelta(hours=13)
    assert (row().state, row().attempts) == ("dead", MOST)
    with travel(at):
        assert worker.work_off() == 0


def test_a_broken_template_is_not_lost(app: Flask) -> None:
    with transaction():
        send("accounts/nothing", "wang@example.org", "en", {}, "x:1")
    worker.work_off()
    assert (row().state, row().error) == ("waiting", "TemplateNotFound")


def test_attachments_are_made_at_delivery(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(mails.ATTACHMENTS, "test", lambda code: (f"{code}.txt", "text/plain", b"inside"))
    with transaction():
        send("accounts/invitation", "wang@example.org", "en", CONTEXT, "x:1", ["test:abc"])
    worker.deliver(row().id, Ways(Folder(tmp_path / "out")))
    (file,) = (tmp_path / "out").iterdir()
    (part,) = message_from_bytes(file.read_bytes(), policy=default).iter_attachments()  # type: ignore[attr-defined]
    assert (part.get_filename(), part.get_content()) == ("abc.txt", "inside")


@pytest.mark.database
def test_a_lease_that_ran_out_is_taken_over_and_the_late_one_changes_nothing(letter: int) -> None:
    first = claim_message(letter)
    assert first and claim_message(letter) is None
    with travel(now() + LEASE + timedelta(seconds=1)):
        second = claim_message(letter)
        assert second and second.attempt == 2
        assert not mark_sent(first) and row().state == "running"
        assert mark_sent(second) and row().state == "sent"


WORKER = "import sys; from eventweek.cli import main; sys.exit(main(['worker']))"


@pytest.mark.database
def test_kill_9_in_the_middle_of_a_delivery_loses_nothing(app: Flask, letter: int) -> None:
    """The worker dies after the server read the mail and before it answered: the next one sends it again."""
    config = app.extensions["eventweek"]
    with mail_server() as server:
        server.mood = "stalling"
        own = {
            "EVENTWEEK_DATABASE_URL": config.database,
            "EVENTWEEK_VAR": str(config.var),
            "EVENTWEEK_SMTP_URL": server.url,
        }
        process = subprocess.Popen([sys.executable, "-c", WORKER], env=os.environ | own)
        try:
            with app.app_context():
                _wait_for(server.reached_data.is_set, 90)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait(10)
        assert row().state == "running" and row().attempts == 1
        server.mood = "good"
        assert not worker.deliver(letter, Ways(Smtp(server.url)))
        with travel(now() + LEASE + timedelta(seconds=1)):
            assert worker.deliver(letter, Ways(Smtp(server.url)))
    assert len(server.taken) == 1 and row().state == "sent"


def _wait_for(done: Callable[[], Any], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_old_messages_are_emptied_but_never_sent_again(letter: int, tmp_path: Path) -> None:
    worker.deliver(letter, Ways(Folder(tmp_path)))
    forget_messages()
    assert row().recipient
    with travel(now() + timedelta(days=31)):
        forget_messages()
    assert (row().recipient, row().context) == ("", {})
    with transaction():
        assert not send("accounts/invitation", "wang@example.org", "en", CONTEXT, "invitation:1")
