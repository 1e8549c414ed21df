"""Review, holds and one registration on the desk: who may, what is answered, what changes."""

import re
from collections.abc import Mapping
from types import MappingProxyType

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from eventweek.kernel.db import db
from eventweek.registration.models import PoolHold, Registration
from tests.conftest import SignIn
from tests.registration.world import applied, approval, book, counters, held, offering_of, phone, resize, state_of
from tests.web.desk.sheet import submit

pytestmark = pytest.mark.usefixtures("before_the_week")
HERE = "/desk/w/jl2026"


@pytest.fixture
def desk(demo_app: Flask, sign_in: SignIn) -> FlaskClient:
    """Give an administrator's client of the demo week."""
    return sign_in(demo_app)


def send(client: FlaskClient, path: str, data: Mapping[str, object] = MappingProxyType({})) -> TestResponse:
    """Send a form with the token of the session, and follow where it leads."""
    page = client.get(f"{HERE}/offerings/{offering_of('rs-ei-1').code}").text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    return client.post(path, data={**data, "csrf_token": token}, follow_redirects=True)


def test_many_applications_are_decided_at_once(desk: FlaskClient) -> None:
    code = approval(5)
    first, second, third = (applied(code, n, 1) for n in (1, 2, 3))
    page = desk.get(f"{HERE}/reviews").text
    assert page.count('name="r"') == 3 and "欧阳娜娜" in page and "13900000001" not in page
    wrong = send(desk, f"{HERE}/reviews", {"r": [first], "verdict": "reject", "reason": " "})
    assert wrong.status_code == 422 and "都要写原因" in wrong.text and f'value="{first}" checked' in wrong.text
    assert send(desk, f"{HERE}/reviews", {"r": [first], "verdict": "maybe"}).status_code == 422
    assert "还没有选人" in send(desk, f"{HERE}/reviews", {"verdict": "approve"}).text
    told = send(desk, f"{HERE}/reviews", {"r": [first, second], "verdict": "approve"})
    assert "通过了 2 份" in told.text and told.text.count('name="r"') == 1
    back = {"r": [second, third], "verdict": "return", "reason": "请写明单位"}
    told = send(desk, f"{HERE}/reviews?offering={code}", back)
    assert "退回了 1 份" in told.text and "已经不在待审核" in told.text and "请写明单位" in told.text
    assert [state_of(one) for one in (first, second, third)] == ["confirmed", "confirmed", "returned"]


def test_the_first_page_says_how_many_wait_to_whoever_decides(demo_app: Flask, sign_in: SignIn) -> None:
    waiting = [applied(approval(5), n, 1) for n in (1, 2)]
    first = sign_in(demo_app).get(f"{HERE}/").text
    assert f'<b class="num">{len(waiting)}</b><div><h3>申请等审核' in first and f"{HERE}/reviews" in first
    assert "申请等审核" not in sign_in(demo_app, "reader").get(f"{HERE}/").text


def test_who_may_not_review_sees_no_list(demo_app: Flask, sign_in: SignIn) -> None:
    own = applied(approval(5), 1, 1)
    door = sign_in(demo_app, "door")
    assert door.get(f"{HERE}/reviews").status_code == 403
    assert send(door, f"{HERE}/reviews", {"r": own, "verdict": "approve"}).status_code == 403
    assert f"{HERE}/reviews" not in door.get(f"{HERE}/registrations").text and state_of(own) == "applied"
    for path in (f"/registrations/{own}/promotion", f"/registrations/{own}/move", f"/offerings/{code_of(own)}/holds"):
        assert send(door, f"{HERE}{path}", {"reason": "x"}).status_code == 403


def code_of(registration: str) -> str:
    row = db.session.scalars(select(Registration).where(Registration.code == registration)).one()
    return row.offering.code


