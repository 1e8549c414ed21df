"""My week and the pass belong to the device: exchanged from a link, silent to strangers, ended with the pass."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.kernel.db import db
from eventweek.registration.actions import cancel_registration, join_standby, reissue_pass, void_pass
from eventweek.registration.models import Pass, Registration
from eventweek.registration.passes import manage_token_of, token_of
from tests.registration.world import book, offering_of, resize, week
from tests.web.public.conftest import Code, Visitor

NewVisitor = Callable[[], Visitor]


def the_pass() -> Pass:
    return db.session.scalars(select(Pass).order_by(Pass.id.desc())).first() or pytest.fail("no pass")


def registration() -> Registration:
    return db.session.scalars(select(Registration).order_by(Registration.id.desc())).first() or pytest.fail("none")


def test_the_link_is_exchanged_once_and_leaves_no_token_in_an_address(visitor: NewVisitor) -> None:
    visitor().register("rs-ei-2")
    token, other = manage_token_of(the_pass()), visitor()
    answer = other.client.get(f"/m/{token.lower()}")
    assert answer.status_code == 303 and token not in answer.headers["Location"].upper()
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    page = other.client.get(answer.headers["Location"])
    assert "示例丁卯" in page.text and token not in page.text.upper() and page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("spoil", [lambda t: t[:-1], lambda t: t + "0", lambda t: "0" * 26, lambda t: "\u202e%00<b>"])
def test_forged_and_altered_tokens_answer_alike(visitor: NewVisitor, spoil: Callable[[str], str]) -> None:
    visitor().register("rs-ei-2")
    stranger = visitor()
    for path in (f"/m/{spoil(manage_token_of(the_pass()))}", f"/T/{spoil(token_of(the_pass()))}"):
        answer = stranger.client.get(path)
        assert answer.status_code == 404 and "示例丁卯" not in answer.text and "找回入场码" in answer.text
        assert not [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("eventweek-mine")]


def test_a_stranger_learns_only_that_it_is_a_pass_of_the_week(visitor: NewVisitor) -> None:
    own = visitor()
    own.register("rs-ei-2")
    token = token_of(the_pass())
    for path in (f"/T/{token}", f"/t/{token.lower()}"):
        page = visitor().client.get(path)
        assert "的一个入场码" in page.text and "入场时向工作人员出示" in page.text
        assert "示例丁卯" not in page.text and "/s/" not in page.text
        assert page.headers["Cache-Control"] == "no-store"
    assert own.client.get(f"/T/{token}").headers["Location"].startswith("/my/pass")


def test_a_renewed_pass_ends_the_old_code_link_and_devices(visitor: NewVisitor) -> None:
    own = visitor()
    own.register("rs-ei-2")
    old, link, known = token_of(the_pass()), manage_token_of(the_pass()), the_pass()
    reissue_pass(known.code, actor=VISITOR, owner=known.id)
    assert "已经换成新的" in own.client.get(f"/T/{old}").text
    assert own.client.get(f"/m/{link}").status_code == 404
    assert "还没有入场码" in own.client.get("/my").text and own.client.get("/my/pass.png").status_code == 404


def test_a_void_pass_says_void(visitor: NewVisitor) -> None:
    own = visitor()
    own.register("rs-ei-2")
    old = token_of(the_pass())
    void_pass(the_pass().code, actor=SYSTEM)
    assert "已作废" in own.client.get(f"/T/{old}").text and "还没有入场码" in own.client.get("/my").text


def test_an_altered_cookie_is_nobody(visitor: NewVisitor) -> None:
    own = visitor()
    own.register("rs-ei-2")
    value = own.client.get_cookie("eventweek-mine")
    assert value is not None
    own.client.set_cookie("eventweek-mine", value.value[:-2] + "zz")
    assert "还没有入场码" in own.client.get("/my").text


def test_cancelling_asks_once_more_and_frees_the_seat(visitor: NewVisitor) -> None:
    own = visitor()
    own.register("rs-ei-2")
    path = f"/my/registrations/{registration().code}/cancellation"
    assert "确认取消" in own.client.get(path).text and registration().state == "confirmed"
    answer = own.client.post(path, data=own.hidden(path))
    assert answer.status_code == 303 and "已取消，席位已让给后面的人" in own.client.get(answer.headers["Location"]).text
    db.session.expire_all()
    assert registration().state == "cancelled"


def test_the_number_of_people_can_change_within_its_limit(visitor: NewVisitor) -> None:
    own = visitor()
    own.register("rs-ei-2")
    path = f"/my/registrations/{registration().code}/seats"
    assert own.client.post(path, data=own.hidden(path) | {"seats": "2"}).status_code == 303
    db.session.expire_all()
    assert registration().seats == 2
    for rubbish in ("0", "99", "x", "1e30", ""):
        refused = own.client.post(path, data=own.hidden(path) | {"seats": rubbish})
        assert refused.status_code == 422 and 'class="field__error"' in refused.text
    db.session.expire_all()
    assert registration().seats == 2


def test_another_persons_registration_and_pass_are_unknown(visitor: NewVisitor) -> None:
    visitor().register("rs-ei-2")
    theirs, their_pass = registration().code, the_pass().code
    other = visitor()
    other.register("fo-02", phone="13800431281")
    token = other.hidden("/my/finding")
    for noun in ("cancellation", "seats"):
        known, unknown = (f"/my/registrations/{code}/{noun}" for code in (theirs, "zzzzzzzzz"))
        assert other.client.get(known).status_code == other.client.get(unknown).status_code == 404
        assert other.client.post(known, data=token | {"seats": "1"}).status_code == 404
    for path in ("/my/week.ics", "/my/pass.png", "/my/forgetting"):
        assert other.client.get(f"{path}?of={their_pass}").status_code == 404
    assert "还没有入场码" in other.client.get(f"/my?of={their_pass}").text


def test_the_file_for_the_calendar_holds_the_confirmed_sessions(visitor: NewVisitor) -> None:
    own = visitor()
    own.register("rs-ei-2", "fo-02")
    answer = own.client.get("/my/week.ics")
    assert "attachment" in answer.headers["Content-Disposition"] and answer.headers["Cache-Control"] == "no-store"
    assert len(Calendar.from_ical(answer.data).walk("VEVENT")) == 2


def test_forgetting_takes_the_pass_from_the_device_only(visitor: NewVisitor) -> None:
    own = visitor()
    own.register("rs-ei-2")
    answer = own.client.post("/my/forgetting", data=own.hidden("/my/forgetting"))
    assert answer.status_code == 303 and "还没有入场码" in own.client.get("/my").text
    assert registration().state == "confirmed"


def test_under_https_the_cookie_is_bound_to_the_host_and_secure(
    visitor: NewVisitor, code: Code, demo_app: Flask
) -> None:
    config = demo_app.extensions["eventweek"]
    demo_app.extensions["eventweek"] = replace(config, base_url="https://week.example.org")
    own = visitor()
    own.client.post("/w/jl2026/picks", data={"s": code("rs-ei-2")}, headers={"Origin": "https://week.example.org"})
    cookies = own.send().headers.getlist("Set-Cookie")
    (cookie,) = [c for c in cookies if "eventweek-mine" in c]
    assert cookie.startswith("__Host-eventweek-mine=") and "Secure" in cookie and "Domain" not in cookie


def test_an_offer_stands_first_on_the_pass_with_its_answers(visitor: NewVisitor) -> None:
    code = offering_of("rs-ei-2").code
    resize(code, 1, promote_until_min=10_080)
    [first] = book(code, phone="13900000001")
    own = visitor()
    own.register("rs-ei-2")
    assert "在候补，转正后这个码就能入场" in own.client.get("/my/pass").text
    cancel_registration(first.registration, actor=SYSTEM)
    page = own.client.get("/my/pass").text
    assert page.index("给你留了 1 个名额") < page.index('class="pass"') and "确认参加以后" in page
    assert f"/my/registrations/{registration().code}/acceptance" in page


def test_who_stands_at_the_door_reads_that(visitor: NewVisitor) -> None:
    code = offering_of("rs-ei-2").code
    resize(code, 1, promote_until_min=10_080)
    book(code, phone="13900000001")
    own = visitor()
    own.register("rs-ei-2")
    join_standby(week().id, registration().code, actor=SYSTEM)
    for path in ("/my", "/my/pass"):
        assert "现场候补第 1 位" in own.client.get(path).text
    assert "排在第一个" in own.client.get("/my").text
