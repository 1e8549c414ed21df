"""The way into a room on line stands in no page, feed, snapshot, message, export or answer that the public reaches."""

import gzip
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.kernel.clock import travel
from eventweek.kernel.db import Base, Bilingual, db
from eventweek.registration.actions import Online, join_online, set_online, switch_attendance
from eventweek.registration.models import Offering, Pass, Registration
from eventweek.registration.passes import manage_token_of
from tests.conftest import SignIn
from tests.factories.crowd import OPENING, Crowd
from tests.web.test_statements import ONE_ROW, Visit

SECRETS = ("zq8613meeting", "vk2206password")
KNOWING = {"desk.offering_online", "desk_api.online"}
"""Where editors of registrations set it."""


@pytest.fixture
def crowd(app: Flask) -> Iterator[Crowd]:
    """Give a week on its first morning, its first offering taking people on line, the visitor among them."""
    with travel(OPENING - timedelta(minutes=20)):
        own = Crowd()
        own.grow(6)
        offering = db.session.scalars(select(Offering).order_by(Offering.id)).first()
        assert offering
        url = f"https://{SECRETS[0]}.example.org/j/1"
        set_online(offering.code, Online(True, 60, url, Bilingual(SECRETS[1], SECRETS[1])), actor=SYSTEM)
        switch_attendance(_mine(own).code, online=True, actor=SYSTEM)
        yield own


def _mine(crowd: Crowd) -> Registration:
    own = select(Registration).where(Registration.attendee_id == crowd.first(Pass).attendee_id)
    return db.session.scalars(own.order_by(Registration.id)).first()  # type: ignore[return-value]


def _told(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def test_no_page_and_no_answer_holds_it_before_it_is_asked_for(app: Flask, crowd: Crowd, sign_in: SignIn) -> None:
    visit, leaks, seen = Visit(app, crowd, sign_in(app)), [], 0
    stranger = app.test_client()
    for rule in app.url_map.iter_rules():
        if (
            "GET" not in (rule.methods or ())
            or rule.endpoint in ONE_ROW - {"mine.exchange"}
            or rule.endpoint in KNOWING
        ):
            continue
        answer, seen = visit.open(rule), seen + 1
        outside = stranger.get(answer.request.full_path)
        for one in (answer, outside):
            body = gzip.decompress(one.data) if one.headers.get("Content-Encoding") == "gzip" else one.data
            text = body.decode("utf-8", "replace") + str(one.headers)
            leaks += [(rule.endpoint, one is outside, secret) for secret in _told(text)]
    assert leaks == [] and seen > 150


def test_no_row_holds_it_in_the_clear(crowd: Crowd) -> None:
    join_online(_mine(crowd).code, owner=crowd.first(Pass).id, actor=VISITOR)
    db.session.rollback()
    for table in Base.metadata.tables.values():
        for row in db.session.execute(select(table)):
            assert _told(str(tuple(row))) == [], table.name


def test_only_its_holder_is_shown_it_once_they_ask(app: Flask, crowd: Crowd) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    own, page = _mine(crowd).code, f"/my/registrations/{_mine(crowd).code}/online"
    other, mine = app.test_client(), app.test_client()
    other.get(f"/m/{manage_token_of(crowd.nth(Pass, 1))}")
    mine.get(f"/m/{manage_token_of(crowd.first(Pass))}")
    assert [one.post(page).status_code for one in (app.test_client(), other)] == [404, 404]
    assert mine.get(page).status_code == 200 and _told(mine.get(page).text) == []
    assert mine.post(page).status_code == 303
    answer = mine.get(page)
    assert _told(answer.text) == list(SECRETS)
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Referrer-Policy"] == "no-referrer"
    assert [_told(mine.get(path).text) for path in ("/my", "/my/pass", "/my/data")] == [[], [], []]
    token = {"Authorization": f"Bearer {manage_token_of(crowd.nth(Pass, 1))}"}
    assert app.test_client().post(f"/api/v1/registrations/{own}/joining", headers=token).status_code == 404
