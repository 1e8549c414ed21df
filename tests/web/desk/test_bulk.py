"""Many sessions on the desk: ticked or found by a filter, previewed, changed, undone; rubbish changes nothing."""

import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import db
from eventweek.programme.actions.sessions import edit_session
from eventweek.programme.models import BulkChange, Session
from eventweek.registration.actions import edit_offering
from eventweek.registration.models import Offering, OfferingSession
from tests.conftest import SignIn
from tests.web.desk.sending import post

LIST, BULK = "/desk/w/jl2026/sessions", "/desk/w/jl2026/bulk-changes"


@pytest.fixture
def desk(demo_app: Flask, sign_in: SignIn) -> FlaskClient:
    """Give an administrator's client of the demo week."""
    return sign_in(demo_app)


def _codes(page: str) -> list[str]:
    return re.findall(r'name="s" value="([a-z0-9]+)"', page)


def _plan(desk: FlaskClient, question: str, **data: object) -> str:
    answer = post(desk, f"{BULK}/new?{question}", data)
    assert answer.status_code == 303, re.findall(r"notice--no.*", answer.text)
    return answer.location


@pytest.mark.database
def test_ticked_sessions_are_previewed_changed_and_undone(desk: FlaskClient) -> None:
    codes = _codes(desk.get(LIST).text)[:3]
    before = _visible(codes)
    asking = desk.get(f"{BULK}/new?scope=picked&" + "&".join(f"s={code}" for code in codes)).text
    assert "选了 3 场" in asking and 'name="visibility"' in asking
    preview = _plan(desk, "&".join(f"s={code}" for code in codes), visibility="closed")
    page = desk.get(preview).text
    assert "预览，还没有改" in page and "改这 3 场" in page and "<ins>" in page
    assert _visible(codes) == before
    for _click in range(2):
        assert post(desk, f"{preview}/application").status_code == 303
    assert set(_visible(codes)) == {"closed"}
    assert "撤销这次批量修改" in desk.get(preview).text and preview in desk.get(LIST).text
    assert post(desk, f"{preview}/undoing").status_code == 303
    assert _visible(codes) == before and "已撤销" in desk.get(preview).text


def test_more_are_ticked_on_many_pages_than_an_address_holds(desk: FlaskClient) -> None:
    codes = [*_codes(desk.get(LIST).text)[:3], *(f"gone{number:05}" for number in range(2_000))]
    asking = post(desk, f"{BULK}/new", {"s": codes, "do": "ask"})
    assert asking.status_code == 200 and "选了 2003 场" in asking.text and _codes(asking.text) == codes
    english = post(desk, f"/en{BULK}/new", {"s": codes[:1], "do": "ask"}).text
    assert f'action="/en{BULK}/new"' in english, "what is filled in in English is answered in English"
    assert "有的场次不在这一届" in post(desk, f"{BULK}/new", {"s": codes, "visibility": "closed"}).text
    preview = post(desk, f"{BULK}/new", {"s": codes[:3], "visibility": "closed"}).location
    assert "改这 3 场" in desk.get(preview).text


@pytest.mark.database
def test_all_that_fit_the_filter_are_meant_not_only_the_page(desk: FlaskClient) -> None:
    found = re.search(r"改全部 (\d+) 场", desk.get(f"{LIST}?visibility=public").text)
    assert found and int(found[1]) > 100
    preview = _plan(desk, "visibility=public&scope=all", registration="none")
    bulk = db.session.scalars(select(BulkChange)).one()
    assert len(bulk.rows) + bulk.stay == int(found[1])
    assert "第 1—50 项" in desk.get(preview).text


