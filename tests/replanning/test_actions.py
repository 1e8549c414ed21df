"""A release that cancels a session ends its registrations in the same transaction, and tells everybody."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.outbox.models import Message
from eventweek.registration.queries import list_registrations
from eventweek.registration.verify import list_findings
from eventweek.replanning.actions import publish
from tests.registration.world import book, cancel_now, counters, offering_of, phone, resize, state_of, week

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]


def test_a_cancelled_session_has_no_live_registration_left(demo_app: Flask) -> None:
    gone, stays = offering_of("rs-ei-1").code, offering_of("rs-nm-1").code
    resize(gone, 1)
    [first, kept] = book(gone, stays, phone=phone(1), email="a@example.org")
    [waiting] = book(gone, phone=phone(2), email="b@example.org")
    cancel_now("rs-ei-1")
    assert [state_of(o.registration) for o in (first, waiting, kept)] == ["cancelled", "cancelled", "confirmed"]
    assert counters(gone) == counters(gone, "public") == (0, 0)
    query = select(Message).where(Message.template == "registration/session_cancelled")
    told = db.session.scalars(query).all()
    assert sorted(message.recipient for message in told) == ["a@example.org", "b@example.org"]
    assert all("讲者因故不能到场" in message.context["reason"] for message in told)
    with pytest.raises(Invalid) as caught:
        book(gone, phone=phone(3))
    assert caught.value.errors[0].code == "offering.cancelled"
    held = {own.code: own for own in list_registrations(first.pass_id)}
    assert held[first.registration].end_reason == "session" and not held[first.registration].entitled


def test_a_release_that_is_refused_ends_nothing(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    [mine] = book(code)
    with pytest.raises(Refusal, match="release.no_change"):
        publish(week().id, actor=SYSTEM, note="")
    assert state_of(mine.registration) == "confirmed"


def test_a_camp_goes_on_while_one_of_its_days_does(demo_app: Flask) -> None:
    with transaction():
        camp = offering_of("camp-a-1")
        camp.mode = "open"
        code = camp.code
    [mine] = book(code)
    cancel_now("camp-a-1")
    assert state_of(mine.registration) == "confirmed"
    for day in ("camp-a-2", "camp-a-3"):
        cancel_now(day)
    assert state_of(mine.registration) == "cancelled"


def test_nobody_slips_in_while_a_session_is_cancelled(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code

    def register(own: int) -> None:
        with demo_app.app_context():
            for n in range(12):
                try:
                    book(code, phone=phone(own * 100 + n))
                except Invalid as refusal:
                    assert refusal.errors[0].code == "offering.cancelled"

    def cancel() -> None:
        with demo_app.app_context():
            cancel_now("rs-ei-1")

    with ThreadPoolExecutor(5) as pool:
        running = [pool.submit(copy_context().run, register, n) for n in range(4)]
        running.append(pool.submit(copy_context().run, cancel))
        for done in running:
            done.result()
    assert [finding.name for finding in list_findings() if finding.rows] == []
    assert counters(code) == (0, 0)
