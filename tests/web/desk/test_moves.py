"""The editor's requests: a move, a way out, a length; refused with the reason, and in few statements."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db, transaction
from eventweek.programme.actions.incidents import report_loss
from eventweek.programme.models import RoomClosure
from eventweek.scheduling.actions.placements import place_session
from eventweek.scheduling.worklist import Planned, find_planned, list_planned
from tests.conftest import SignIn
from tests.registration.world import week
from tests.replanning.world import session_of
from tests.web.desk.sheet import filled, submit

PATH = "/desk/w/jl2026/sessions"
PAGE = "/desk/w/jl2026/timetable"
KEY = "fo-02"
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def desk(demo_app: Flask, sign_in: SignIn, before_the_week: None) -> FlaskClient:
    """Give an administrator at work on the demo week before it begins, whose forms need no token."""
    demo_app.config["WTF_CSRF_ENABLED"] = False
    return sign_in(demo_app)


def _planned(key: str = KEY) -> Planned:
    db.session.rollback()
    found = find_planned(week().id, session_of(key).code)
    assert found
    return found


def _values(**changes: Any) -> dict[str, Any]:
    own = _planned()
    assert own.placement and own.start and own.room
    local = own.start.astimezone(ZONE)
    usual = {"start": f"{local:%Y-%m-%dT%H:%M}", "room": own.room.code, "version": own.placement.version}
    return usual | changes


def _post(desk: FlaskClient, verb: str, values: dict[str, Any]) -> Any:
    return desk.post(f"{PATH}/{session_of(KEY).code}/{verb}", data=values)


def test_a_session_moves_and_its_problems_are_told(desk: FlaskClient) -> None:
    other = _planned("rs-ei-2")
    assert other.start and other.room
    start = f"{other.start.astimezone(ZONE):%Y-%m-%dT%H:%M}"
    answer = _post(desk, "moves", _values(start=start, room=other.room.code))
    body = answer.get_json()
    assert answer.status_code == 200 and body["place"]["room"] == other.room.code and body["place"]["version"] > 1
    assert any(one["stops"] and "撞" not in one["said"] for one in body["problems"]) and body["stopping"] > 0
    assert _planned().start == other.start
    back = desk.get(f"{PAGE}?day={other.start.astimezone(ZONE).date()}&part=1").text
    assert "block--bad" in back and "<html" not in back


def test_it_goes_out_and_in_again(desk: FlaskClient) -> None:
    values = _values()
    out = _post(desk, "unplacement", {"version": values["version"]})
    assert out.get_json()["place"] is None and _planned().start is None
    assert _planned().session.title.zh in desk.get(f"{PAGE}?part=1").text.partition('id="waiting"')[2]
    back = _post(desk, "moves", values | {"version": ""})
    assert back.status_code == 200 and _planned().start is not None


def test_it_lasts_longer_and_shorter(desk: FlaskClient) -> None:
    own = _planned()
    seen, minutes = own.session.version, own.session.duration_min + 30
    done = _post(desk, "duration", {"minutes": minutes, "version": seen})
    assert done.status_code == 200 and _planned().session.duration_min == minutes
    stale = _post(desk, "duration", {"minutes": 30, "version": seen})
    assert stale.status_code == 409 and _planned().session.duration_min == minutes
    for rubbish in ("", "0", "-30", "1e9", "九十", "99999999"):
        bad = _post(desk, "duration", {"minutes": rubbish, "version": _planned().session.version})
        assert bad.status_code == 422 and bad.get_json()["said"]


def test_who_is_second_sees_where_it_stands_now(desk: FlaskClient) -> None:
    mine = _values()
    theirs = _planned("rs-ei-2")
    assert theirs.room
    place_session(session_of(KEY).code, mine["start"], theirs.room.code, version=mine["version"], actor=SYSTEM)
    answer = _post(desk, "moves", mine | {"room": mine["room"]})
    body = answer.get_json()
    assert answer.status_code == 409 and "别人刚刚改过" in body["said"] and not body["reason"]
    assert {"field": "room", "mine": mine["room"], "theirs": theirs.room.code} in body["fields"]
    assert _planned().room is not None and _planned().room.code == theirs.room.code  # type: ignore[union-attr]


@pytest.mark.database
def test_places_that_cannot_be_are_refused_with_the_reason(desk: FlaskClient) -> None:
    before = _values()
    for changes, said in (
        ({"start": "2027-10-15T09:00"}, "不在"),
        ({"start": "gestern"}, ""),
        ({"start": before["start"][:-1] + "7"}, "刻度"),
        ({"room": "nothere"}, ""),
        ({"room": "\x00" * 300}, ""),
        ({"version": "x"}, "别人"),
    ):
        answer = _post(desk, "moves", before | changes)
        assert answer.status_code in (409, 422) and said in answer.get_json()["said"], changes
    assert _values() == before
    for code in ("nothere", "%00", "x" * 300):
        assert desk.post(f"{PATH}/{code}/moves", data=before).status_code == 404
    assert desk.post(f"/desk/w/nothere/sessions/{session_of(KEY).code}/moves", data=before).status_code == 404


def test_a_closed_room_and_the_past_want_a_reason_that_is_kept(desk: FlaskClient, demo_app: Flask) -> None:
    own = _planned()
    assert own.start and own.room
    day = own.start.astimezone(ZONE).date()
    with transaction():
        db.session.add(RoomClosure(room_id=own.room.id, day=day, reason=""))
    late = f"{day}T16:00"
    answer = _post(desk, "moves", _values(start=late))
    assert answer.status_code == 422 and answer.get_json()["reason"] and "不开放" in answer.get_json()["said"]
    done = _post(desk, "moves", _values(start=late, reason="场馆已同意"))
    assert done.status_code == 200 and "场馆已同意" in desk.get("/desk/audit").text
    with travel(datetime(2026, 10, 17, 4, tzinfo=UTC)):
        past = _post(desk, "moves", _values(start="2026-10-16T09:00", room=_planned("rs-ei-2").room.code))  # type: ignore[union-attr]
        assert past.status_code == 422 and past.get_json()["code"] == "placement.past" and past.get_json()["reason"]


def test_a_move_takes_few_statements(desk: FlaskClient, statements: Any) -> None:
    own = _values()
    others = [p for p in list_planned(week().id) if p.room and p.start]
    _post(desk, "moves", own | {"room": others[5].room.code})  # type: ignore[union-attr]
    values = _values(room=others[8].room.code)  # type: ignore[union-attr]
    path = f"{PATH}/{session_of(KEY).code}/moves"
    with statements() as seen:
        answer = desk.post(path, data=values)
    assert answer.status_code == 200 and len(seen) <= 15, seen


def test_cells_and_verdicts_are_told(desk: FlaskClient) -> None:
    own = _values()
    path = f"{PATH}/{session_of(KEY).code}"
    cells = desk.get(f"{path}/cells?day={own['start'][:10]}").get_json()
    assert set(map(len, cells["rooms"].values())) == {len(cells["starts"])} and cells["step"] == 15
    verdict = desk.get(f"{path}/verdict?start={own['start']}&room={own['room']}").get_json()
    assert verdict["change"] == [0, 0, 0] and not verdict["forbidden"]
    for bad in ("cells?day=yesterday", "cells", "verdict?start=x&room=y"):
        assert desk.get(f"{path}/{bad}").status_code == 400
    assert desk.get(f"{path}/verdict?start={own['start']}&room=nothere").status_code == 404
    assert desk.get(f"{PATH}/nothere/cells?day=2026-10-16").status_code == 404


def _best_place(page: str) -> dict[str, str]:
    """Return what the button beside the best place sends."""
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.split('value="here"')[1].split("</form>")[0]))


def test_the_form_way_offers_places_and_moves(desk: FlaskClient) -> None:
    path = f"{PATH}/{session_of(KEY).code}/place"
    page = desk.get(path).text
    assert page.count("放到这里") == 5 and "现在在哪里" in page and 'id="judged"' not in page
    other = _planned("rs-ei-2")
    assert other.start and other.room
    local = other.start.astimezone(ZONE)
    there = {"place_day": str(local.date()), "place_at": f"{local:%H:%M}", "place_room": other.room.code}
    judged = submit(desk, path, "check", **there)
    assert judged.status_code == 200 and "会撞上" in judged.text and 'id="judged"' not in judged.text
    free = {name: value for name, value in _best_place(page).items() if name.startswith("place_")}
    calm = submit(desk, path, "check", **free)
    assert "没有撞" in calm.text and "badge" in calm.text.split('id="judged"')[1].split("</form>")[0]
    assert _planned().start != other.start
    seen = filled(page)
    moved = submit(desk, path, "here", **there)
    assert moved.status_code == 303 and moved.location.endswith(f"/timetable?day={local.date()}")
    assert _planned().start == other.start
    gone = {"do": "here", "place_day": "", "place_at": "", "place_room": ""}
    stale = desk.post(path, data=seen | gone)
    assert stale.status_code == 422 and "别人刚改过这一项" in stale.text and _planned().start
    out = submit(desk, path, **gone)
    assert out.status_code == 303 and _planned().start is None
    page = desk.get(path).text
    assert "未排" in page and page.count("放到这里") == 5


def test_what_a_hall_lacks_is_called_by_its_name(desk: FlaskClient) -> None:
    every = [p for p in list_planned(week().id) if p.room and p.session.permit_status != "approved"]
    own = next(p for p in every if p.session.features)
    hall = next(p.room for p in every if p.room and not set(own.session.features) & set(p.room.features))
    path = f"sessions/{own.session.code}/place"
    looked = submit(desk, f"{PATH.removesuffix('sessions')}{path}", "check", place_room=hall.code)
    names = sorted(feature.code for feature in own.session.features)
    called = {feature.code: feature.name for feature in own.session.features}
    assert f"要的设备：{'、'.join(called[code].zh for code in names)}。" in looked.text
    english = submit(desk, f"/en/desk/w/jl2026/{path}", "check", place_room=hall.code)
    assert all(called[code].en in english.text.split('class="probs"')[1] for code in names)


def test_each_best_place_is_one_press_away(desk: FlaskClient) -> None:
    path = f"{PATH}/{session_of(KEY).code}/place"
    sent = _best_place(desk.get(path).text)
    before = _planned().start
    assert desk.post(path, data=sent | {"do": "here"}).status_code == 303
    now = _planned()
    assert now.start and now.room and now.start != before
    local = now.start.astimezone(ZONE)
    assert (f"{local:%Y-%m-%d}", f"{local:%H:%M}") == (sent["place_day"], sent["place_at"])
    assert now.room.code == sent["place_room"]
    again = desk.post(path, data=sent | {"do": "here"})
    assert again.status_code == 422 and _planned().start == now.start


def test_others_moves_are_news(desk: FlaskClient, demo_app: Flask, sign_in: SignIn) -> None:
    first = desk.get(f"{PAGE}/news?since=0").get_json()["stamp"]
    assert desk.get(f"{PAGE}/news?since={first}").status_code == 204
    other = _planned("rs-ei-2")
    assert other.room
    sign_in(demo_app, "committee").post(f"{PATH}/{session_of(KEY).code}/moves", data=_values(room=other.room.code))
    news = desk.get(f"{PAGE}/news?since={first}").get_json()
    assert news["stamp"] > first and any(_planned().session.title.zh in said for said in news["said"])
    for rubbish in ("x", "-1", "9" * 40, ""):
        assert desk.get(f"{PAGE}/news?since={rubbish}").status_code == 200


def test_a_reader_sees_the_board_and_cannot_edit(demo_app: Flask, sign_in: SignIn, before_the_week: None) -> None:
    demo_app.config["WTF_CSRF_ENABLED"] = False
    reader = sign_in(demo_app, "reader")
    page = reader.get(f"{PAGE}?day=2026-10-16").text
    assert "block fam-" in page and 'data-behaviour="editor"' not in page and "data-session" not in page
    code = session_of(KEY).code
    for verb in ("moves", "unplacement", "duration"):
        assert reader.post(f"{PATH}/{code}/{verb}", data=_values()).status_code == 403
    for part in ("cells?day=2026-10-16", "place", "verdict"):
        assert reader.get(f"{PATH}/{code}/{part}").status_code == 403


def test_nothing_gets_past_a_lost_hall_and_nobody_is_asked_whether(desk: FlaskClient) -> None:
    own, path = _values(), f"{PATH}/{session_of(KEY).code}"
    place = {"start": own["start"], "room": own["room"]}
    assert "never" not in desk.get(f"{path}/verdict", query_string=place).get_json()
    report_loss(week().id, {"rooms": [own["room"]], "since": "2026-10-15T08:00"}, actor=SYSTEM)
    assert "停用了，不能排进去" in desk.get(f"{path}/verdict", query_string=place).get_json()["never"]
    later = datetime.fromisoformat(own["start"]) + timedelta(minutes=30)
    there = {"place_day": str(later.date()), "place_at": f"{later:%H:%M}", "place_room": own["room"]}
    page = submit(desk, f"{path}/place", "check", **there).text
    assert "停用了，不能排进去" in page and 'id="judged"' not in page
    assert 'data-sign="c"' in (board := desk.get(PAGE).text) and 'data-sign="x"' not in board
