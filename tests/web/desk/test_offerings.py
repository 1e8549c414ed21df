"""Offerings on the desk: seats, the form that changes them, who registered."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from eventweek.kernel.db import db, transaction
from eventweek.programme.models import Grant
from eventweek.registration.models import CapacityPool, Offering, Registration, RegistrationEvent
from tests.conftest import SignIn
from tests.registration.world import book, counters, phone, resize, state_of
from tests.web.desk.sheet import filled, submit

pytestmark = pytest.mark.usefixtures("before_the_week")

SEARCHES = {
    "13812345678": True,
    "%2B8613812345678": True,
    "5678": True,
    "SECRET@example.org": True,
    "欧阳": True,
    "13812": False,
    "2345": False,
    "secret": False,
    "example.org": False,
}
LIST = "/desk/w/jl2026/registrations"


@pytest.fixture
def code(demo_app: Flask) -> str:
    """Give the code of an offering that anybody can register for."""
    query = select(Offering.code).where(Offering.mode == "open", Offering.slot_start.is_(None)).order_by(Offering.id)
    return db.session.scalars(query).first() or ""


@pytest.fixture
def desk(demo_app: Flask, sign_in: SignIn) -> FlaskClient:
    """Give an administrator's client of the demo week."""
    return sign_in(demo_app)


def path_of(code: str) -> str:
    """Return the address of an offering."""
    return f"/desk/w/jl2026/offerings/{code}"


def test_offerings_are_listed_with_their_seats(desk: FlaskClient, code: str) -> None:
    resize(code, 2)
    for number in range(3):
        book(code, phone=phone(number))
    full, waiting = desk.get(f"{LIST}?seats=full").text, desk.get(f"{LIST}?seats=waiting").text
    assert path_of(code) in full and path_of(code) in waiting and "1 个报名项" in waiting
    row = re.sub(r"<[^>]+>", " ", waiting[waiting.index("<tbody>") :].split("</tbody>")[0]).split()
    assert row[-4:] == ["2", "2", "1", "已满"]
    every = db.session.scalars(select(Offering.code)).all()
    assert f"{len(every)} 个报名项" in desk.get(LIST).text and "没有符合条件的" in desk.get(f"{LIST}?q=没有这个").text


def test_seats_and_times_are_changed(desk: FlaskClient, code: str) -> None:
    """Times are on the week's clock; who waits gets the new seats at once."""
    resize(code, 1)
    book(code, phone=phone(1))
    waiting = book(code, phone=phone(2))[0]
    answer = submit(
        desk,
        path_of(code),
        room_cap="2",
        class_cap="",
        closes_at="2026年10月14日 18：00",
        max_party="３",
        queue_open=[],
    )
    assert answer.status_code == 303
    own = db.session.scalars(select(Offering).where(Offering.code == code)).one()
    assert own.closes_at == datetime(2026, 10, 14, 10, tzinfo=UTC) and own.max_party == 3 and not own.queue_open
    assert {pool.cls: pool.cap for pool in own.pools} == {"room": 2, "public": None}
    assert state_of(waiting.registration) == "confirmed" and counters(code) == (2, 0)
    fields = filled(desk.get(path_of(code)).text)
    assert fields["closes_at"] == ["2026-10-14 18:00"] and fields["class_cap"] == [""]


def test_fewer_seats_than_given_are_refused(desk: FlaskClient, code: str) -> None:
    for number in range(3):
        book(code, phone=phone(number))
    page = submit(desk, path_of(code), room_cap="2")
    assert page.status_code == 422 and "已经给出 3 个名额" in page.text and filled(page.text)["room_cap"] == ["2"]
    assert counters(code) == (3, 0)
    assert submit(desk, path_of(code), room_cap="2", class_cap="2", overbook="1").status_code == 303


@pytest.mark.parametrize("field", ["room_cap", "class_cap", "overbook", "max_party", "promote_until_min", "overtakes"])
@pytest.mark.parametrize("value", ["-1", "1e30", "NaN", "12345678901234567890", "\x00x", "1.5"])
def test_rubbish_is_refused_at_its_field(desk: FlaskClient, code: str, field: str, value: str) -> None:
    page = submit(desk, path_of(code), **{field: value})
    assert page.status_code == 422 and f'href="#{field}"' in page.text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("room_cap", "0", "1 到"),
        ("max_party", "", "填写这一项"),
        ("opens_at", "2026-10-14 25:00", "时间写成"),
        ("opens_at", "9999999999", "时间写成"),
        ("opens_at", "2026-10-20 09:00", "晚于开始"),
    ],
)
def test_wrong_values_are_said_in_words(desk: FlaskClient, code: str, field: str, value: str, sentence: str) -> None:
    page = submit(desk, path_of(code), closes_at="2026-10-14 18:00", **{field: value})
    assert page.status_code == 422 and page.text.count(sentence) >= 2
    db.session.rollback()
    assert db.session.scalars(select(Offering).where(Offering.code == code)).one().closes_at is None


