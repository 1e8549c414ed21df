"""Questions, texts of agreements, one registration and certificates on the desk."""

import re

from flask import Flask
from sqlalchemy import select

from eventweek.audit.models import AuditEntry
from eventweek.kernel.db import db
from eventweek.registration.enums import Purpose
from eventweek.registration.files import receipt_of, take_file
from eventweek.registration.models import KindQuestions, OfferingQuestions
from eventweek.registration.queries.consents import text_for
from tests.conftest import SignIn
from tests.registration.test_asking import BUS, STOP, ask, kind_of, take
from tests.registration.test_forms import row
from tests.registration.test_identities import NUMBER, come, real_name
from tests.registration.world import offering_of, week
from tests.web.desk.sending import post
from tests.web.desk.sheet import submit

HERE = "/desk/w/jl2026"


def test_questions_are_added_ordered_dropped_and_seen_as_visitors_see_them(
    demo_app: Flask, sign_in: SignIn, before_the_week: None
) -> None:
    client, kind = sign_in(demo_app), kind_of("rs-ei-1")
    page = f"{HERE}/questions/kind/{kind}"
    wrong = submit(client, f"{page}/_new", label_zh="", type="choice", about="session")
    assert wrong.status_code == 422 and "至少要有两个选项" in wrong.text and "至少填写一种" in wrong.text
    made = {"label_zh": "吃什么", "type": "choice", "about": "session", "choices__0__zh": "荤"}
    assert submit(client, f"{page}/_new", required="y", choices__1__en="Vegan", **made).status_code == 303
    [meal] = db.session.scalars(select(KindQuestions)).one().questions
    options = [option["code"] for option in meal["choices"]]
    assert submit(
        client, f"{page}/_new", label_zh="忌口", type="text", about="session", when=f"{meal['key']}:{options[0]}"
    ).location.endswith(page)
    seen = client.get(page).text
    assert f'data-when="answers.{meal["key"]}" data-among="{options[0]}"' in seen and "吃什么 = 荤" in seen
    assert client.get(f"/en{page}").text.count("Vegan") == 1
    post(client, page, {"do": f"down:{meal['key']}", "version": "2"})
    assert "条件里的问题要排在前面" in client.get(page).text
    post(client, page, {"do": f"delete:{meal['key']}", "version": "1"})
    assert "别人" in client.get(page).text and len(db.session.scalars(select(KindQuestions)).one().questions) == 2
    own = offering_of("rs-ei-1").code
    post(client, f"{HERE}/questions/offering/{own}", {"do": f"drop:{meal['key']}", "version": "0"})
    db.session.rollback()
    assert db.session.scalars(select(OfferingQuestions.dropped)).one() == [meal["key"]]
    assert "这里不问" in client.get(f"{HERE}/questions/offering/{own}").text
    assert "吃什么" in client.get(f"{HERE}/history/kind/{kind}").text
    assert ">2<" in client.get(f"{HERE}/questions").text


def test_who_may_only_read_changes_nothing(demo_app: Flask, sign_in: SignIn, before_the_week: None) -> None:
    client = sign_in(demo_app, "door")
    page = f"{HERE}/questions/week/jl2026"
    assert client.get(page).status_code == 200 and "加一个问题" not in client.get(page).text
    assert post(client, page, {"do": "delete:x", "version": "0"}).status_code == 403
    assert client.get(f"{page}/_new").status_code == 403
    for unknown in ("week/other", "kind/none", "offering/none", "room/x"):
        assert client.get(f"{HERE}/questions/{unknown}").status_code == 404


def test_one_registration_shows_answers_and_the_number_only_for_a_reason(
    demo_app: Flask, sign_in: SignIn, before_the_week: None
) -> None:
    client, code = sign_in(demo_app), offering_of("rs-ei-1").code
    ask("offering", code, BUS, STOP, row("plan", "file"))
    [own] = take({code: {"bus": "yes", "stop": "<i>站前</i>", "plan": receipt_of(take_file(b"hello", "计划.txt"))}})
    ask("offering", code)
    address = f"{HERE}/registrations/{own.code}"
    page = client.get(f"{address}/answers").text
    assert "&lt;i&gt;站前" in page and "计划.txt" in page and "第 1 版的问题" in page and "138****" not in page
    file = client.get(f"{address}/files/plan")
    assert (file.data, file.headers["X-Content-Type-Options"]) == (b"hello", "nosniff")
    assert "attachment" in file.headers["Content-Disposition"] and "no-store" in file.headers["Cache-Control"]
    file.close()
    assert client.get(f"{address}/files/bus").status_code == 404
    real = real_name("rs-nm-1")
    named, _pass = come(real, n=7)
    address = f"{HERE}/registrations/{named}"
    page = client.get(f"{address}/answers").text
    assert NUMBER not in page + client.get(address).text and f"尾号 {NUMBER[-4:]}" in page
    assert post(client, f"{address}/identity", {"reason": " "}).status_code == 303
    assert NUMBER in post(client, f"{address}/identity", {"reason": "公安核验"}).text
    assert post(sign_in(demo_app, "door"), f"{address}/identity", {"reason": "x"}).status_code == 403
    read = db.session.scalars(select(AuditEntry.verb).where(AuditEntry.verb.endswith(".read")).order_by(AuditEntry.id))
    opened = ["registration.read", "answer_file.read", "registration.read", "registration.read", "identity.read"]
    assert list(read) == opened
    assert not re.search(NUMBER, client.get(f"{HERE}/offerings/{real}").text)


def test_the_text_of_a_box_is_kept_in_versions(demo_app: Flask, sign_in: SignIn, before_the_week: None) -> None:
    client = sign_in(demo_app)
    assert "30 天内销毁" in client.get(f"{HERE}/consents").text
    wrong = submit(client, f"{HERE}/consents/sharing", text_zh="")
    assert wrong.status_code == 422
    for n in (1, 2):
        assert (
            submit(client, f"{HERE}/consents/sharing", text_zh="给合办单位", text_en="To co-hosts").status_code == 303
        )
        text = text_for(week(), Purpose.SHARING)
        assert (text.text_en, text.version) == ("To co-hosts", 2), n
    assert client.get(f"{HERE}/consents/registration").status_code == 404
    assert "还没有销毁过什么" in client.get(f"{HERE}/certificates").text
