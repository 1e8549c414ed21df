"""Going back to an older release on the desk, the messages before they go, and what the release page costs."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.remembering import forget
from eventweek.programme.actions.sessions import cancel_session, edit_session
from eventweek.programme.actions.speakers.consents import note_consents
from eventweek.programme.queries import find_week
from eventweek.replanning.queries.telling import list_addressees
from eventweek.scheduling.actions import place_session, release_schedule
from eventweek.scheduling.queries import find_last_release, list_published
from eventweek.scheduling.queries.drafts import find_placement
from tests.conftest import SignIn
from tests.registration.world import book, offering_of, phone, week
from tests.replanning.world import move, put_out, session_of
from tests.web.desk.sending import post

pytestmark = pytest.mark.usefixtures("before_the_week")
PATH = "/desk/w/jl2026/releases"
Statements = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def desk(demo_app: Flask, sign_in: SignIn) -> FlaskClient:
    return sign_in(demo_app)


def last() -> int:
    db.session.rollback()
    release = find_last_release(week().id)
    return release.number if release else 0


def ticked(page: str) -> list[str]:
    return re.findall(r'name="sessions" value="([a-z0-9]+)"[^>]*checked', page)


def test_an_older_release_is_shown_beside_what_is_public_and_published_again(desk: FlaskClient) -> None:
    book(offering_of("rs-ei-1").code)
    moved, other = move("rs-ei-1", minutes=30), session_of("rs-ei-2").code
    edit_session(other, {"title_en": "Another title"}, version=None, actor=SYSTEM)
    put_out(moved, other)
    assert "回到这一版" in desk.get(f"{PATH}/1").text and "回到这一版" not in desk.get(f"{PATH}/2").text
    page = desk.get(f"{PATH}/1/restoration/new").text
    assert "改时间" in page and "改内容" in page and "<del>Another title</del>" in page and "问 1 人去留" in page
    assert sorted(ticked(page)) == sorted([moved, other]) and 'value="回到第 1 版"' in page
    assert "排期里的安排不动" in page
    form = {"sessions": [moved, other], "seen": "2", "note": "退回"}
    done = post(desk, f"{PATH}/1/restoration", form)
    assert done.status_code == 303 and done.location.endswith("/releases/3")
    shown = desk.get(done.location).text
    assert "内容回到第 1 版" in shown and "退回" in shown and "全部改动" in shown
    assert "公众看到的就是这一版" in desk.get(f"{PATH}/1/restoration/new").text
    assert moved in ticked(desk.get(f"{PATH}/new").text), "the plan has it where it was moved"
    twice = post(desk, f"{PATH}/1/restoration", form)
    assert twice.status_code == 303 and last() == 3 and "没有再发一次" in desk.get(twice.location).text


def test_what_cannot_go_back_is_named_and_the_rest_goes(desk: FlaskClient) -> None:
    found = list_published(week().id)
    own = next(one for one in found if one.facts["people"])
    other, person = session_of("rs-ei-2").code, own.facts["people"][0]
    for code in (own.code, other):
        edit_session(code, {"title_en": "Another title"}, version=None, actor=SYSTEM)
    put_out(own.code, other)
    note_consents(week().id, person["code"], {"name": False}, actor=SYSTEM)
    page = desk.get(f"{PATH}/1/restoration/new").text
    assert "本人不再同意公开" in page and person["zh"] in page and ticked(page) == [other]
    all_of_it = post(desk, f"{PATH}/1/restoration", {"sessions": [own.code, other], "seen": "2", "note": ""})
    assert all_of_it.status_code == 422 and "不能回到那一版" in all_of_it.text and last() == 2
    part = post(desk, f"{PATH}/1/restoration", {"sessions": [other], "seen": "2", "note": ""})
    assert part.status_code == 303 and "一部分" in desk.get(part.location).text


def test_a_place_that_is_taken_now_blocks(desk: FlaskClient) -> None:
    place, code, other = find_placement(session_of("rs-ei-1").id), session_of("rs-ei-1").code, session_of("rs-ei-2")
    assert place
    start, room, title, key = place.start, place.room.code, other.title.zh, other.code
    put_out(move("rs-ei-1", minutes=24 * 60))
    now = find_placement(other.id)
    assert now
    place_session(key, start, room, version=now.version, actor=SYSTEM)
    put_out(key)
    refused = post(desk, f"{PATH}/1/restoration", {"sessions": [code], "seen": "3", "note": ""})
    assert refused.status_code == 422 and title in refused.text and last() == 3


@pytest.mark.parametrize("path", ["99/restoration/new", "0/restoration/new", f"{'9' * 30}/restoration/new"])
def test_a_release_that_is_not_there(desk: FlaskClient, path: str) -> None:
    assert desk.get(f"{PATH}/{path}").status_code == 404


@pytest.mark.parametrize("sessions", [[], ["nothere00"], ["\x00\u202e"], ["x"] * 3000])
def test_rubbish_publishes_nothing(desk: FlaskClient, sessions: list[str]) -> None:
    put_out(move("rs-ei-1", minutes=30))
    for seen in ("2", "NaN", "", "9" * 30):
        refused = post(desk, f"{PATH}/1/restoration", {"sessions": sessions, "seen": seen, "note": ""})
        assert refused.status_code in (303, 422) and last() == 2


@pytest.mark.parametrize("role", ["reader", "city", "door"])
def test_only_the_committee_goes_back(demo_app: Flask, sign_in: SignIn, role: str) -> None:
    put_out(move("rs-ei-1", minutes=30))
    client = sign_in(demo_app, role)
    assert 'name="sessions"' not in client.get(f"{PATH}/1/restoration/new").text
    form = {"sessions": [session_of("rs-ei-1").code], "seen": "2", "note": ""}
    assert post(client, f"{PATH}/1/restoration", form).status_code == 403 and last() == 2
    assert client.get(f"{PATH}/messages").status_code == 403


def test_messages_are_shown_in_full_before_they_go(desk: FlaskClient) -> None:
    for number, name in enumerate(("示例甲", "示例乙")):
        book(offering_of("rs-ei-1").code, phone=phone(number), name=name)
    book(offering_of("rs-ei-2").code, name="示例丙")
    moved, off = move("rs-ei-1", minutes=30), session_of("rs-ei-2").code
    cancel_session(off, reason=Bilingual("场地检修", "Repairs"), actor=SYSTEM)
    page = desk.get(f"{PATH}/messages").text
    for words in (
        "报了名的人：安排有变",
        "2 人",
        "报了名的人：活动取消",
        "1 人",
        "场地检修",
        "Repairs",
        "保留、改期或取消",
    ):
        assert words in page
    assert "示··" in page and not re.search("示例[甲乙丙]", page)
    part = post(desk, f"{PATH}/messages", {"sessions": [moved]}).text
    assert "安排有变" in part and "活动取消" not in part
    assert last() == 1, "looking publishes nothing"
    assert "不发消息" in post(desk, f"{PATH}/messages", {"sessions": ["nothere"]}).text
    english = desk.get(f"/en{PATH}/messages").text
    assert "Registered people: session changed" in english
    back = desk.get(f"{PATH}/1/restoration/messages").text
    assert "不发消息" in back


def test_the_release_page_stays_within_its_statements(desk: FlaskClient, statements: Statements) -> None:
    """Twenty where a process knows the week, five more where it does not; as many with all sessions changed."""
    book(offering_of("rs-ei-1").code)
    seen = []
    for minutes in (30, 60):
        move("rs-ei-1", minutes=minutes)
        forget()
        for _look in ("first", "second"):
            with statements() as page:
                assert "问 1 人去留" in desk.get(f"{PATH}/new").text
            seen.append(len(page))
        own = find_week("jl2026")
        assert own
        for session in list_published(own.id):
            if not session.cancelled:
                edit_session(session.code, {"title_en": f"Another {session.code}"}, version=None, actor=SYSTEM)
    assert max(seen[::2]) <= 25 and max(seen[1::2]) <= 20, seen


def test_a_release_writes_all_its_sessions_in_a_few_statements(demo_app: Flask, statements: Statements) -> None:
    seen = []
    for count in (1, 100):
        for session in list_published(week().id)[:count]:
            edit_session(session.code, {"title_en": f"Title {count}"}, version=None, actor=SYSTEM)
        own = week().id
        with statements() as sent:
            release_schedule(own, actor=SYSTEM, note="")
        seen.append(len(sent))
    assert seen[1] <= seen[0] + 2 and seen[1] <= 20, seen


def test_whom_a_release_is_told_to_is_read_in_a_few_statements(demo_app: Flask, statements: Statements) -> None:
    own, pairs = week(), [(session.id, None, session.facts) for session in list_published(week().id)]
    with statements() as sent:
        found = list_addressees(own, pairs)
    assert len(found) > 50 and len(sent) <= 6