def test_somebody_else_was_faster(desk: FlaskClient, code: str) -> None:
    mine = filled(desk.get(path_of(code)).text) | {"max_party": ["4"]}
    resize(code, 77)
    page = desk.post(path_of(code), data=mine)
    assert page.status_code == 422 and "别人刚改过这一项" in page.text and ">77<" in page.text
    assert desk.post(path_of(code), data=filled(page.text)).status_code == 303


def test_a_registration_is_found_and_cancelled_with_a_reason(desk: FlaskClient, code: str) -> None:
    """Names are whole, contacts are not; the seats go to who waits; the reason stands in the history."""
    resize(code, 1)
    first = book(code, phone=phone(1), name="欧阳娜娜")[0]
    second = book(code, phone=phone(2), name="张三")[0]
    page = desk.get(f"{path_of(code)}?q=欧阳").text
    assert "欧阳娜娜" in page and "139****0001" in page and phone(1) not in page and "张三" not in page
    assert "欧阳娜娜" in desk.get(f"{path_of(code)}?q={phone(1)}").text
    assert "张三" in desk.get(f"{path_of(code)}?state=waitlisted").text
    token = filled(page)["csrf_token"]
    target = f"{LIST}/{first.registration}/cancellation"
    answer = desk.post(target, data={"csrf_token": token, "reason": "重复\x00报名"})
    assert "席位让给下一位候补" in desk.get(answer.location).text
    assert state_of(first.registration) == "cancelled" and state_of(second.registration) == "confirmed"
    assert "重复报名" in db.session.scalars(select(RegistrationEvent.reason)).all()
    assert (
        "文字最多 200 个字"
        in desk.get(
            desk.post(
                f"{LIST}/{second.registration}/cancellation", data={"csrf_token": token, "reason": "长" * 100_000}
            ).location
        ).text
    )
    assert state_of(second.registration) == "confirmed"
    assert desk.post(f"{LIST}/nobody/cancellation", data={"csrf_token": token}).status_code == 404


def test_who_may_see_names(demo_app: Flask, sign_in: SignIn, code: str) -> None:
    book(code)
    reader, city = sign_in(demo_app, "reader"), sign_in(demo_app, "city")
    assert reader.get(LIST).status_code == reader.get(path_of(code)).status_code == 403
    assert "欧阳娜娜" in city.get(path_of(code)).text and "确认取消" not in city.get(path_of(code)).text
    assert submit(city, path_of(code), room_cap="9").status_code == 403
    assert sign_in(demo_app).get("/desk/w/jl2026/offerings/none").status_code == 404
    row = db.session.scalars(select(Registration)).one()
    token = filled(city.get(path_of(code)).text)["csrf_token"]
    assert city.post(f"{LIST}/{row.code}/cancellation", data={"csrf_token": token}).status_code == 403


def test_a_city_sees_its_own_registrations_only(demo_app: Flask, sign_in: SignIn, code: str) -> None:
    """A role of one city reaches neither list nor page of another's people; unknown and foreign answer alike."""
    book(code, phone=phone(7))
    own = db.session.scalars(select(Offering).where(Offering.code == code)).one()
    at = own.sessions[0].session.city.code
    scoped = {place: sign_in(demo_app, "city") for place in (at, "elsewhere")}
    with transaction():
        grants = db.session.scalars(select(Grant).where(Grant.role == "city").order_by(Grant.id.desc()).limit(2)).all()
        for grant, place in zip(reversed(grants), scoped, strict=True):
            grant.scope_kind, grant.scope_code = "city", place
    assert path_of(code) in scoped[at].get(f"{LIST}?q={own.sessions[0].session.title.zh}").text
    assert "欧阳娜娜" in scoped[at].get(path_of(code)).text
    foreign, unknown = scoped["elsewhere"].get(path_of(code)), scoped["elsewhere"].get(path_of("none"))
    assert foreign.status_code == unknown.status_code == 404
    assert "/offerings/" not in scoped["elsewhere"].get(LIST).text


def test_a_search_is_no_way_to_a_masked_contact(desk: FlaskClient, code: str) -> None:
    book(code, phone="13812345678", email="secret@example.org")
    finds = {words: "欧阳娜娜" in desk.get(f"{path_of(code)}?q={words}").text for words in SEARCHES}
    assert finds == SEARCHES


def test_registration_is_opened_for_all_that_is_published(desk: FlaskClient) -> None:
    with transaction():
        db.session.execute(delete(Offering))
    page = desk.get(LIST).text
    assert "还没有开放报名" in page
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    answer = desk.post(f"{LIST}/opening", data={"csrf_token": token})
    page = desk.get(answer.location).text
    assert "开好了" in page and "已发布，还没有开放报名" not in page
    assert db.session.scalars(select(CapacityPool.id)).first()
