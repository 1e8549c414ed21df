"""Seats for units on the desk: made with a link that is shown once, filled, changed, given a new link, released."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from eventweek.kernel.db import db
from eventweek.registration.models import OfferingInvitation, PoolHold, Registration
from tests.conftest import SignIn
from tests.registration.world import book, held, offering_of, phone, resize, state_of

pytestmark = pytest.mark.usefixtures("before_the_week")
HERE = "/desk/w/jl2026"
TYPED = {"seats_of": "public", "seats": "3", "owner": "示例光电", "reason": "支持单位", "locale": "zh-CN"}
UNTIL = "2026-10-12 18:00"


@pytest.fixture
def desk(demo_app: Flask, sign_in: SignIn) -> FlaskClient:
    """Give an administrator's client of the demo week."""
    return sign_in(demo_app)


def where() -> str:
    return f"{HERE}/offerings/{offering_of('rs-ei-1').code}"


def send(client: FlaskClient, path: str, data: Mapping[str, object] = MappingProxyType({})) -> TestResponse:
    token = re.findall(r'name="csrf_token" value="([^"]+)"', client.get(where()).text)[0]
    return client.post(f"{where()}{path}", data={**data, "csrf_token": token}, follow_redirects=True)


def link_in(page: str) -> str:
    return re.findall(r'value="http://127\.0\.0\.1:8000(/w/jl2026/i/\w+)"', page)[0]


def test_a_unit_gets_a_link_and_fills_its_seats_by_a_list(demo_app: Flask, desk: FlaskClient) -> None:
    resize(offering_of("rs-ei-1").code, 3)
    made = send(desk, "/allotments", TYPED | {"expires_at": UNTIL})
    assert made.status_code == 200 and "只显示这一次" in made.text and held(offering_of("rs-ei-1").code) == 3
    leader, link = demo_app.test_client(), link_in(made.text)
    assert leader.get(link).headers["Location"] == "/w/jl2026/invitation"
    page = leader.get("/w/jl2026/invitation").text
    assert "共 3 席，还剩 3 席" in page and "示例光电" in page and "报单位的名单" in page
    form = re.findall(r'href="(/w/jl2026/group/[^"]+)"', page)[0].replace("&amp;", "&")
    shown = leader.get(form).text
    assert "单位名额 3 席，还剩 3 席" in shown and 'value="示例光电"' in shown
    hidden = dict(re.findall(r'name="(csrf_token|invitation|slot)"[^>]*value="([^"]*)"', shown))
    unit: dict[str, Any] = {"unit": "示例光电", "leader": "王敏", "email": "wang@example.org", "consent": "y"}
    lines = [f"示例{'甲乙丙丁'[n]}，{phone(n)}" for n in range(4)]
    many = leader.post(form, data=hidden | unit | {"lines": "\n".join(lines)})
    assert many.status_code == 422 and "第 4 行" in many.text and "名额不够" in many.text
    done = leader.post(form, data=hidden | unit | {"lines": "\n".join(lines[:2])})
    assert done.status_code == 303 and "2 人已报名" in leader.get(done.headers["Location"]).text
    assert "还剩 1 席" in leader.get("/w/jl2026/invitation").text
    seats = desk.get(f"{where()}/seats").text
    assert "示例光电" in seats and "单位名额" in seats
    stranger = demo_app.test_client()
    assert stranger.get(form).status_code == 404


def test_it_is_changed_given_a_new_link_and_released(demo_app: Flask, desk: FlaskClient) -> None:
    code = offering_of("rs-ei-1").code
    resize(code, 3)
    link = link_in(send(desk, "/allotments", TYPED | {"expires_at": UNTIL}).text)
    late = book(code, phone=phone(9))[0].registration
    hold = db.session.scalars(select(PoolHold.code)).one()
    page = desk.get(f"{where()}/holds/{hold}").text
    assert "共 3 席，已用 0 席，还剩 3 席" in page and "单位还没有报人" in page
    new = {"seats": "2", "owner": "示例光电", "reason": "支持单位", "expires_at": UNTIL, "version": "1"}
    assert "已保存" in send(desk, f"/holds/{hold}/terms", new).text and state_of(late) == "confirmed"
    for wrong, said in (
        ({"seats": "0", "version": "2"}, "1"),
        ({"seats": "99", "version": "2"}, "没有 97 个空席"),
        ({"expires_at": "2026-12-12 18:00", "version": "2"}, "不能晚于活动开始"),
        ({"expires_at": "x", "version": "2"}, "时间写成"),
        ({"version": "1"}, ""),
        ({"version": "x"}, ""),
    ):
        answer = send(desk, f"/holds/{hold}/terms", new | wrong)
        assert answer.status_code == 422 and said in answer.text, wrong
    other = send(desk, f"/holds/{hold}/link", {"locale": "zh-CN", "contact": "unit@example.org"})
    assert "已发信" in other.text and link_in(other.text) != link
    assert "链接已失效" in demo_app.test_client().get(link).text
    bad = send(desk, f"/holds/{hold}/link", {"locale": "zh-CN", "contact": "nobody"})
    assert bad.status_code == 422
    send(desk, f"/holds/{hold}/release")
    assert held(code) == 0 and desk.get(f"{where()}/holds/{hold}").status_code == 404


def test_one_of_the_unit_registers_alone(demo_app: Flask, desk: FlaskClient) -> None:
    link = link_in(send(desk, "/allotments", TYPED | {"seats": "1", "expires_at": UNTIL}).text)
    guest = demo_app.test_client()
    guest.get(link)
    page = guest.get("/w/jl2026/invitation").text
    assert "只报自己" in page
    session = re.findall(r'name="s" value="([^"]+)"', page)[0]
    here = {"Origin": "http://127.0.0.1:8000"}
    guest.post("/w/jl2026/picks", data={"s": session}, headers=here)
    fields = r'<input id="\w+" name="(csrf_token|key|consent_text|proof|asked)" type="hidden" value="([^"]*)">'
    hidden = dict(re.findall(fields, guest.get("/w/jl2026/basket").text))
    person = {"name": "示例丁卯", "phone": "13800431280", "consent": "y"}
    assert guest.post("/w/jl2026/basket", data=hidden | person).status_code == 303
    assert db.session.scalars(select(Registration.state)).all() == ["confirmed"]
    assert "名额不够" in guest.get("/w/jl2026/invitation").text
    hold = db.session.scalars(select(PoolHold.code)).one()
    assert "示例丁卯" in desk.get(f"{where()}/holds/{hold}").text


def test_bad_input_is_answered_and_who_may_not_allots_nothing(
    demo_app: Flask, desk: FlaskClient, sign_in: SignIn
) -> None:
    for wrong in (
        {"seats": ""},
        {"seats": "0"},
        {"seats": "\0"},
        {"seats_of": "room"},
        {"owner": " "},
        {"expires_at": "2020-01-01 09:00"},
        {"expires_at": "2026-12-12 09:00"},
        {"contact": "nobody"},
        {"locale": "fr"},
    ):
        answer = send(desk, "/allotments", TYPED | {"expires_at": UNTIL} | wrong)
        assert answer.status_code == 422 and "给单位名额" in answer.text, wrong
    door = sign_in(demo_app, "door")
    for path in ("/allotments", "/holds/none/terms", "/holds/none/link"):
        assert send(door, path, TYPED | {"expires_at": UNTIL}).status_code == 403
    assert db.session.scalars(select(OfferingInvitation)).all() == [] and held(offering_of("rs-ei-1").code) == 0
    assert desk.get(f"{where()}/holds/none").status_code == 404
