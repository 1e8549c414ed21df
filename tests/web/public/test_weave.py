"""The weave draws each session of the week once and stays inside its grid."""

from flask.testing import FlaskClient

from eventweek.kernel.clock import local_day
from eventweek.programme.queries import find_week
from eventweek.scheduling.queries import list_public_sessions
from eventweek.web.public.weave import COLUMNS, ROWS, marks


def test_each_session_is_one_mark_inside_the_grid(demo_client: FlaskClient) -> None:
    week = find_week("jl2026")
    assert week is not None
    sessions = list_public_sessions(week.id)
    drawn = marks(sessions, week.timezone)
    for day, placed in drawn.items():
        assert len(placed) == sum(local_day(s.start, week.timezone) == day for s in sessions)
        assert len({(column, row) for column, row, _family in placed}) == len(placed)
        assert all(0 <= column < COLUMNS and 0 <= row < ROWS for column, row, _family in placed)


def test_home_links_the_seven_days_with_their_counts_in_words(demo_client: FlaskClient) -> None:
    page = demo_client.get("/en/w/jl2026/").text
    assert page.count('class="weave__day') == 7
    assert 'aria-label="Thu 15 October, 23 sessions"' in page
