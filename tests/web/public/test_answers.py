"""What a person does with an application, an offer, a place in the queue: pages that work without a script."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import db
from eventweek.registration.actions import cancel_registration, review_registrations, set_class
from eventweek.registration.enums import Verdict
from tests.registration.world import book, counters, offering_of, phone, resize, state_of, week
from tests.web.public.conftest import Visitor
from tests.web.public.test_my_week import registration

NewVisitor = Callable[[], Visitor]


def token(own: Visitor, path: str) -> str:
    """Return the form token of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', own.client.get(path).text)
    return found[1] if found else pytest.fail(f"no form on {path}")


def decide(verdict: Verdict, reason: str = "") -> None:
    db.session.rollback()
    review_registrations(week().id, [registration().code], verdict, reason=reason, actor=SYSTEM)


def test_an_application_is_sent_corrected_and_let_in(visitor: NewVisitor, demo_app: Flask) -> None:
    resize(offering_of("rs-ei-2").code, 5, mode="approval")
    own = visitor()
    page = own.client.get(f"/w/jl2026/s/{own.code('rs-ei-2')}").text
    assert "申请参加" in page and "报名后审核" in page
    own.pick("rs-ei-2")
    assert "提交后由主办方审核" in own.client.get("/w/jl2026/basket").text
    assert "1 场等审核" in own.register("rs-ei-2").text
    assert "1 场待审核" in own.client.get("/my").text
    decide(Verdict.RETURN, "请写明单位")
    assert "请写明单位" in own.client.get("/my").text
    where = f"/my/registrations/{registration().code}/resubmission"
    sent = {"csrf_token": token(own, where), "seats": "99", "remark": "示例大学"}
    wrong = own.client.post(where, data=sent)
    assert wrong.status_code == 422 and "一次最多" in wrong.text and "示例大学" in wrong.text
    assert own.client.post(where, data=sent | {"remark": "长" * 501, "seats": "1"}).status_code == 422
    own.client.post(where, data=sent | {"seats": "2"})
    assert (registration().state, registration().seats, registration().remark) == ("applied", 2, "示例大学")
    decide(Verdict.APPROVE)
    assert "已报名，2 人" in own.client.get("/my").text
    assert own.client.post(where, data=sent | {"seats": "2"}).status_code == 422


def test_a_refused_application_says_why(visitor: NewVisitor, demo_app: Flask) -> None:
    resize(offering_of("rs-ei-2").code, 5, mode="approval")
    own = visitor()
    own.register("rs-ei-2")
    decide(Verdict.REJECT, "名额只给本省企业")
    page = own.client.get("/my").text
    assert "未通过" in page and "名额只给本省企业" in page


def test_an_offer_is_taken_with_one_tap_by_nobody_else(visitor: NewVisitor, demo_app: Flask) -> None:
    code = offering_of("rs-ei-2").code
    resize(code, 1)
    set_class(code, "public", cap=1, consent=True, actor=SYSTEM)
    other = book(code, phone=phone(1))[0].registration
    own = visitor()
    own.register("rs-ei-2")
    page = own.client.get("/my").text
    assert "候补第 1 位" in page and "前面没有人" in page
    cancel_registration(other, actor=SYSTEM)
    page = own.client.get("/my").text
    assert "有名额，等你确认" in page and "前确认" in page and "1 场等你确认" in page
    mine = registration().code
    where, sent = f"/my/registrations/{mine}/acceptance", {"csrf_token": token(own, "/my")}
    assert own.client.get(where).status_code == 405
    stranger = visitor()
    stranger.register("rs-nm-1", phone="13800000077")
    assert stranger.client.post(where, data={"csrf_token": token(stranger, "/my/forgetting")}).status_code == 404
    own.client.post(where)
    assert state_of(mine) == "offered"
    for _again in range(2):
        assert own.client.post(where, data=sent).status_code == 303
    assert state_of(mine) == "confirmed" and "已确认，到时见" in own.client.get("/my").text


def test_a_slot_is_changed_for_another_that_has_seats(visitor: NewVisitor, demo_app: Flask) -> None:
    one, other, third = (offering_of("ex-main-3", n).code for n in range(3))
    own = visitor()
    book(one, phone="13800431280", name="示例丁卯")
    own.pick("ex-main-3")
    own.register("ex-main-3", **{f"slot-{own.code('ex-main-3')}": one}, phone="13800431281")
    mine = registration().code
    resize(third, 1)
    book(third, phone=phone(5))
    where = f"/my/registrations/{mine}/move"
    page = own.client.get(where).text
    assert f'value="{other}"' in page and f'value="{third}"' not in page and f'value="{one}"' not in page
    sent = {"csrf_token": token(own, where), "to": third}
    wrong = own.client.post(where, data=sent)
    assert wrong.status_code == 422 and "名额已满" in wrong.text
    assert own.client.post(where, data=sent | {"to": "x\x00"}).status_code in (404, 422)
    assert own.client.post(where, data=sent | {"to": other}).status_code == 303
    assert counters(one) == (1, 0) and counters(other) == (1, 0)
