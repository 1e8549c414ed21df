"""Scenarios on the desk: save, compare, adopt with what it would change in view, go back."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import db
from eventweek.programme.actions.places import archive_room, delete_room
from eventweek.programme.actions.sessions import edit_session
from eventweek.programme.models import Room, Session, Venue
from eventweek.programme.queries import find_newest_week
from eventweek.scheduling.actions import place_session, unplace_session
from eventweek.scheduling.actions.scenarios import PlaceRow, create_scenario
from eventweek.scheduling.models import Placement, Plan
from eventweek.scheduling.queries.scenarios import list_plans
from tests.conftest import SignIn
from tests.factories.programme import make_room
from tests.registration.world import book, offering_of

PATH = "/desk/w/jl2026/scenarios"


def week_id() -> int:
    """Return the id of the demo week."""
    week = find_newest_week()
    assert week
    return week.id


def placed(source: str = "rs-ei-2") -> Placement:
    """Return the working place of a session."""
    own = offering_of(source).sessions[0].session_id
    query = select(Placement).join(Placement.plan).where(Placement.session_id == own, Plan.working)
    return db.session.scalars(query).one()


def seen_in(page: str) -> dict[str, str]:
    """Return what the page of a promotion sends when its button is pressed."""
    return {"seen": re.findall(r'name="seen" value="(\d+)"', page)[0]}


def saved(desk: FlaskClient, name: str = "备用") -> str:
    """Save the timetable as a scenario and return its address."""
    answer = desk.post(f"{PATH}/new", data={"name": name})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def move(hour: int = 12) -> str:
    """Move a session with people in it into an hour of the evening; return its title."""
    own = placed()
    title, code = own.session.title.zh, own.session.code
    start, room = own.start.replace(hour=hour, minute=0), own.room.code
    place_session(code, start, room, version=own.version, actor=SYSTEM, override="测试")
    return title


def test_a_scenario_is_saved_and_seen_beside_the_timetable(desk: FlaskClient) -> None:
    assert "还没有别的方案" in desk.get(PATH).text
    where, title = saved(desk), move()
    page = desk.get(PATH).text
    assert "备用" in page and "正在用" in page and re.search(r'data-word="和现在不同">1<', page)
    page = desk.get(where).text
    assert title in page and "20:00—" in page and "1 场不同" in page
    assert desk.get(f"{where}?all=1").text.count("<tr>") > page.count("<tr>") + 50
    assert "这是方案" in desk.get(f"/desk/w/jl2026/timetable?plan={where.rpartition('/')[2]}").text


def test_a_name_is_asked_for_and_taken_once(desk: FlaskClient) -> None:
    where = saved(desk)
    for name, words in (("", "请填写这一项"), ("备用", "已有方案叫“备用”"), ("长" * 81, "80")):
        answer = desk.post(f"{PATH}/new", data={"name": name})
        assert answer.status_code == 422 and words in answer.text
    saved(desk, "Plan A")
    for name, status in (("ＰＬＡＮ　a", 422), ("第二套", 303), ("第三套", 422)):
        assert desk.post(f"{where}/name", data={"name": name, "version": "1"}).status_code == status
    assert "第二套" in desk.get(where).text


@pytest.mark.usefixtures("before_the_week")
def test_adopting_says_whom_it_concerns_and_can_be_taken_back(desk: FlaskClient) -> None:
    book(offering_of("rs-ei-2").code)
    where, title = saved(desk, "原来的"), move()
    later = saved(desk, "晚上")
    before = seen_in(desk.get(f"{where}/promotion").text)
    assert desk.post(f"{where}/adoption", data=before).status_code == 303
    page = desk.get(f"{later}/promotion").text
    assert title in page and "发布时 1 场已公布的要改时间或地点" in page and "要告诉 1 人" in page
    done = desk.post(f"{later}/adoption", data=seen_in(page), follow_redirects=True).text
    assert "“晚上”现在就是排期" in done and "采自“晚上”" in done and "采用前的方案（" in done
    assert placed().start.hour == 12
    former = next(plan.code for plan in list_plans(week_id()) if plan.name.startswith("采用前的方案"))
    desk.post(f"{PATH}/{former}/adoption", data=seen_in(desk.get(f"{PATH}/{former}/promotion").text))
    assert placed().start.hour != 12
    assert where.endswith(former) and desk.get(where).status_code == 303


def test_what_changed_since_it_was_seen_is_looked_at_again(desk: FlaskClient) -> None:
    where = saved(desk)
    seen = seen_in(desk.get(f"{where}/promotion").text)
    move()
    for data in (seen, {"seen": "x"}, {}):
        page = desk.post(f"{where}/adoption", data=data, follow_redirects=True).text
        assert "看过之后排期又改过" in page and "会改动什么" in page
    assert placed().start.hour == 12


def test_what_came_later_is_said_to_lose_its_place(desk: FlaskClient) -> None:
    own = placed()
    code, start, room = own.session.code, own.start, own.room.code
    unplace_session(code, version=own.version, actor=SYSTEM)
    where = saved(desk)
    place_session(code, start, room, version=None, actor=SYSTEM, override="测试")
    page = desk.get(f"{where}/promotion").text
    assert "1 场不在这个方案里" in page and "1 场已公布的会没有位置" in page


def test_a_permit_and_an_archived_room_stand_against_it(desk: FlaskClient) -> None:
    own = placed()
    venue = db.session.get_one(Venue, own.room.venue_id)
    title, session, start = own.session.title.zh, own.session_id, own.start
    hall = make_room(venue, name_zh="旧厅")
    number = hall.id
    create_scenario(week_id(), "旧厅版", [PlaceRow(session, start, number)], actor=SYSTEM)
    where = f"{PATH}/{list_plans(week_id())[1].code}"
    archive_room(db.session.get_one(Room, number).code, actor=SYSTEM)
    page = desk.get(f"{where}/promotion").text
    assert "排进了已归档的房间" in page and title in page and "先办好上面的" in page
    code = db.session.get_one(Session, session).code
    edit_session(code, {"permit_required": True, "permit_status": "approved"}, version=None, actor=SYSTEM)
    page = desk.get(f"{where}/promotion").text
    assert "安全许可已批，不能移动" in page
    assert 'name="seen"' not in page


def test_any_two_stand_side_by_side(desk: FlaskClient) -> None:
    one = saved(desk, "甲案").rpartition("/")[2]
    title = move()
    two = saved(desk, "乙案").rpartition("/")[2]
    page = desk.get(f"{PATH}/comparison?one={one}&two={two}").text
    assert "1 场不同" in page and title in page
    assert "只有“乙案”有的问题" in page and "只有“甲案”有的问题" not in page
    same = desk.get(f"{PATH}/comparison?one={one}&two={one}").text
    assert "时间和地点都一样" in same and "没有哪个问题是只有一边有的" in same
    assert desk.get(f"{PATH}/comparison?one=nothing&two=%F0%A0%AE%B7").status_code == 200


def test_deleting_asks_and_goes_back_to_the_list(desk: FlaskClient) -> None:
    where = saved(desk)
    assert "确认删除" in desk.get(where).text
    page = desk.post(f"{where}/deletion", follow_redirects=True).text
    assert "方案已删除" in page and "备用" not in page
    assert desk.post(f"{where}/deletion").status_code == 404 and desk.get(where).status_code == 404
    assert desk.get(f"{where}/promotion").status_code == 404 and desk.post(f"{where}/adoption").status_code == 404


def test_a_room_of_a_scenario_alone_is_told_with_its_name(desk: FlaskClient) -> None:
    own = placed()
    venue, session, start = db.session.get_one(Venue, own.room.venue_id), own.session_id, own.start
    hall = make_room(venue, name_zh="新厅")
    number, code = hall.id, hall.code
    create_scenario(week_id(), "新厅版", [PlaceRow(session, start, number)], actor=SYSTEM)
    page = desk.post(f"/desk/rooms/{code}/deletion", follow_redirects=True).text
    assert "只有方案用到这个房间：新厅版" in page
    desk.post(f"{PATH}/{list_plans(week_id())[1].code}/deletion")
    delete_room(code, actor=SYSTEM)


def test_whoever_may_not_change_the_timetable_only_looks(demo_app: Flask, sign_in: SignIn, desk: FlaskClient) -> None:
    where = saved(desk)
    other = sign_in(demo_app, "reader")
    assert "存为方案" not in other.get(PATH).text and "确认删除" not in other.get(where).text
    assert "你可以看，不能改排期" in other.get(f"{where}/promotion").text
    for path in (f"{PATH}/new", f"{where}/name", f"{where}/deletion", f"{where}/adoption"):
        assert other.post(path, data={"name": "x"}).status_code == 403
