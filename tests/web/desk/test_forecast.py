"""The forecast of gates on the desk, as a workbook and over the API."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.checkin.queries.sessions import DoorSession
from eventweek.kernel.clock import local_day
from eventweek.kernel.tables import read_workbook
from tests.api.shapes import complaints
from tests.conftest import SignIn
from tests.factories.door import make_pass, open_sessions
from tests.factories.keys import make_key

PAGE, API = "/desk/w/jl2026/gate-forecast", "/api/v1/desk/weeks/jl2026/gate-forecast"


@pytest.fixture
def forum(demo_app: Flask, before_the_week: Any) -> DoorSession:
    """Give a session for which 2,000 are registered."""
    mine = open_sessions()[0]
    make_pass(mine, seats=2000)
    return mine


def day_of(session: DoorSession) -> str:
    """Return the day of a session as addresses name it."""
    return local_day(session.start, "Asia/Shanghai").isoformat()


def test_the_page_names_the_gates_that_are_missing(desk: FlaskClient, forum: DoorSession) -> None:
    page = desk.get(f"{PAGE}?day={day_of(forum)}")
    assert page.status_code == 200
    [row] = re.findall(r'<tr><th scope="row"><a href="#door-.*?</tr>', page.text)
    words = re.sub(r"\s+", " ", re.sub("<.*?>", " ", row)).strip()
    assert words == f"{forum.venue.zh} 08:00 900 1.50 12 1 入口 1，手机 0 不够 缺 11 个"
    assert "badge--no" in row and '<svg class="icon"' in row
    assert len(re.findall(r'<th scope="row" class="t">', page.text)) == 6
    assert "曲线是假设，不是量到的。" in page.text and "用本届量到的曲线" not in page.text
    other = desk.get(f"{PAGE}?day={day_of(forum)}&seconds=4&share=0&share=0&share=100&share=0&share=0&share=0").text
    assert "3.33" in other and "<b>14</b>" in other and "曲线是假设" not in other
    assert "Forecast of gates" in desk.get(f"/en{PAGE}").text
    assert "gate-forecast?day=" in desk.get("/desk/w/jl2026/gates").text


def test_a_day_without_registrations_says_so(desk: FlaskClient, forum: DoorSession) -> None:
    assert "这一天没有已确认的报名" in desk.get(f"{PAGE}?day=2026-10-20").text
    assert desk.get(f"{PAGE}?day=rubbish").status_code == 200


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("seconds=0", "每人用时写 1 到 120 的整秒数"),
        ("seconds=-8", "每人用时写 1 到 120 的整秒数"),
        ("seconds=1000000000", "每人用时写 1 到 120 的整秒数"),
        ("seconds=%3Cscript%3E", "每人用时写 1 到 120 的整秒数"),
        ("share=10&share=10&share=10&share=10&share=10&share=10", "各格加起来是 60%，要正好 100%"),
        ("share=1000&share=0&share=0&share=0&share=0&share=0", "每一格写 0 到 100 的整数"),
        ("share=100", "要正好 6 个数"),
        ("&".join(["share=100"] * 3000), "要正好 6 个数"),
    ],
)
def test_what_is_typed_wrong_stays_and_is_said(desk: FlaskClient, forum: DoorSession, query: str, words: str) -> None:
    page = desk.get(f"{PAGE}?day={day_of(forum)}&{query}")
    assert page.status_code == 422 and words in page.text and "<script>" not in page.text
    assert 'aria-invalid="true"' in page.text and "<table" not in page.text
    assert desk.get(f"{PAGE}.xlsx?{query}").status_code == 422


def test_the_workbook_says_the_same(desk: FlaskClient, forum: DoorSession) -> None:
    saved = desk.get(f"{PAGE}.xlsx?day={day_of(forum)}")
    rows = [cells for _number, cells in read_workbook(saved.data)[0].rows]
    assert rows[0][:3] == ["场馆", "一刻钟", "到的人次"] and len(rows) == 7
    assert rows[3] == [forum.venue.zh, "08:00", "900", "1.5", "12", "1", "不够"]


@pytest.mark.parametrize("role", ["reader", "city", "venue"])
def test_others_may_not(demo_app: Flask, sign_in: SignIn, forum: DoorSession, role: str) -> None:
    client = sign_in(demo_app, role)
    assert client.get(PAGE).status_code == client.get(f"{PAGE}.xlsx").status_code == 403
    assert sign_in(demo_app, "door").get(PAGE).status_code == 200


def test_the_api_tells_the_same(demo_app: Flask, forum: DoorSession) -> None:
    client, key = demo_app.test_client(), make_key("jl2026", "door")[1]
    told: dict[str, Any] = client.get(f"{API}?day={day_of(forum)}", headers=key).json or {}
    [door] = told["doors"]
    busiest = door["quarters"][2]
    assert (door["venue"], door["needed"], door["lanes"]) == (forum.venue_code, 12, 1)
    assert (busiest["people"], busiest["rate"], busiest["needed"], busiest["fit"]) == (900, 1.5, 12, "short")
    assert told["shares"][2] == {"from_min": -30, "share": 45} and told["measured"] is None
    spec = client.get("/api/v1/openapi.json").json or {}
    assert complaints(spec, spec["components"]["schemas"]["DeskGateForecast"], told) == []
    faster = client.get(f"{API}?day={day_of(forum)}&seconds=4&shares=0,0,100,0,0,0", headers=key).json or {}
    assert faster["doors"][0]["needed"] == 14
    for query, field in (
        ("seconds=0", "seconds"),
        ("seconds=", "seconds"),
        ("seconds=-1", "seconds"),
        ("seconds=1000000000", "seconds"),
        ("shares=50,50", "shares"),
        ("shares=", "shares"),
        ("shares=5,20,45,22,6,x", "shares"),
        ("shares=5,20,45,22,6,3", "shares"),
        ("day=tomorrow", "day"),
        ("gates=8", "gates"),
    ):
        wrong = client.get(f"{API}?{query}", headers=key)
        assert (wrong.status_code, [e["field"] for e in (wrong.json or {})["errors"]]) == (422, [field]), query
    assert client.get(API, headers=make_key("jl2026", "reader")[1]).status_code == 403