def test_seats_are_held_shown_and_released(desk: FlaskClient) -> None:
    code = offering_of("rs-ei-1").code
    resize(code, 2)
    where = f"{HERE}/offerings/{code}"
    typed = {
        "seats_of": "public",
        "seats": "2",
        "owner": "市科技局",
        "reason": "代表团",
        "expires_at": "2026-10-12T18:00",
    }
    wrong = send(desk, f"{where}/holds", typed | {"owner": "", "expires_at": "2026-10-01T18:00"})
    assert wrong.status_code == 422 and "已经过去" in wrong.text and "代表团" in wrong.text and held(code) == 0
    assert "没有 3 个空席" in send(desk, f"{where}/holds", typed | {"seats": "3"}).text
    page = send(desk, f"{where}/holds", typed).text
    assert "席位已保留" in page and "市科技局" in page and "10-12 18:00" in page and held(code) == 2
    waits = book(code, phone=phone(1))[0].registration
    kept = db.session.scalars(select(PoolHold.code)).one()
    assert "席位已保留" not in desk.get(f"{where}/seats").text
    send(desk, f"{where}/holds/{kept}/release")
    assert (state_of(waits), held(code)) == ("confirmed", 0)
    assert "没有这项保留" in send(desk, f"{where}/holds/{kept}/release").text


def test_classes_are_added_and_taken_away(desk: FlaskClient) -> None:
    code = offering_of("rs-ei-1").code
    where = f"{HERE}/offerings/{code}"
    page = send(desk, f"{where}/classes", {"seats_of": "media", "cap": "3", "rank": "1"}).text
    assert "媒体" in page and counters(code, "media") == (0, 0)
    assert send(desk, f"{where}/classes", {"seats_of": "media", "cap": "0", "rank": "1"}).status_code == 422
    own = book(code, phone=phone(1))[0].registration
    moved = send(desk, f"{HERE}/registrations/{own}/move", {"to": f"{code}/media", "reason": "记者"})
    assert moved.status_code == 200 and counters(code, "media") == (1, 0)
    assert "不能去掉" in send(desk, f"{where}/classes/media/removal").text


def test_one_registration_says_why_it_waits_and_is_let_in_with_a_reason(desk: FlaskClient) -> None:
    code = offering_of("rs-ei-1").code
    resize(code, 3, overtakes=0)
    seated = [book(code, phone=phone(n))[0].registration for n in (1, 2, 3)]
    large, small = (book(code, phone=phone(9 + n), seats=n)[0].registration for n in (3, 1))
    for one in seated[:2]:
        send(desk, f"{HERE}/registrations/{one}/cancellation", {"reason": "本人来电"})
    page = desk.get(f"{HERE}/registrations/{small}").text
    assert "候补第 2 位" in page and "留给前面人数更多的一组" in page
    assert "只空出 2 席" in desk.get(f"{HERE}/registrations/{large}").text
    where = f"{HERE}/registrations/{small}/promotion"
    assert "写一句原因" in send(desk, where, {"reason": ""}).text
    assert state_of(small) == "waitlisted"
    page = send(desk, where, {"reason": "主讲人的同事"}).text
    assert state_of(small) == "confirmed" and "主讲人的同事" in page
    assert "本人来电" in desk.get(f"{HERE}/registrations/{seated[0]}").text
    standby = send(desk, f"{HERE}/registrations/{large}/standby").text
    assert "才开现场候补" in standby and state_of(large) == "waitlisted"
    assert desk.get(f"{HERE}/registrations/none").status_code == 404


def test_the_form_of_an_offering_sets_review_and_offers(desk: FlaskClient) -> None:
    code = offering_of("rs-ei-1").code
    wrong = submit(desk, f"{HERE}/offerings/{code}", review_steps="3")
    assert wrong.status_code == 422 and "1 到 2" in wrong.text
    changes = {"review_steps": "2", "offer_minutes": "60", "standby_after_min": "10", "review_holds": "y"}
    assert submit(desk, f"{HERE}/offerings/{code}", **changes).status_code == 303
    own = offering_of("rs-ei-1")
    assert (own.review_steps, own.offer_minutes, own.standby_after_min, own.review_holds) == (2, 60, 10, True)
