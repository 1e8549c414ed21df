"""The same-day desk: somebody cannot come; what they miss, the ways on and back, and the release of just these."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek.kernel.db import db
from eventweek.programme.models import Person
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.subjects import SESSION
from eventweek.scheduling.queries.published import find_published
from tests.conftest import SignIn
from tests.replanning.halls import Halls, make_halls, on_the_day
from tests.web.desk.sheet import submit

WEEK = "/desk/w/spring"
ASKED = "since=2027-04-13T08:30&until=2027-04-13T12:00"


@pytest.fixture
def halls(app: Flask) -> Iterator[Halls]:
    """Give the small week on its second day, whose forms need no token."""
    app.config["WTF_CSRF_ENABLED"] = False
    with on_the_day():
        yield make_halls()


@pytest.fixture
def desk(app: Flask, halls: Halls, sign_in: SignIn) -> FlaskClient:
    """Give somebody of the committee."""
    return sign_in(app, "committee")


@pytest.fixture
def page(halls: Halls) -> str:
    """Return the address of what the one speaker misses."""
    code = db.session.scalars(select(Person)).one().code
    return f"{WEEK}/absences/{code}?{ASKED}"


def text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def address(page: str, ending: str) -> str:
    found = re.search(rf'(?:href|action)="([^"]*{ending}[^"]*)"', page)
    assert found, ending
    return unescape(found[1])


def test_from_who_cannot_come_to_the_release_of_just_these(desk: FlaskClient, halls: Halls, page: str) -> None:
    assert f"{WEEK}/absences" in desk.get(f"{WEEK}/incidents").text
    form = desk.get(f"{WEEK}/absences").text
    code = page.partition("?")[0].rpartition("/")[2]
    assert f'value="{code}"' in form and "王示例" in form
    led = desk.get(f"{WEEK}/absences?person={code}&{ASKED}")
    assert led.status_code == 303
    shown = desk.get(led.location).text
    assert "要动的 1 场" in text(shown) and "甲" in shown and "还没处理" in shown and "没有别的嘉宾" in shown
    assert "乙" not in text(shown).split("要动的")[1]
    gone = desk.post(address(shown, rf"absences/\w+/sessions/{halls.sessions['甲']}"))
    assert gone.status_code == 303 and f"absences/{code}" in gone.location
    shown = desk.get(gone.location).text
    assert values_of(SESSION, halls.session("甲"))["people"] == []
    assert "都改好了" in shown and "已改，还没发布" in shown and "去发布改好的 1 场" in shown
    release = desk.get(address(shown, "releases/")).text
    checked = re.findall(r'<input[^>]*name="sessions"[^>]*value="(\w+)"[^>]*checked', release)
    assert checked == [halls.sessions["甲"]]
    sent = {"seen": "1", "sessions": checked}
    assert desk.post(f"{WEEK}/releases/publication", data=sent).status_code == 303
    found = find_published(halls.session("甲").id)
    assert found and found.facts["people"] == []
    assert "这段时间没有王示例的场次" in desk.get(page).text


def test_what_is_outside_the_time_is_not_missed(desk: FlaskClient, page: str) -> None:
    where = page.partition("?")[0]
    for asked in ("since=2027-04-13T11:30", "since=2027-04-12T09:00&until=2027-04-13T09:00"):
        assert "这段时间没有王示例的场次" in desk.get(f"{where}?{asked}").text, asked
    for asked in ("since=2027-04-13T11:00", "since=2027-04-12T09:00&until=2027-04-13T09:15"):
        assert "要动的 1 场" in text(desk.get(f"{where}?{asked}").text), asked


def test_each_way_leads_back(desk: FlaskClient, halls: Halls, page: str) -> None:
    shown = desk.get(page).text
    places = address(shown, r"/place\?")
    opened = desk.get(places).text
    assert f'class="back" href="{page.replace("&", "&amp;").replace(":", "%3A")}"' in opened
    there = {"place_day": "2027-04-13", "place_at": "15:00", "place_room": halls.rooms["two"]}
    moved = submit(desk, places, "here", **there)
    assert moved.status_code == 303 and moved.location.startswith(page.partition("?")[0])
    assert "已改，还没发布" in desk.get(moved.location).text
    cancel = f"{WEEK}/sessions/{halls.sessions['甲']}/cancellation?{places.partition('?')[2]}"
    done = desk.post(cancel, data={"reason_zh": "嘉宾来不了", "when": "later"})
    assert done.status_code == 303 and done.location.startswith(page.partition("?")[0])


@pytest.mark.parametrize("wrong", ["//example.org/", "https://example.org", "/desk/users", f"{WEEK}/sessions", "\\\\x"])
def test_the_way_back_leads_nowhere_else(desk: FlaskClient, halls: Halls, wrong: str) -> None:
    session = f"{WEEK}/sessions/{halls.sessions['甲']}"
    for page in ("place", "cancellation"):
        opened = desk.get(f"{session}/{page}", query_string={"back": wrong}).text
        assert f'class="back" href="{session}"' in opened, page
    sent = {"reason_zh": "嘉宾来不了", "when": "later"}
    assert desk.post(f"{session}/cancellation", query_string={"back": wrong}, data=sent).location == session


def test_it_is_noted_and_places_are_sought_elsewhere(desk: FlaskClient, halls: Halls, page: str) -> None:
    shown = desk.get(page).text
    assert "先记下" in shown
    noted = desk.post(address(shown, "/note"))
    assert noted.status_code == 303
    shown = desk.get(noted.location).text
    assert "已记下" in shown and "先记下" not in shown and "还没处理" in shown
    best = desk.get(f"{WEEK}/sessions/{halls.sessions['甲']}/place").text
    starts = re.findall(r'name="place_day" value="2027-04-13".*?name="place_at" value="(\d\d:\d\d)"', best)
    assert starts
    assert not [start for start in starts if "08:30" <= start < "12:00"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("since=2027-04-13T09:00&until=2027-04-13T08:00", "到的时间要在从的时间之后"),
        ("since=2027-06-01T09:00", "这段时间不在这一届"),
        ("since=soon", "absences"),
    ],
)
def test_what_cannot_be_meant_is_said(desk: FlaskClient, page: str, asked: str, said: str) -> None:
    where = page.partition("?")[0]
    answer = desk.get(f"{where}?{asked}")
    assert answer.status_code == 422 and said in answer.text and 'role="alert"' in answer.text
    assert desk.post(f"{where}/note?{asked}").status_code == 404
    assert desk.get(f"{WEEK}/absences/nix?{ASKED}").status_code == 404
    assert desk.get(where).location.startswith(f"{where}?since=2027-04-13T08"), "without a time: from now on"


def test_who_does_not_decide_may_not(app: Flask, halls: Halls, sign_in: SignIn, page: str) -> None:
    where, asked = page.split("?")
    for role in ("city", "venue", "reader"):
        other = sign_in(app, role)
        assert "谁来不了" not in other.get(f"{WEEK}/incidents").text
        assert other.get(page).status_code == other.get(f"{WEEK}/absences").status_code == 403
        assert other.post(f"{where}/note?{asked}").status_code == 403
        assert other.post(f"{where}/sessions/{halls.sessions['甲']}?{asked}").status_code == 403
    assert values_of(SESSION, halls.session("甲"))["people"]


def test_nobody_goes_out_of_a_session_that_they_do_not_miss(desk: FlaskClient, halls: Halls, page: str) -> None:
    where, asked = page.split("?")
    for code in (halls.sessions["乙"], "nix"):
        assert desk.post(f"{where}/sessions/{code}?{asked}").status_code == 404


def test_in_english_too(desk: FlaskClient, page: str) -> None:
    said = text(desk.get(f"/en{page}").text)
    assert "1 session is concerned" in said and "Keep, without them" in said