@pytest.mark.database
def test_a_session_changed_since_is_named_with_both_values(desk: FlaskClient) -> None:
    codes = _codes(desk.get(LIST).text)[:2]
    preview = _plan(desk, f"s={codes[0]}&s={codes[1]}", visibility="closed")
    edit_session(codes[1], {"visibility": "media"}, version=None, actor=SYSTEM)
    refused = post(desk, f"{preview}/application")
    page = html.unescape(refused.text)
    assert refused.status_code == 409 and "预览以后被改过" in page and "什么也没有改" in page and "重新选" in page
    assert "仅媒体" in page or "媒体" in page
    assert _visible(codes[:1]) != ["closed"]


@pytest.mark.database
def test_undo_asks_about_sessions_changed_since(desk: FlaskClient) -> None:
    codes = _codes(desk.get(LIST).text)[:2]
    before = _visible(codes)
    preview = _plan(desk, f"s={codes[0]}&s={codes[1]}", visibility="closed")
    post(desk, f"{preview}/application")
    edit_session(codes[1], {"visibility": "media"}, version=None, actor=SYSTEM)
    post(desk, f"{preview}/undoing")
    assert _visible(codes) == ["closed", "media"]
    assert "只撤销其余的" in desk.get(preview).text
    post(desk, f"{preview}/undoing", {"rest": "1"})
    assert _visible(codes) == [before[0], "media"]


@pytest.mark.database
@pytest.mark.parametrize(
    ("question", "data", "said"),
    [
        ("", {"visibility": "closed"}, "还没有选场次"),
        ("s=no-such", {"visibility": "closed"}, "有的场次不在这一届"),
        ("scope=all&q=nothing-has-this", {"visibility": "closed"}, "还没有选场次"),
        ("scope=all", {}, "没有填要改什么"),
        ("scope=all", {"visibility": "secret"}, "不在可选的范围里"),
        ("scope=all", {"kind": "no-such"}, "不在可选的范围里"),
        ("scope=all", {"tags_way": "add"}, "请填写这一项"),
        ("scope=all", {"tags_way": "set"}, "请填写这一项"),
        ("scope=all", {"days_way": "empty", "days": "2026-10-15"}, "还要选怎么改"),
        ("scope=all", {"room_cap": "5", "unset": "room_cap"}, "只留一样"),
        ("scope=all", {"earliest": "09:00", "free": "earliest"}, "只留一样"),
        ("scope=all", {"unset": "max_party"}, "不在可选的范围里"),
        ("scope=all", {"mode": "none"}, "不在可选的范围里"),
        ("scope=all", {"days": "2026-10-15"}, "还要选怎么改"),
        ("scope=all", {"earliest": "18:00", "latest_end": "09:00"}, "结束时间要晚于开始时间"),
        ("scope=all", {"max_party": "0"}, "1 到 50"),
        ("scope=all", {"closes_at": "tomorrow"}, "2026-10-15 14:00"),
        ("scope=all", {"earliest": "26:00"}, "从 00:00 到 23:59"),
        ("&".join(f"s=x{n}" for n in range(10_000)), {"visibility": "closed"}, "一次最多改 5,000 场"),
    ],
)
def test_rubbish_is_said_and_changes_nothing(desk: FlaskClient, question: str, data: dict[str, str], said: str) -> None:
    answer = post(desk, f"{BULK}/new?{question}", data)
    assert answer.status_code in (200, 422) and said in answer.text
    assert db.session.scalar(select(func.count(BulkChange.id))) == 0


@pytest.mark.database
def test_settings_of_offerings_are_changed_with_the_sessions(desk: FlaskClient) -> None:
    codes = [s.code for s in db.session.scalars(select(Session).join(OfferingSession).limit(3))]
    question = "&".join(f"s={code}" for code in codes)
    preview = _plan(desk, question, max_party="2", queue_open="no", closes_at="2026-10-14 18:00")
    page = desk.get(preview).text
    assert "报名项怎么变" in page and "2026-10-14 18:00" in page
    post(desk, f"{preview}/application")
    db.session.expire_all()
    query = select(Offering).join(OfferingSession).join(Session, Session.id == OfferingSession.session_id)
    changed = list(db.session.scalars(query.where(Session.code.in_(codes))))
    assert {(own.max_party, own.queue_open) for own in changed} == {(2, False)}


