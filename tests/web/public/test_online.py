"""A visitor takes part on line: chosen on the page and in the basket, changed in a tap, entered by a press."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.clock import travel
from eventweek.kernel.db import Bilingual, db
from eventweek.registration.actions import Online, set_online
from eventweek.registration.models import OnlineAttendance, Registration
from eventweek.registration.queries import load_offerings
from tests.registration.world import book, counters, offering_of, phone, resize
from tests.web.public.conftest import HERE, Code, Visitor

NewVisitor = Callable[[], Visitor]
URL = "https://meet.example.org/j/2206"


def opened(cap: int, **more: object) -> str:
    code = offering_of("rs-ei-2").code
    resize(code, cap, **more)
    set_online(code, Online(True, url=URL, note=Bilingual("密码 77<b>", "Password 77")), actor=SYSTEM)
    return code


def last() -> Registration:
    db.session.rollback()
    return db.session.scalars(select(Registration).order_by(Registration.id.desc())).first() or pytest.fail("none")


def test_a_full_room_offers_on_line_first_and_the_basket_keeps_the_choice(visitor: NewVisitor, code: Code) -> None:
    offering, own = opened(1), visitor()
    book(offering, phone=phone(1))
    page = own.client.get(f"/w/jl2026/s/{code('rs-ei-2')}").text
    assert page.index("线上参加</button>") < page.index("排候补</button>") and "现场满了，线上不限人数" in page
    own.client.post("/w/jl2026/picks", data={"s": code("rs-ei-2"), "online": code("rs-ei-2")}, headers=HERE)
    basket = own.client.get("/w/jl2026/basket").text
    assert f'name="way-{code("rs-ei-2")}" value="online" checked' in basket and "已满，排候补" in basket
    own.send()
    assert (last().cls, last().state) == ("online", "confirmed") and counters(offering) == (1, 0)


def test_what_is_sent_in_the_basket_comes_before_what_was_picked(visitor: NewVisitor, code: Code) -> None:
    offering, own = opened(5), visitor()
    own.client.post("/w/jl2026/picks", data={"s": code("rs-ei-2"), "online": code("rs-ei-2")}, headers=HERE)
    own.send(**{f"way-{code('rs-ei-2')}": "room"})
    assert last().cls == "public" and counters(offering, "online") == (0, 0)


def test_a_closed_room_takes_people_on_line_only(visitor: NewVisitor, code: Code) -> None:
    offering, own = opened(1, queue_open=False), visitor()
    book(offering, phone=phone(1))
    own.pick("rs-ei-2")
    own.send()
    assert last().cls == "online"


def test_on_line_chosen_by_hand_where_there_is_none_is_ignored(visitor: NewVisitor, code: Code) -> None:
    own = visitor()
    own.pick("rs-ei-2")
    own.send(**{f"way-{code('rs-ei-2')}": "online"})
    assert last().cls == "public"


def test_change_in_a_tap_and_back_only_where_a_seat_is_free(visitor: NewVisitor) -> None:
    offering, own = opened(1), visitor()
    own.register("rs-ei-2")
    mine = last().code
    assert "改为线上参加" in own.client.get("/my").text
    tap = {"csrf_token": own.hidden(f"/my/registrations/{mine}/cancellation")["csrf_token"], "way": "online"}
    own.client.post(f"/my/registrations/{mine}/attendance", data=tap)
    page = own.client.get("/my").text
    assert "改成线上参加了" in page and "分钟起，从这里进入线上会场" in page and URL not in page
    book(offering, phone=phone(7))
    answer = own.client.post(f"/my/registrations/{mine}/attendance", data=tap | {"way": "room"}, follow_redirects=True)
    assert "现场已满，线上的名额还给你留着" in answer.text and counters(offering, "online") == (1, 0)
    stranger = visitor()
    stranger.register("rs-ei-2", phone="13800431299")
    token = stranger.hidden("/my/forgetting")["csrf_token"]
    gone = stranger.client.post(f"/my/registrations/{mine}/attendance", data=tap | {"csrf_token": token})
    assert gone.status_code == 404


def test_who_waits_is_offered_on_line_on_my_week(visitor: NewVisitor) -> None:
    offering, own = opened(1), visitor()
    book(offering, phone=phone(1))
    own.register("rs-ei-2")
    assert last().state == "waitlisted" and "现场满了，可以线上参加" in own.client.get("/my").text


def test_the_way_in_is_pressed_for_when_it_is_time(visitor: NewVisitor, demo_app: Flask, code: Code) -> None:
    offering, own = opened(1), visitor()
    own.client.post("/w/jl2026/picks", data={"s": code("rs-ei-2"), "online": code("rs-ei-2")}, headers=HERE)
    own.send(**{f"way-{code('rs-ei-2')}": "online"})
    mine, session = last().code, load_offerings([last().offering_id])[0].sessions[0]
    page = f"/my/registrations/{mine}/online"
    token = own.hidden("/my/forgetting")["csrf_token"]
    early = own.client.post(page, data={"csrf_token": token})
    assert early.status_code == 422 and "开始前 30 分钟才能进线上会场" in early.text and URL not in early.text
    with travel(session.start - timedelta(minutes=30)):
        assert "进入线上会场" in own.client.get("/my").text and URL not in own.client.get("/my").text
        assert "进入线上会场" in own.client.get("/my/pass").text and URL not in own.client.get("/my/pass").text
        assert own.client.post(page, data={"csrf_token": token}).status_code == 303
        shown = own.client.get(page)
        assert (
            URL in shown.text
            and "密码 77&lt;b&gt;" in shown.text
            and 'rel="noreferrer noopener external"' in shown.text
        )
        assert (shown.headers["Cache-Control"], shown.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
        english = own.client.get("/en" + page).text
        assert "Password 77" in english and "meet.example.org" in english
    with travel(session.end):
        assert URL not in own.client.get(page).text and "这场已经结束" in own.client.get(page).text
    db.session.rollback()
    assert len(db.session.scalars(select(OnlineAttendance)).all()) == 1 and offering
