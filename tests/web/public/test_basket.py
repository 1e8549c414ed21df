"""Registering without an account and without script: pick, see what clashes, fill one form, get the pass."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO

import pytest
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import db, transaction
from eventweek.programme.actions.weeks import edit_week
from eventweek.programme.models import ConsentText, Session
from eventweek.registration.actions import close_offering, edit_offering
from eventweek.registration.models import (
    CapacityPool,
    Consent,
    Offering,
    OfferingSession,
    Pass,
    Registration,
)
from eventweek.registration.passes import token_of
from tests.registration.world import book, offering_of, resize
from tests.web.public.conftest import HERE, Code, Visitor

NewVisitor = Callable[[], Visitor]


def count(model: type[Registration] | type[Pass]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def cap(session_code: str, seats: int) -> None:
    with transaction():
        ids = select(OfferingSession.offering_id).join(Session, Session.id == OfferingSession.session_id)
        for pool in db.session.scalars(
            select(CapacityPool).where(CapacityPool.offering_id.in_(ids.where(Session.code == session_code)))
        ):
            pool.cap = seats


def test_one_form_registers_for_all_and_shows_the_pass_at_once(visitor: NewVisitor) -> None:
    own = visitor()
    assert own.pick("rs-ei-2", "fo-02").headers["Location"].endswith("/w/jl2026/basket")
    answer = own.send()
    assert answer.status_code == 303 and count(Registration) == 2 and count(Pass) == 1
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("eventweek-mine="))
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    page = own.client.get(answer.headers["Location"])
    assert "办好了：2 场已报名" in page.text and "示例丁卯" in page.text and "请存下这张图" in page.text
    assert page.headers["Cache-Control"] == "no-store" and page.headers["Referrer-Policy"] == "no-referrer"
    source = re.search(r'<img src="(/my/pass\.png[^"]*)"', page.text)
    assert source
    (read,) = zxingcpp.read_barcodes(Image.open(BytesIO(own.client.get(source[1]).data)))
    assert read.text == f"HTTP://127.0.0.1:8000/T/{token_of(db.session.scalars(select(Pass)).one())}"


def test_the_same_form_sent_twice_registers_once(visitor: NewVisitor) -> None:
    own = visitor()
    own.pick("rs-ei-2")
    sent = own.hidden("/w/jl2026/basket") | {"name": "示例丁卯", "email": "a@example.org", "consent": "y"}
    first = own.client.post("/w/jl2026/basket", data=sent)
    own.pick("rs-ei-2")
    again = own.client.post("/w/jl2026/basket", data=sent)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["Location"] == again.headers["Location"] and count(Registration) == 1


def test_a_consent_text_that_changed_meanwhile_is_read_again(visitor: NewVisitor) -> None:
    own = visitor()
    own.pick("rs-ei-2")
    sent = own.hidden("/w/jl2026/basket") | {"name": "示例丁卯", "email": "a@example.org", "consent": "y"}
    edit_week("jl2026", {"consent_zh": "照片会用在报道里。"}, version=None, actor=SYSTEM)
    page = own.client.post("/w/jl2026/basket", data=sent)
    assert page.status_code == 422 and count(Registration) == 0
    assert page.text.count("刚刚改过") == 2 and "照片会用在报道里" in page.text and 'value="示例丁卯"' in page.text
    box = re.search(r'<input [^>]*id="consent"[^>]*>', page.text)
    assert box and "checked" not in box[0]
    mark = re.search(r'name="consent_text"[^>]*value="([0-9a-f]{16})"', page.text)
    assert mark and mark[1] != sent["consent_text"]
    assert own.client.post("/w/jl2026/basket", data=sent | {"consent_text": mark[1]}).status_code == 303
    kept = db.session.scalars(select(ConsentText.text_zh).join(Consent, Consent.text_id == ConsentText.id)).one()
    assert "照片会用在报道里" in kept


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(visitor: NewVisitor) -> None:
    own = visitor()
    own.pick("rs-ei-2")
    page = own.send(phone="1380043128", organisation="示例<公司>", consent="")
    assert page.status_code == 422 and count(Pass) == 0
    assert page.text.count("手机号应是 11 位，现在是 10 位") == 2 and page.text.count("请阅读并勾选") == 2
    assert 'value="1380043128"' in page.text and 'value="示例&lt;公司&gt;"' in page.text
    assert re.search(r'<input [^>]*id="phone"[^>]*>', page.text) and 'aria-invalid="true"' in page.text


def test_overlaps_and_journeys_are_said_in_words_and_do_not_forbid(visitor: NewVisitor) -> None:
    own = visitor()
    own.pick("fo-03", "fo-10", "rs-ne-2")
    page = own.client.get("/w/jl2026/basket").text
    assert page.count("和这些场次时间重叠") == 2 and "赶过来，会晚到约" not in page
    own.pick("rs-stu", "rs-222400")
    page = own.client.get("/w/jl2026/basket").text
    assert "赶过来，会晚到约 1 小时" in page and "路上约 3 小时" in page
    assert own.send().status_code == 303


def test_a_timed_exhibition_asks_for_one_slot(visitor: NewVisitor, code: Code) -> None:
    own = visitor()
    own.pick("ex-main-3")
    page = own.client.get("/w/jl2026/basket").text
    slots = re.findall(rf'name="slot-{code("ex-main-3")}" value="(\w+)"', page)
    assert len(slots) == 3 and "09:00—12:00" in page
    refused = own.send()
    assert refused.status_code == 422 and refused.text.count("先选一个时段") == 2
    every = own.send(phone="1380013800", name="张3", consent="").text
    assert all(words in every for words in ("先选一个时段", "现在是 10 位", "姓名只能用文字", "还差一步：有 4 处要改"))
    assert own.send(**{f"slot-{code('ex-main-3')}": slots[1]}).status_code == 303
    offering = db.session.scalars(select(Offering).join(Registration)).one()
    assert offering.code == slots[1]


def test_a_mode_that_is_not_open_says_why_and_what_to_do(visitor: NewVisitor, code: Code) -> None:
    own = visitor()
    page = own.client.get(f"/w/jl2026/s/{code('closing')}").text
    assert "凭邀请" in page and "找还能报名的同类" in page and 'action="/w/jl2026/picks"' not in page
    own.pick("closing")
    page = own.client.get("/w/jl2026/basket").text
    assert page.count("这场不在这里报名") == 1 and "提交报名" not in page


def test_a_camp_with_review_says_so_and_takes_applications(visitor: NewVisitor, code: Code) -> None:
    own = visitor()
    page = own.client.get(f"/w/jl2026/s/{code('camp-a-2')}").text
    assert "审核" in page and 'action="/w/jl2026/picks"' in page
    own.pick("camp-a-2")
    assert "提交报名" in own.client.get("/w/jl2026/basket").text


def test_a_full_session_becomes_a_place_in_the_queue(visitor: NewVisitor, code: Code) -> None:
    cap(code("rs-ei-2"), 1)
    assert "办好了：1 场已报名" in visitor().register("rs-ei-2").text
    other = visitor()
    assert "排候补" in other.client.get(f"/w/jl2026/s/{code('rs-ei-2')}").text
    page = other.register("rs-ei-2", phone="13800431281").text
    assert "办好了：候补第 1 位" in page and "在候补，转正后" in page
    assert "已满，候补 1 人" in other.client.get("/w/jl2026/programme?kind=roadshow").text


def test_a_family_shares_a_phone_by_party_or_by_other_sessions(visitor: NewVisitor, code: Code) -> None:
    own = visitor()
    own.register("rs-ei-2", **{f"seats-{code('rs-ei-2')}": "3"})
    assert db.session.scalars(select(Registration)).one().seats == 3
    own.pick("rs-ei-2")
    refused = own.send(name="示例戊辰", who="")
    assert refused.status_code == 200 and "请验证 138****1280" in refused.text
    own.client.post("/w/jl2026/basket", data=own.hidden("/w/jl2026/basket") | {"drop": code("rs-ei-2")})
    own.register("fo-02", name="示例戊辰", who="")
    page = own.client.get("/my").text
    assert count(Pass) == 2 and "示例丁卯" in page and "示例戊辰" in page


def test_the_device_registers_its_own_person_without_asking_again(visitor: NewVisitor) -> None:
    own = visitor()
    own.register("rs-ei-2")
    holder = db.session.scalars(select(Pass)).one()
    own.pick("fo-02")
    assert "这部手机上已有入场码" in own.client.get("/w/jl2026/basket").text
    assert own.send(name="", phone="", consent="", who=holder.code).status_code == 303
    assert count(Pass) == 1 and count(Registration) == 2
    stranger = visitor()
    stranger.pick("rs-nm-1")
    assert stranger.send(name="", phone="", consent="", who=holder.code).status_code == 422


def test_a_foreign_page_fills_no_basket_and_sends_no_form(visitor: NewVisitor, code: Code) -> None:
    own = visitor()
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {}):
        assert own.client.post("/w/jl2026/picks", data={"s": code("rs-ei-2")}, headers=headers).status_code == 400
    assert "还没有选场次" in own.client.get("/w/jl2026/basket").text
    own.pick("rs-ei-2")
    answer = own.client.post("/w/jl2026/basket", data={"name": "示例丁卯", "phone": "13800431280", "consent": "y"})
    assert answer.status_code == 400 and count(Registration) == 0


def test_hidden_and_unknown_sessions_never_enter_a_basket(visitor: NewVisitor, code: Code) -> None:
    own = visitor()
    hidden = db.session.scalars(select(Session.code).where(Session.visibility != "public")).all()
    own.client.post("/w/jl2026/picks", data={"s": [*hidden, "zzzz", "\x00", "'--"]}, headers=HERE)
    assert "还没有选场次" in own.client.get("/w/jl2026/basket").text


@pytest.mark.database
@pytest.mark.parametrize(
    "fields",
    [
        {"name": "\x00\x1b"},
        {"name": "a" * 100_000},
        {"name": "\u202e\u200b"},
        {"name": "=cmd|' /C calc'!A0"},
        {"phone": "1e30"},
        {"phone": "\ud800"},
        {"email": "a@b\r\nBcc: c@example.org", "phone": ""},
        {"organisation": "𠮷" * 101},
        {"key": "k" * 81},
        {"seats": "0"},
        {"seats": "-1"},
        {"seats": "1e30"},
        {"seats": "99999"},
    ],
)
def test_rubbish_is_refused_in_words_and_leaves_nothing(
    visitor: NewVisitor, code: Code, fields: dict[str, str]
) -> None:
    own = visitor()
    own.pick("rs-ei-2")
    sent = {(f"seats-{code('rs-ei-2')}" if name == "seats" else name): value for name, value in fields.items()}
    answer = own.send(**{name: value.encode("utf-8", "replace").decode() for name, value in sent.items()})
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert count(Registration) == count(Pass) == 0


def test_one_phone_is_counted_in_all_its_spellings_and_from_all_browsers(visitor: NewVisitor, code: Code) -> None:
    """Whoever asks again and again whether a number is registered is stopped, cookies thrown away or not."""
    visitor().register("rs-ei-2", phone="13800138000")
    spellings = ["138 0013 8000", "+8613800138000", "138-0013-8000", "１３８００１３８０００", "13800138000"] * 2
    told = []
    for spelling in spellings:
        stranger = visitor()
        stranger.pick("rs-ei-2")
        told.append(stranger.send(phone=spelling).text)
    assert "请验证 138****8000" in told[0] and "请求太密" not in told[0]
    assert all("请求太密" in page for page in told[1:]) and count(Registration) == 1


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_an_upload_of_200_mb_is_refused_before_it_is_read(demo_client: FlaskClient, kind: str) -> None:
    claimed = {"CONTENT_LENGTH": str(200 * 1024 * 1024)}
    for path in ("/w/jl2026/basket", "/w/jl2026/picks", "/my/finding"):
        answer = demo_client.post(path, content_type=kind, environ_overrides=claimed, headers=HERE)
        assert answer.status_code == 413 and "内容太大" in answer.text


def test_public_pages_answer_a_known_device_like_anybody(visitor: NewVisitor, code: Code) -> None:
    own, stranger = visitor(), visitor()
    own.register("rs-ei-2")
    for path in ("/w/jl2026/", "/w/jl2026/programme", f"/w/jl2026/s/{code('rs-ei-2')}"):
        mine, theirs = own.client.get(path), stranger.client.get(path)
        assert mine.data == theirs.data and "Set-Cookie" not in mine.headers
        assert "Cookie" not in mine.headers.get("Vary", "") and mine.headers.get("Cache-Control") != "no-store"


def test_a_form_of_another_tab_leads_to_what_was_registered(visitor: NewVisitor) -> None:
    own = visitor()
    own.pick("rs-ei-2")
    person = {"name": "示例丁卯", "phone": "13800431280", "consent": "y"}
    tabs = [own.hidden("/w/jl2026/basket") | person for _tab in range(2)]
    assert own.client.post("/w/jl2026/basket", data=tabs[0]).status_code == 303
    for sent in tabs:
        late = own.client.post("/w/jl2026/basket", data=sent)
        assert late.status_code == 303 and "没有待交的场次" in own.client.get(late.headers["Location"]).text
    assert count(Registration) == 1


@pytest.mark.parametrize("typed", ["１２", "999", "1000000000", " 12 "])
def test_a_party_is_read_as_people_type_numbers(visitor: NewVisitor, code: Code, typed: str) -> None:
    own = visitor()
    own.pick("rs-ei-2")
    answer = own.send(**{f"seats-{code('rs-ei-2')}": typed})
    assert answer.status_code == 422 and "一次最多" in answer.text and count(Registration) == 0


def test_what_is_no_number_of_people_is_said(visitor: NewVisitor, code: Code) -> None:
    own = visitor()
    own.pick("rs-ei-2")
    for typed in ("-1", "0", "1e9", "2.5", ""):
        answer = own.send(**{f"seats-{code('rs-ei-2')}": typed})
        assert answer.status_code == 422 and "人数要填整数，最少是 1" in answer.text


def test_full_without_a_queue_is_said_with_ways_on_before_anything_is_sent(visitor: NewVisitor, code: Code) -> None:
    own, full = visitor(), offering_of("rs-ei-2").code
    resize(full, 1, queue_open=False)
    book(full, phone="13900000001")
    page = own.client.get(f"/w/jl2026/s/{code('rs-ei-2')}").text
    assert "这一场不排候补" in page and page.count("找还能报名的同类") == 2
    own.pick("rs-ei-2")
    assert "这场满了，也不排候补" in own.client.get("/w/jl2026/basket").text
    answer = own.send()
    assert answer.status_code == 422 and "名额已满，也不再候补" in answer.text


def test_what_is_closed_stays_in_the_basket_and_is_said(visitor: NewVisitor) -> None:
    own = visitor()
    own.pick("rs-ei-2", "fo-02")
    close_offering(offering_of("fo-02").code, actor=SYSTEM)
    answer = own.send()
    assert answer.status_code == 303 and count(Registration) == 1
    assert "1 场现在报不了" in own.client.get(answer.headers["Location"]).text
    page = own.client.get("/w/jl2026/basket").text
    assert "这场不在这里报名" in page and "已经截止" in page
    assert "选的场次现在都报不了" in own.send().text


def test_not_open_yet_is_not_closed(visitor: NewVisitor, code: Code) -> None:
    opens = datetime(2026, 10, 15, 23, 5, tzinfo=UTC)
    own = offering_of("fo-02")
    edit_offering(own.code, {"opens_at": opens}, version=own.version, actor=SYSTEM)
    page = visitor().client.get(f"/w/jl2026/s/{code('fo-02')}").text
    assert "还没开始报名" in page and "10月16日 07:05 开始报名" in page and "报名已截止" not in page
    english = visitor().client.get(f"/en/w/jl2026/s/{code('fo-02')}").text
    assert "Registration opens on 16 Oct 07:05" in english
