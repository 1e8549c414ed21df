"""The day's board: one cell a session, as wide as it lasts, and what overlaps is said in words."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.kernel.clock import travel
from eventweek.kernel.db import db, transaction
from eventweek.programme.models import SessionPerson
from eventweek.programme.queries import find_newest_week
from eventweek.scheduling.worklist import list_planned
from tests.conftest import SignIn

PATH = "/desk/w/jl2026/timetable"


@pytest.fixture
def desk(demo_app: Flask, sign_in: SignIn) -> FlaskClient:
    """Give an administrator's client of the demo week."""
    return sign_in(demo_app)


def test_each_session_of_the_day_stands_once(desk: FlaskClient) -> None:
    """The blocks and the phone's list show the same sessions; the columns of each row add up."""
    page = desk.get(f"{PATH}?day=2026-10-16").text
    blocks = re.findall(r'class="block[^"]*" href="[^"]*/sessions/([a-z0-9]+)"', page)
    listed = re.findall(r'line__title"><a href="[^"]*/sessions/([a-z0-9]+)"', page)
    assert sorted(blocks) == sorted(listed) and len(set(blocks)) == len(blocks) > 10
    slots = int(re.findall(r'<col span="(\d+)">', page)[0])
    for row in re.findall(r'<tr data-room[^>]*><th scope="row".*?</tr>', page, re.S):
        spans = [int(span or 1) for span in re.findall(r"<td(?: colspan=\"(\d+)\")?", row)]
        assert sum(spans) == slots


def test_now_is_a_line_only_today(desk: FlaskClient) -> None:
    with travel(datetime(2026, 10, 16, 4, tzinfo=UTC)):
        assert "board__now" in desk.get(PATH).text
        assert "board__now" not in desk.get(f"{PATH}?day=2026-10-17").text


def test_overlap_is_said_in_words(desk: FlaskClient) -> None:
    """Two sessions in one room at one time stand in two lanes of that room, marked."""
    with transaction():
        week = find_newest_week()
        assert week
        day = [p for p in list_planned(week.id) if p.start and p.start.date().isoformat() == "2026-10-16"]
        first, second = [p.placement for p in day if p.session.duration_min >= 90][:2]
        assert first and second
        second.room_id, second.start = first.room_id, first.start + timedelta(minutes=30)
    page = desk.get(f"{PATH}?day=2026-10-16").text
    assert page.count('<b class="bad">撞场</b>') == 2 and page.count("block--bad") == 2 and 'rowspan="2"' in page


def test_a_person_in_two_places_is_marked_too(desk: FlaskClient) -> None:
    """Two sessions at one time in different rooms with the same person."""
    with transaction():
        week = find_newest_week()
        assert week
        day = [p for p in list_planned(week.id) if p.start and p.start.date().isoformat() == "2026-10-16"]
        first = next(p for p in day if p.session.people)
        second = next(p for p in day if p.start == first.start and p is not first)
        person = first.session.people[0].person
        second.session.people = [SessionPerson(person=person, role="host", position=0)]
    page = desk.get(f"{PATH}?day=2026-10-16").text
    assert page.count('<b class="bad">撞人</b>') == 2


def test_what_has_no_place_waits_at_the_side(desk: FlaskClient) -> None:
    with transaction():
        week = find_newest_week()
        assert week
        loose = list_planned(week.id)[5]
        db.session.delete(loose.placement)
        code = loose.session.code
    page = desk.get(f"{PATH}?day=2026-10-16").text
    assert "还没排" in page and f"/sessions/{code}" in page.split('class="waiting"')[1]


@pytest.mark.parametrize(
    "query", ["day=2026-13-99", "day=1e30", "city=%00", "family=nothing", "day=2026-10-15&venue=x"]
)
def test_rubbish_in_the_address_is_ignored(desk: FlaskClient, query: str) -> None:
    assert desk.get(f"{PATH}?{query}").status_code == 200
