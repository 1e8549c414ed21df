"""The timetable of a day: a real table whose rows are full, and a list by venue for phones."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from eventweek.kernel.clock import local_day, travel
from eventweek.programme.queries import find_week
from eventweek.scheduling.queries import PublishedSession, list_public_sessions
from eventweek.web.public.grid import lay_out

ZONE, LUNCH = "Asia/Shanghai", ("12:00", "13:00")


@pytest.fixture
def of_the_day(demo_client: FlaskClient) -> list[PublishedSession]:
    """Give the public sessions of 16 October."""
    week = find_week("jl2026")
    assert week is not None
    return [s for s in list_public_sessions(week.id) if local_day(s.start, ZONE).isoformat() == "2026-10-16"]


def test_each_session_of_the_day_stands_once_in_the_grid_and_once_in_the_list(
    demo_client: FlaskClient, of_the_day: list[PublishedSession]
) -> None:
    page = demo_client.get("/w/jl2026/timetable?day=2026-10-16").text
    for session in of_the_day:
        assert len(re.findall(rf'class="block [^"]*" href="/w/jl2026/s/{session.code}"', page)) == 1
    assert page.count('class="block ') == page.count('<li class="line') == len(of_the_day)


def test_every_row_is_full(of_the_day: list[PublishedSession]) -> None:
    grid = lay_out(of_the_day, ZONE, LUNCH, "", of_the_day[0].start)
    assert grid.cells == len(grid.hours) * 4 and grid.now is not None
    for row in (row for site in grid.sites for row in site.rows):
        assert sum(cell.span for cell in row.cells) == grid.cells
        assert sum(cell.span for cell in row.cells if cell.lunch) <= 4


def test_overlapping_sessions_of_a_room_stand_in_two_rows(of_the_day: list[PublishedSession]) -> None:
    one = of_the_day[0]
    other = replace(one, code="other", start=one.start + timedelta(minutes=7), end=one.end + timedelta(minutes=7))
    grid = lay_out([one, other], ZONE, LUNCH, "", one.start)
    assert [[c.session.code for c in row.cells if c.session] for row in grid.sites[0].rows] == [[one.code], ["other"]]


def test_without_a_day_today_is_shown_with_the_time(demo_client: FlaskClient, at_demo_noon: datetime) -> None:
    page = demo_client.get("/en/w/jl2026/timetable").text
    assert "now 12:00" in page and 'class="tt-now"' in page
    assert re.search(r'aria-label="Thu 15 October, 23 sessions" aria-current="date"', page)


def test_without_a_day_one_that_is_over_gives_way_to_the_next(
    demo_client: FlaskClient, of_the_day: list[PublishedSession]
) -> None:
    with travel(max(session.end for session in of_the_day)):
        page = demo_client.get("/en/w/jl2026/timetable").text
    assert re.search(r'aria-label="Sat 17 October, \d+ sessions" aria-current="date"', page)
    assert "now " not in page and 'class="tt-now"' not in page


def test_a_day_without_sessions_says_so(demo_client: FlaskClient) -> None:
    page = demo_client.get("/w/jl2026/timetable?day=2026-12-24").text
    assert "这一天没有符合条件的场次" in page and "<table" not in page
