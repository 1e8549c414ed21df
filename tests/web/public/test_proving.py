"""Proving a contact on the pages, without script; nobody but its owner learns that it is registered."""

import re
from collections.abc import Callable

from flask import Flask
from icalendar import Calendar
from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import db, transaction
from eventweek.programme.actions.weeks import edit_week
from eventweek.registration.models import Offering, Pass, Registration
from tests.browser import chromium, live, shows
from tests.conftest import SignIn
from tests.factories.codes import last_code, solved
from tests.web.public.conftest import Visitor, hidden_in

NewVisitor = Callable[[], Visitor]
FORM = "/w/jl2026/basket"


def wanting(**values: object) -> None:
    with transaction():
        for own in db.session.scalars(select(Offering)):
            for name, value in values.items():
                setattr(own, name, value)


def test_a_code_is_asked_for_alike_and_registers_once_it_is_typed(visitor: NewVisitor) -> None:
    visitor().register("rs-ei-2", phone="13800431290")
    wanting(proven_contact=True)
    known = visitor()
    known.pick("rs-ei-2")
    asked = known.send()
    assert asked.status_code == 200 and "请验证 138****1280" in asked.text and "验证码已经发出" in asked.text
    person = {"name": "示例丁卯", "phone": "13800431280", "consent": "y"} | hidden_in(asked.text)
    empty = known.client.post(FORM, data=person)
    assert empty.status_code == 422 and "填上收到的验证码" in empty.text
    wrong = known.client.post(FORM, data=person | {"code": "nonsense"})
    assert wrong.status_code == 422 and "还能试 4 次" in wrong.text and 'value="示例丁卯"' in wrong.text
    assert known.client.post(FORM, data=person | {"code": last_code()}).status_code == 303
    pages = []
    for number in ("13800431290", "13800431299"):
        stranger = visitor()
        stranger.pick("rs-ei-2")
        page = stranger.send(phone=number, name="陌生人").text.replace(number, "").replace(number[-4:], "")
        pages.append(re.sub(r'value="[^"]*"', "", page))
    assert pages[0] == pages[1] and "验证码已经发出" in pages[0]


def test_a_number_that_is_used_already_asks_for_a_code_and_is_taken_over(visitor: NewVisitor) -> None:
    stranger = visitor()
    stranger.register("rs-ei-2", name="陌生人")
    owner = visitor()
    owner.pick("rs-ei-2")
    asked = owner.send()
    assert asked.status_code == 200 and "陌生人" not in asked.text
    person = {"name": "示例丁卯", "phone": "13800431280", "consent": "y"}
    done = owner.client.post(FORM, data=person | {"code": last_code()} | hidden_in(asked.text))
    assert done.status_code == 303 and db.session.scalar(select(func.count()).select_from(Registration)) == 1
    assert "1 场已报名" in owner.client.get("/my").text and "还没有报名的场次" in stranger.client.get("/my").text


def test_a_returning_visitor_opens_the_pass_with_a_code_and_need_not_fill_the_form(visitor: NewVisitor) -> None:
    visitor().register("rs-ei-2")
    own = visitor()
    own.pick("fo-02")
    pages, last = [], ""
    for number in ("13800431288", "138 0043 1280"):
        page = own.client.post("/my/finding", data=own.hidden("/my/finding") | {"contact": number})
        last = page.text
        pages.append(re.sub(r'value="[^"]*"', "", last.replace("1288", "").replace("1280", "")))
    assert pages[0] == pages[1] and "示例丁卯" not in last
    opened = own.client.post("/my/finding", data=hidden_in(last) | {"contact": "x", "code": last_code()})
    assert opened.status_code == 303 and opened.headers["Location"].endswith(FORM)
    assert "这部手机上已有入场码" in own.client.get(FORM).text
    nobody = visitor()
    page = nobody.client.post("/my/finding", data=nobody.hidden("/my/finding") | {"contact": "nobody@example.org"})
    told = nobody.client.post("/my/finding", data=hidden_in(page.text) | {"code": last_code()}, follow_redirects=True)
    assert "这个联系方式在这一届还没有报过名" in told.text
    for rubbish in ("", "x", "@", "1" * 400, "\x00", "１３８"):
        page = nobody.client.post("/my/finding", data=nobody.hidden("/my/finding") | {"contact": rubbish})
        assert page.status_code == 422 and 'class="field__error"' in page.text


def test_codes_are_few_for_one_contact(visitor: NewVisitor) -> None:
    own = visitor()
    sent = own.hidden("/my/finding") | {"contact": "limit@example.org", "resend": "1"}
    answers = [own.client.post("/my/finding", data=sent) for _n in range(3)]
    assert ["请求太密" in answer.text for answer in answers] == [False, True, True]