@pytest.mark.database
def test_values_are_emptied_and_seats_without_limit(desk: FlaskClient) -> None:
    query = select(Session).join(OfferingSession).join(Offering, Offering.id == OfferingSession.offering_id)
    query = query.where(Session.organisations.any(), Session.tags.any(), Offering.mode == "open")
    codes = [s.code for s in db.session.scalars(query.distinct().limit(2))]
    data = {"organisations_way": "empty", "tags_way": "empty", "track": "-", "unset": "room_cap", "mode": "spectator"}
    preview = _plan(desk, "&".join(f"s={code}" for code in codes), **data)
    page = desk.get(preview).text
    assert "删去" in page and "不限" in page and "观众报名" in page
    post(desk, f"{preview}/application")
    db.session.expire_all()
    found = db.session.scalars(select(Session).where(Session.code.in_(codes))).all()
    assert [(s.organisations, s.tags, s.track) for s in found] == [([], [], None)] * 2
    links = select(Offering).join(OfferingSession).join(Session, Session.id == OfferingSession.session_id)
    changed = db.session.scalars(links.where(Session.code.in_(codes))).all()
    assert {(own.mode, own.pools[0].cap) for own in changed} == {("spectator", None)}


@pytest.mark.database
def test_what_an_undo_left_stays_on_its_page_by_name(desk: FlaskClient) -> None:
    found = db.session.scalars(select(Session).join(OfferingSession).order_by(Session.id).limit(2)).all()
    codes, title = [s.code for s in found], found[1].title.zh
    preview = _plan(desk, f"s={codes[0]}&s={codes[1]}", visibility="closed", max_party="2")
    post(desk, f"{preview}/application")
    own = db.session.scalars(
        select(Offering)
        .join(OfferingSession)
        .join(Session, Session.id == OfferingSession.session_id)
        .where(Session.code == codes[1])
    ).first()
    assert own
    edit_offering(own.code, {"max_party": 9}, version=own.version, actor=SYSTEM)
    edit_session(codes[1], {"visibility": "media"}, version=None, actor=SYSTEM)
    refused = post(desk, f"{preview}/undoing")
    assert refused.status_code == 409 and f"<li>{title}" in refused.text and "只撤销其余的" in refused.text
    post(desk, f"{preview}/undoing", {"rest": "1"})
    page = desk.get(preview).text
    assert "没有撤销的" in page and f"<li>{title}" in page and "它们保留了改后的样子" in page


def test_a_city_is_not_asked_about_offerings(demo_app: Flask, sign_in: SignIn) -> None:
    city = sign_in(demo_app, "city")
    page = city.get(f"{BULK}/new?scope=all").text
    assert 'name="kind"' in page and 'name="max_party"' not in page
    assert post(city, f"{BULK}/new?scope=all", {"max_party": "2"}).status_code == 403


@pytest.mark.parametrize("ending", ["", "/application", "/undoing"])
def test_unknown_and_foreign_changes_answer_alike(desk: FlaskClient, ending: str) -> None:
    send = post if ending else lambda client, path: client.get(path)
    assert send(desk, f"{BULK}/no-such{ending}").status_code == 404


def test_readers_neither_see_nor_make_bulk_changes(demo_app: Flask, sign_in: SignIn) -> None:
    reader = sign_in(demo_app, "reader")
    assert 'name="s"' not in reader.get(LIST).text
    assert reader.get(f"{BULK}/new?scope=all").status_code == 403
    assert post(reader, f"{BULK}/new?scope=all", {"visibility": "closed"}).status_code == 403


def _visible(codes: list[str]) -> list[str]:
    db.session.expire_all()
    found = {s.code: s.visibility for s in db.session.scalars(select(Session).where(Session.code.in_(codes)))}
    return [found[code] for code in codes]
