"""Free pages and notices on the desk: from the usual text to the public and back."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import db
from eventweek.programme.actions import texts
from eventweek.programme.models import Notice, Page
from eventweek.programme.queries import find_week
from tests.conftest import SignIn
from tests.factories.programme import make_week
from tests.web.desk.sheet import press, submit

PAGES, NOTICES = "/desk/w/spring/pages", "/desk/w/spring/notices"


@pytest.fixture
def desk(app: Flask, sign_in: SignIn) -> FlaskClient:
    """Give an administrator's browser and a week."""
    make_week(contact_zh="0431-8888")
    return sign_in(app)


def test_a_usual_page_starts_from_its_text(desk: FlaskClient) -> None:
    listed = desk.get(PAGES).text
    assert "/desk/w/spring/new/page?preset=transport" in listed
    made = submit(desk, "/desk/w/spring/new/page?preset=faq")
    assert made.status_code == 303
    page = db.session.scalars(select(Page)).one()
    assert page.code == "faq" and "0431-8888" in page.text_zh and page.text_en.startswith("## Do I have to register?")
    assert "preset=faq" not in desk.get(PAGES).text
    unknown = desk.get("/desk/w/spring/new/page?preset=../../etc").text
    assert "0431-8888" not in unknown


@pytest.mark.database
def test_a_page_is_written_previewed_published_and_withdrawn(desk: FlaskClient, client: FlaskClient) -> None:
    made = submit(desk, "/desk/w/spring/new/page", code="faq", title_zh="问答", text_zh="**第一版**")
    assert made.location == f"{PAGES}/faq"
    preview = desk.get(f"{PAGES}/faq/preview")
    assert "<strong>第一版</strong>" in preview.text and "还没有发布" in preview.text
    assert preview.headers["Cache-Control"] == "no-store"
    assert client.get("/w/spring/pages/faq").status_code == 404
    own = desk.get(f"{PAGES}/faq").text
    version = re.search(r'name="version" value="(\d+)"><button class="btn btn--small">发布', own)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', own)
    assert version and token
    sent = {"csrf_token": token[1], "version": version[1]}
    assert desk.post(f"{PAGES}/faq/publication", data=sent).status_code == 303
    assert "<strong>第一版</strong>" in client.get("/w/spring/pages/faq").text
    submit(desk, f"{PAGES}/faq", text_zh="第二版")
    assert "有没发布的修改" in desk.get(PAGES).text
    stale = desk.post(f"{PAGES}/faq/publication", data=sent, follow_redirects=True)
    assert "别人刚刚改过" in stale.text and "第二版" not in client.get("/w/spring/pages/faq").text
    assert press(desk, f"{PAGES}/faq", f"{PAGES}/faq/withdrawal").status_code == 303
    assert client.get("/w/spring/pages/faq").status_code == 404 and "已撤下" in desk.get(PAGES).text


def test_a_notice_is_made_and_says_what_is_wrong(desk: FlaskClient) -> None:
    new = "/desk/w/spring/new/notice"
    made = submit(desk, new, title_zh="停水", level="urgent", city="220100", shown_from="2027年4月12日 8:00")
    assert made.status_code == 303
    notice = db.session.scalars(select(Notice)).one()
    own = desk.get(f"{NOTICES}/{notice.code}").text
    assert 'value="2027-04-12 08:00"' in own and 'value="220100" selected' not in desk.get(new).text
    for changes, sentence in (
        ({"title_zh": ""}, "中文和英文至少填写一种"),
        ({"shown_from": "2027-04-12 08:00", "shown_until": "2027-04-12 07:00"}, "结束时间要晚于开始时间"),
        ({"shown_from": "明天"}, "时间写成 2026-10-15 14:00 这样"),
        ({"text_zh": "字" * 4001}, "4000"),
        ({"session": "nothere"}, "不在可选的范围里"),
        ({"level": "loud"}, "不在可选的范围里"),
    ):
        answer = submit(desk, new, **{"title_zh": "停电", **changes})
        assert answer.status_code == 422 and sentence in answer.text, changes
    assert len(db.session.scalars(select(Notice)).all()) == 1
    assert "停水" in desk.get(NOTICES).text and "长春市" in desk.get(NOTICES).text


def test_a_text_is_deleted_only_before_it_was_public(desk: FlaskClient) -> None:
    week = find_week("spring")
    assert week
    week_id = week.id
    one = texts.create_notice(week_id, {"title_zh": "一"}, actor=SYSTEM).code
    two = texts.create_notice(week_id, {"title_zh": "二"}, actor=SYSTEM).code
    texts.publish_notice(week_id, two, actor=SYSTEM)
    assert press(desk, f"{NOTICES}/{one}", f"{NOTICES}/{one}/deletion").location == NOTICES
    kept = press(desk, f"{NOTICES}/{two}", f"{NOTICES}/{two}/deletion")
    assert kept.location == f"{NOTICES}/{two}" and db.session.scalars(select(Notice.code)).all() == [two]
    press(desk, f"{NOTICES}/{two}", f"{NOTICES}/{two}/archive")
    assert f"/{two}" not in desk.get(NOTICES).text and f"/{two}" in desk.get(f"{NOTICES}?shelf=archived").text


def test_readers_look_and_committees_publish(app: Flask, desk: FlaskClient, sign_in: SignIn) -> None:
    submit(desk, "/desk/w/spring/new/page", code="faq", title_zh="问答", text_zh="正文")
    reader, committee, city = sign_in(app, "reader"), sign_in(app, "committee"), sign_in(app, "city")
    page = reader.get(f"{PAGES}/faq").text
    assert f"{PAGES}/faq/publication" not in page and "/new/page" not in reader.get(PAGES).text
    for client in (reader, city):
        assert press(client, f"{PAGES}/faq", f"{PAGES}/faq/publication", forged=True).status_code == 403
    assert press(committee, f"{PAGES}/faq", f"{PAGES}/faq/publication").status_code == 303
    assert committee.get("/desk/w/none/pages").status_code == 404


@pytest.mark.parametrize("tongue", ["", "/en"])
def test_empty_lists_lead_on(desk: FlaskClient, tongue: str) -> None:
    assert f"{tongue}/desk/w/spring/new/page" in desk.get(f"{tongue}{PAGES}").text
    assert f"{tongue}/desk/w/spring/new/notice" in desk.get(f"{tongue}{NOTICES}").text
