"""Pins on the desk: on a session's page, for those ticked, for all that the filters find."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.audit.actors import SYSTEM
from eventweek.programme.queries import find_newest_week
from eventweek.scheduling.actions.pins import Pins, pin_sessions
from eventweek.scheduling.queries.lines import Line, list_lines
from tests.conftest import SignIn

LIST = "/desk/w/jl2026/sessions"
NEW = "/desk/w/jl2026/pins/new"


def _lines() -> list[Line]:
    week = find_newest_week()
    assert week
    return [line for line in list_lines(week.id) if line.start]


def _free() -> None:
    week = find_newest_week()
    assert week
    pin_sessions(week.id, [line.code for line in _lines()], Pins(False, False), actor=SYSTEM)


def test_a_session_is_pinned_and_let_go_from_its_page(desk: FlaskClient) -> None:
    _free()
    path = f"{LIST}/{_lines()[0].code}"
    page = desk.get(path).text
    assert "没有钉住，自动排期可以挪它" in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    done = desk.post(f"{path}/pins", data={"way": "both", "version": version[1]})
    assert done.status_code == 303 and _lines()[0].pins == "both"
    assert "手动改仍然可以" in desk.get(path).text
    desk.post(f"{path}/pins", data={"way": "off", "version": version[1]})
    assert _lines()[0].pins == "both"  # somebody else was faster
    assert desk.post(f"{path}/pins", data={"way": "loud", "version": "1"}).status_code == 400
    assert desk.post(f"{LIST}/nothere/pins", data={"way": "off", "version": "1"}).status_code == 404


def test_the_ticked_are_pinned_and_found_by_the_filter(desk: FlaskClient) -> None:
    _free()
    codes = [line.code for line in _lines()[:3]]
    asking = desk.post(NEW, data={"s": codes, "do": "ask"})
    assert asking.status_code == 200 and "选了 3 场" in asking.text
    wrong = desk.post(NEW, data={"s": codes, "do": "pin", "way": "\x00" * 99})
    assert wrong.status_code == 422 and "选一种" in wrong.text
    assert desk.post(NEW, data={"s": codes, "do": "pin", "way": "room"}).location.endswith("/sessions")
    assert {line.code for line in _lines() if line.pins == "room"} == set(codes)
    found = desk.get(f"{LIST}?pins=room").text
    assert set(re.findall(r'name="s" value="([a-z0-9]+)"', found)) == set(codes) and "厅室钉住" in found
    assert "还没有选场次" in desk.get(NEW).text


def test_a_day_is_pinned_from_its_timetable(desk: FlaskClient) -> None:
    _free()
    day = "2026-10-16"
    page = desk.get(f"/desk/w/jl2026/timetable?day={day}").text
    address = re.search(r'href="(/desk/w/jl2026/pins/new\?[^"]*)"', page)
    assert address
    where = address[1].replace("&amp;", "&")
    assert desk.post(where, data={"way": "time", "do": "pin"}).location.endswith(f"/sessions?day={day}")
    pinned = [line for line in _lines() if line.pins == "time"]
    assert pinned and {line.start.astimezone().date().isoformat() for line in pinned if line.start} <= {
        day,
        "2026-10-15",
    }
    assert "时间钉住" in desk.get(f"/desk/w/jl2026/timetable?day={day}").text


@pytest.mark.parametrize("role", ["reader", "door"])
def test_who_may_not_edit_pins_nothing(demo_app: Flask, sign_in: SignIn, role: str) -> None:
    demo_app.config["WTF_CSRF_ENABLED"] = False
    _free()
    client, code = sign_in(demo_app, role), _lines()[0].code
    assert client.post(NEW, data={"s": [code], "do": "pin", "way": "both"}).status_code == 403
    assert client.post(f"{LIST}/{code}/pins", data={"way": "both", "version": "1"}).status_code == 403
    assert "钉住时间和厅室" not in client.get(f"{LIST}/{code}").text and _lines()[0].pins == ""
