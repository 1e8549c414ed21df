"""The big screen of the door: what it shows, by address, and what it costs to ask again."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.audit.actors import SYSTEM
from eventweek.checkin.actions.devices import stop_gate
from eventweek.checkin.actions.scans import ScanRequest, record_scan
from eventweek.checkin.models import Device
from eventweek.checkin.queries.sessions import DoorSession, list_sessions
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db, transaction
from eventweek.programme.models import Grant
from tests.api.shapes import complaints
from tests.conftest import SignIn
from tests.factories.door import demo_week_id, make_device, make_gate, make_pass, open_sessions
from tests.factories.keys import make_key

WALL, API = "/desk/w/jl2026/wall", "/api/v1/desk/weeks/jl2026/wall"


@pytest.fixture
def small(demo_app: Flask, before_the_week: Any) -> DoorSession:
    """Give a session with seven registered seats, of whom a party of four came."""
    mine = open_sessions()[0]
    held, gate = make_pass(mine, seats=4), make_gate(mine)
    make_pass(mine, seats=3, phone="+8613800138001")
    stop_gate(make_gate(mine).code, stopped=True, actor=SYSTEM)
    with travel(mine.start - timedelta(minutes=5)):
        device, _key = make_device("scan", gate)
        record_scan(device, ScanRequest(1, gate.code, mine.code, code=held.token), actor=device.actor)
        with transaction():
            db.session.get_one(Device, device.id).clock_offset_ms = 180_000
    return mine


def test_a_contact_that_a_clock_set_back_puts_ahead_is_just_now(desk: FlaskClient, small: DoorSession) -> None:
    with travel(small.start - timedelta(hours=1)):
        page = desk.get(f"{WALL}?session={small.code}").text
    assert "刚刚" in page and not re.search(r"-\d+ 分钟", page)


def test_the_screen_shows_people_gates_and_a_table(desk: FlaskClient, small: DoorSession) -> None:
    with travel(small.start):
        page = desk.get(f"{WALL}?session={small.code}").text
    assert f"<h1>{small.title.zh}<small>" in page
    figures = [re.sub("<.*?>", " ", part).split() for part in re.findall(r'<p class="wall__fig[^>]*>(.*?)</p>', page)]
    assert figures[0] == ["4", "到场人次，报名", "7"] and figures[1][0] == "4"
    assert re.search(r'<li class="is-bad"><span><svg.*?</svg>测试门\d+</span><span>已暂停放行</span>', page)
    assert "放行中" in page and "时钟差 3 分钟" in page and "5 分钟前" in page
    rows = dict(re.findall(r'<tr><th scope="row">(\d\d:\d\d)</th><td>(\d+)</td>', page))
    assert [n for n in rows.values() if n != "0"] == ["4"] and "最多的一刻钟" in page
    assert page.count("<rect x=") == len(rows) and 'height="100.0"' in page
    assert "style=" not in page and "http-equiv" not in page and "重新读取" in page


def test_the_address_chooses_and_what_is_not_there_is_said(desk: FlaskClient, small: DoorSession) -> None:
    other = next(s for s in list_sessions(demo_week_id()) if s.venue_code != small.venue_code)
    whole = desk.get(WALL)
    assert "各城市" in whole.text and f"city={small.city_code}" in whole.text
    city = desk.get(f"{WALL}?city={small.city_code}").text
    assert f"<h1>{small.city.zh}<small>" in city and "各场馆" in city and "看全部" in city
    assert f"<h1>{small.venue.zh}<small>" in desk.get(f"{WALL}?venue={small.venue_code}").text
    assert f"venue={other.venue_code}" not in desk.get(f"{WALL}?venue={small.venue_code}").text
    for wrong in ("session=nobody", "city=" + "9" * 3000, "session=%F0%9F"):
        missing = desk.get(f"{WALL}?{wrong}")
        assert missing.status_code == 404 and "没有这个场次、场馆或城市" in missing.text
    assert desk.get(f"{WALL}?day=rubbish&part=99").status_code == 200
    assert "Live wall" in desk.get(f"/en{WALL}").text
    assert f'href="{WALL}"' in desk.get("/desk/w/jl2026/gates").text


def test_asking_again_is_304_without_a_body_until_something_happens(
    desk: FlaskClient, small: DoorSession, statements: Any
) -> None:
    with travel(small.start):
        first = desk.get(WALL)
        tag = {"If-None-Match": first.headers["ETag"]}
        with statements() as seen:
            again = desk.get(WALL, headers=tag)
        assert (again.status_code, again.data) == (304, b"") and len(seen) == 4
        assert desk.get(f"{WALL}?part=2", headers=tag).status_code == 200
        assert desk.get(f"/en{WALL}", headers=tag).status_code == 200
        make_gate(small)
        assert desk.get(WALL, headers=tag).status_code == 200
    with travel(small.start + timedelta(minutes=1)):
        assert desk.get(WALL, headers=tag).status_code == 200


def test_sessions_take_turns_five_at_a_time(desk: FlaskClient, small: DoorSession) -> None:
    with travel(small.start):
        pages = [desk.get(f"{WALL}?day=2026-10-15&part={n}").text for n in (1, 2)]
    codes = [set(re.findall(r"session=(\w+)", re.split("<aside", page)[0])) for page in pages]
    assert len(codes[0]) == 5 and codes[1] and codes[0].isdisjoint(codes[1])
    assert re.search(r'data-part="1" data-parts="\d+"', pages[0]) and "part=2" in pages[0]


@pytest.mark.parametrize("role", ["reader", "proposer", "city", "venue"])
def test_others_may_not(demo_app: Flask, sign_in: SignIn, small: DoorSession, role: str) -> None:
    assert sign_in(demo_app, role).get(WALL).status_code == 403


def test_a_key_of_a_reader_may_not(demo_app: Flask, small: DoorSession) -> None:
    client = demo_app.test_client()
    assert client.get(API, headers=make_key("jl2026", "reader")[1]).status_code == 403
    assert client.get(API).status_code == 401


def test_somebody_of_one_venue_sees_it_alone(demo_app: Flask, sign_in: SignIn, small: DoorSession) -> None:
    client = sign_in(demo_app, "door")
    with transaction():
        grant = db.session.query(Grant).order_by(Grant.id.desc()).first()
        assert grant
        grant.scope_kind, grant.scope_code = "venue", small.venue_code
    other = next(s for s in list_sessions(demo_week_id()) if s.venue_code != small.venue_code)
    assert client.get(f"{WALL}?venue={other.venue_code}").status_code == 404
    page = client.get(WALL).text
    assert small.venue.zh in page and f"venue={other.venue_code}" not in page
    key = make_key("jl2026", "door", "venue", small.venue_code)[1]
    told = demo_app.test_client().get(API, headers=key).json or {}
    assert [venue["id"] for venue in told["venues"]] == [small.venue_code]


def test_the_api_tells_the_same_numbers_and_304(demo_app: Flask, small: DoorSession) -> None:
    client, key = demo_app.test_client(), make_key("jl2026", "door")[1]
    with travel(small.start):
        answer = client.get(f"{API}?session={small.code}", headers=key)
        told: dict[str, Any] = answer.json or {}
        assert told["today"] == told["week"] == {"registered": 7, "arrived": 4, "inside": 4}
        assert [one["people"] for one in told["sessions"]] == [told["today"]]
        assert sum(one["arrived"] for one in told["quarters"]) == 4
        [device] = told["devices"]
        assert (device["contact"], device["clock_wrong"], device["clock_off_ms"]) == ("fresh", True, 180_000)
        spec = client.get("/api/v1/openapi.json").json or {}
        assert complaints(spec, spec["components"]["schemas"]["DeskWall"], told) == []
        again = client.get(f"{API}?session={small.code}", headers=key | {"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    for query, status, code in (
        ("session=nobody", 404, "wall.not_found"),
        ("day=2026-13-01", 422, "input.invalid"),
        ("day=99999999999", 422, "input.invalid"),
        ("colour=red", 422, "input.invalid"),
    ):
        wrong = client.get(f"{API}?{query}", headers=key)
        assert (wrong.status_code, (wrong.json or {})["code"]) == (status, code)
