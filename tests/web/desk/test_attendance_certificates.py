"""Certificates of attendance on the desk and over its API: counted, printed in one file, seen by who may."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta

import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek import worker
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db
from eventweek.printing.models import PrintJob
from tests.checkin.test_certificates import Door
from tests.conftest import SignIn
from tests.factories.door import make_pass
from tests.factories.keys import make_key

WEEK, API = "/desk/w/jl2026", "/api/v1/desk/weeks/jl2026"
LIST = f"{WEEK}/attendance-certificates"


@pytest.fixture
def door(demo_app: Flask) -> Iterator[Door]:
    own = Door()
    demo_app.config["WTF_CSRF_ENABLED"] = False
    own.scan(make_pass(own.session, name="示例甲", phone="+8613800138011"), 0)
    own.scan(make_pass(own.session, name="示例乙", phone="+8613800138012"), 0)
    make_pass(own.session, name="示例丙", phone="+8613800138013")
    with travel(own.session.end + timedelta(hours=1)):
        yield own


def squeezed(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_from_the_list_to_the_pdf(demo_app: Flask, door: Door, sign_in: SignIn) -> None:
    desk = sign_in(demo_app, "committee")
    assert "attendance-certificates" in desk.get(f"{WEEK}/registrations").text
    page = desk.get(LIST).text
    assert door.session.title.zh in page and "总时长的 80%" in page and " 2 2 0 " in squeezed(page)
    form = {"paper": "proofs", "offering": door.offering(), "language": "zh"}
    answer = desk.post(f"{WEEK}/prints", data=form)
    assert answer.status_code == 303
    worker.work_off()
    shown = desk.get(answer.location).text
    assert "做好了，2 页" in shown and door.session.title.zh in shown and "有人名，三天后删除" in shown
    paper = desk.get(f"{answer.location}/paper.pdf")
    assert (paper.mimetype, paper.headers["Cache-Control"]) == ("application/pdf", "no-store")
    words = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper.data)).pages)
    assert "示例甲" in words and "示例乙" in words and "示例丙" not in words
    assert "示例" not in answer.location and "示例" not in paper.headers["Content-Disposition"]
    assert " 2 2 2 " in squeezed(desk.get(LIST).text)


@pytest.mark.parametrize("role", ["reader", "venue", "auditor"])
def test_other_roles_neither_read_nor_order_nor_open(demo_app: Flask, door: Door, sign_in: SignIn, role: str) -> None:
    form = {"paper": "proofs", "offering": door.offering(), "language": "zh"}
    made = sign_in(demo_app, "committee").post(f"{WEEK}/prints", data=form).location
    worker.work_off()
    other = sign_in(demo_app, role)
    assert other.get(LIST).status_code == 403 and other.post(f"{WEEK}/prints", data=form).status_code == 403
    assert other.get(made).status_code == 404 and other.get(f"{made}/paper.pdf").status_code == 404
    code = made.rpartition("/")[2]
    assert code not in other.get(f"{WEEK}/prints").text


def test_wrong_orders_are_answered_on_the_page(demo_app: Flask, door: Door, sign_in: SignIn) -> None:
    desk = sign_in(demo_app, "committee")
    for form, status, said in (
        ({}, 422, "选一个报名项或一个场次"),
        ({"offering": "nothing"}, 422, "这一届里没有它"),
        ({"offering": door.offering(), "draft": "1"}, 422, "没有草稿"),
    ):
        answer = desk.post(f"{WEEK}/prints", data={"paper": "proofs", "language": "zh"} | form)
        assert (answer.status_code, said in answer.text) == (status, True), form
    with travel(door.session.start + timedelta(minutes=5)):
        answer = desk.post(f"{WEEK}/prints", data={"paper": "proofs", "offering": door.offering()})
        assert answer.status_code == 409 and "还没有人可以印" in answer.text and "还没结束" in desk.get(LIST).text
    assert db.session.scalar(select(PrintJob)) is None


def test_programs_count_and_print_them(demo_client: FlaskClient, door: Door) -> None:
    _key, key = make_key("jl2026")
    listed = demo_client.get(f"{API}/attendance-certificates", headers=key).json
    assert listed and [(one["came"], one["due"], one["given"]) for one in listed["items"]] == [(2, 2, 0)]
    own = listed["items"][0]
    body = {"paper": "proofs", own["kind"]: own["code"], "language": "en"}
    made = demo_client.post(f"{API}/prints", json=body, headers=key | {"Idempotency-Key": "once"})
    assert made.status_code == 201
    worker.work_off()
    paper = demo_client.get(f"{made.location}/paper", headers=key)
    assert len(pypdf.PdfReader(io.BytesIO(paper.data)).pages) == 2
    _key, reader = make_key("jl2026", "reader")
    assert demo_client.get(f"{API}/attendance-certificates", headers=reader).status_code == 403
    assert demo_client.post(f"{API}/prints", json=body, headers=reader | {"Idempotency-Key": "x"}).status_code == 403
    assert demo_client.get(made.location, headers=reader).status_code == 404
    assert demo_client.get(f"{made.location}/paper", headers=reader).status_code == 404
