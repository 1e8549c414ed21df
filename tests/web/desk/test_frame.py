"""The frame of the desk: who gets in, which week, and what the rail leads to."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.programme.queries import find_newest_week
from eventweek.web.desk.lists import Filter, address, asked, pager
from tests.conftest import SignIn


@pytest.fixture
def desk(demo_app: Flask, sign_in: SignIn) -> FlaskClient:
    """Give an administrator's client of the demo week."""
    return sign_in(demo_app)


def test_desk_leads_to_the_current_week(demo_app: Flask, desk: FlaskClient) -> None:
    week = find_newest_week()
    assert week
    answer = desk.get("/desk/")
    assert answer.status_code == 302 and answer.location == f"/desk/w/{week.code}/"
    page = desk.get(answer.location)
    assert "今天" in page.text and 'aria-current="page"' in page.text and page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("path", "words"), [("/desk/", "还没有活动周"), ("/en/desk/", "Create an edition first")])
def test_desk_without_a_week_says_what_to_do(app: Flask, sign_in: SignIn, path: str, words: str) -> None:
    assert words in sign_in(app).get(path).text


def test_unknown_and_foreign_weeks_answer_alike(demo_app: Flask, sign_in: SignIn) -> None:
    """A person without a role in the week learns nothing of it."""
    stranger = sign_in(demo_app, "proposer")
    unknown, foreign = stranger.get("/desk/w/none/"), stranger.get("/desk/w/jl2026/")
    assert unknown.status_code == foreign.status_code and unknown.status_code in (403, 404)


def test_visitors_stay_outside(demo_client: FlaskClient) -> None:
    answer = demo_client.get("/desk/")
    assert answer.status_code in (302, 303, 401, 403) and "session_list" not in answer.text


@pytest.mark.parametrize("text", ["0", "-1", "99999999", "1e30", "NaN", "１", "a\x00b", ""])
def test_pages_that_do_not_exist_are_the_nearest_one(app: Flask, text: str) -> None:
    with app.test_request_context("/desk/", query_string={"page": text}):
        page = pager(120)
        assert 1 <= page.number <= 3 and 1 <= page.first <= page.last <= 120
        assert pager(0).first == 0 and pager(0).after is None


def test_addresses_change_one_thing(app: Flask) -> None:
    """A filter goes back to the first page; an empty value goes away; nothing of url_for can be steered."""
    with app.test_request_context("/desk/?q=路演&page=3&_external=1&day=x"):
        assert address(day="2026-10-15", _external="") == "/desk/?q=%E8%B7%AF%E6%BC%94&day=2026-10-15"
        assert address(page=4).endswith("page=4")
        assert Filter("day", "日期", [("y", "那天")]).chosen == "" and asked("q") == "路演"
