"""A release that cancels a session ends its registrations in the same transaction, and tells everybody."""

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.outbox.models import Message
from eventweek.registration.queries import list_registrations
from eventweek.replanning.actions import publish
from tests.registration.world import book, cancel_published, counters, offering_of, phone, resize, state_of, week

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]


def test_a_cancelled_session_has_no_live_registration_left(demo_app: Flask) -> None:
    gone, stays = offering_of("rs-ei-1").code, offering_of("rs-nm-1").code
    resize(gone, 1)
    [first, kept] = book(gone, stays, phone=phone(1), email="a@example.org")
    [waiting] = book(gone, phone=phone(2), email="b@example.org")
    cancel_published("rs-ei-1")
    assert [state_of(o.registration) for o in (first, waiting, kept)] == ["cancelled", "cancelled", "confirmed"]
    assert counters(gone) == counters(gone, "public") == (0, 0)
    told = db.session.scalars(select(Message).where(Message.template == "registration/session_cancelled"))
    assert sorted(message.recipient for message in told) == ["a@example.org", "b@example.org"]
    held = {own.code: own for own in list_registrations(first.pass_id)}
    assert held[first.registration].end_reason == "session" and not held[first.registration].entitled


def test_a_release_that_is_refused_ends_nothing(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    [mine] = book(code)
    with pytest.raises(Refusal, match="release.no_change"):
        publish(week().id, actor=SYSTEM, note="")
    assert state_of(mine.registration) == "confirmed"