def test_a_place_is_handed_over_from_my_week(visitor: NewVisitor) -> None:
    own = visitor()
    own.register("rs-ei-2")
    path = f"/my/registrations/{db.session.scalars(select(Registration.code)).one()}/handover"
    assert path in own.client.get("/my").text and "换成这个人" in own.client.get(path).text
    wrong = own.client.post(path, data=own.hidden(path) | {"name": "1", "phone": "x"})
    assert wrong.status_code == 422 and wrong.text.count("手机号不对") == 2
    sent = own.hidden(path) | {"name": "示例庚午", "email": "next@example.org", "consent": "y"}
    done = own.client.post(path, data=sent, follow_redirects=True)
    assert "换好了" in done.text and "还没有报名的场次" in done.text
    assert own.client.get(path).status_code == 404 and visitor().client.get(path).status_code == 404


def test_my_calendar_has_a_secret_address_that_follows_and_can_be_renewed(visitor: NewVisitor) -> None:
    own = visitor()
    own.register("rs-ei-2", "fo-02")
    assert own.client.get("/my/calendar.png").status_code == 404
    csrf = own.hidden("/my/finding")

    def address() -> str:
        assert own.client.post("/my/calendar/address", data=csrf).status_code == 303
        found = re.search(r"/k/[0-9A-Z]{26}\.ics", own.client.get("/my/calendar").text)
        assert found
        return found[0]

    first = address()
    reader = visitor().client
    feed = reader.get(first)
    assert len(Calendar.from_ical(feed.data).walk("VEVENT")) == 2 and b"/k/" not in feed.data
    assert reader.get(first, headers={"If-None-Match": feed.headers["ETag"]}).status_code == 304
    code = db.session.scalars(select(Registration.code)).first()
    path = f"/my/registrations/{code}/cancellation"
    own.client.post(path, data=own.hidden(path))
    changed = reader.get(first, headers={"If-None-Match": feed.headers["ETag"]})
    assert changed.status_code == 200 and len(Calendar.from_ical(changed.data).walk("VEVENT")) == 1
    second = address()
    assert reader.get(first).status_code == 404 and reader.get(second).status_code == 200
    with transaction():
        db.session.scalars(select(Pass)).one().status = "void"
    assert reader.get(second).status_code == reader.get("/k/x.ics").status_code == 404


def test_at_the_opening_a_browser_works_and_one_without_script_gets_a_code(visitor: NewVisitor) -> None:
    wanting(work_mode="always")
    own = visitor()
    own.pick("rs-ei-2")
    assert 'data-behaviour="work"' in own.client.get(FORM).text
    asked = own.send(phone="", email="slow@example.org")
    assert asked.status_code == 200 and "请验证 s***@example.org" in asked.text
    wrong = own.send(work="bm9uZQ==")
    assert wrong.status_code == 422 and "浏览器验证没有通过" in wrong.text
    assert own.send(work=solved()).status_code == 303


def test_a_week_that_refuses_clashes_says_why(visitor: NewVisitor) -> None:
    edit_week("jl2026", {"clash_policy": "refuse"}, version=None, actor=SYSTEM)
    own = visitor()
    own.pick("fo-03", "fo-10")
    assert "主办方不收冲突的报名" in own.client.get(FORM).text
    refused = own.send()
    assert refused.status_code == 422 and "时间重叠，同一时间只能去一场" in refused.text
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 0


def test_the_desk_says_who_must_prove_what(demo_app: Flask, sign_in: SignIn, at_demo_noon: object) -> None:
    client, own = sign_in(demo_app), db.session.scalars(select(Offering)).first()
    assert own
    path = f"/desk/w/jl2026/offerings/{own.code}"
    page = client.get(path).text
    names = "csrf_token|version|max_party|overbook|overtakes|promote_until_min|review_steps|offer_minutes"
    fields = dict(re.findall(rf'<input[^>]* name="({names})"[^>]* value="([^"]*)"', page))
    sent = fields | {"mode": own.mode, "queue_open": "y", "proven_contact": "y", "work_mode": "opening"}
    answer = client.post(path, data=sent)
    assert answer.status_code == 303, answer.text
    db.session.expire_all()
    assert (own.proven_contact, own.work_mode, own.handover) == (True, "opening", False)


def test_the_widget_works_under_our_csp_and_sends_the_form(
    demo_app: Flask, at_demo_noon: object, visitor: NewVisitor
) -> None:
    wanting(work_mode="always")
    noon = at_demo_noon
    with live(demo_app, lambda: noon) as base, chromium() as browser:  # type: ignore[arg-type, return-value]
        page = browser.new_page()
        broken: list[str] = []
        page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)
        code = visitor().code("rs-ei-2")
        page.goto(f"{base}/w/jl2026/s/{code}")
        page.locator('form[action$="/picks"] button').first.click()
        page.wait_for_url("**/basket")
        shows(page, "验证好了")
        page.fill("#name", "示例丁卯")
        page.fill("#email", "browser@example.org")
        page.check("#consent")
        page.click("button[data-waits]")
        shows(page, "办好了：1 场已报名")
        assert broken == []
