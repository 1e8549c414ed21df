"""A city's manager in a real Chromium: moves a session of the city, and is told why not beyond it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from eventweek.kernel.clock import travel
from eventweek.kernel.db import db, transaction
from eventweek.programme.models import Grant
from eventweek.scheduling.worklist import Planned, list_planned
from tests.browser import DESK, shows
from tests.factories.accounts import make_user
from tests.journeys.opening import telling
from tests.journeys.test_main_job import Story, sign_in
from tests.registration.world import week

pytestmark = pytest.mark.browser

CITY, OTHER = "220200", "220700"
EMAIL = "jilin@example.org"


@pytest.fixture
def story(app: Flask, tmp_path: Path) -> Iterator[Story]:
    """Give the demo week with somebody who manages the sessions of Jilin City."""
    with telling(app, tmp_path) as story:
        with travel(story.clock()):
            user_id = make_user(EMAIL).id
        with transaction():
            own = Grant(user_id=user_id, week_id=week().id, role="city", scope_kind="city", scope_code=CITY)
            db.session.add(own)
        yield story


def _every(story: Story) -> list[Planned]:
    with travel(story.clock()):
        db.session.rollback()
        return [p for p in list_planned(week().id) if p.state == "planned" and not p.session.permit_status]


def _last_of(story: Story, city: str) -> Planned:
    return [p for p in _every(story) if p.session.city and p.session.city.code == city][-1]


def test_a_city_manager_moves_an_own_session_and_is_refused_beyond_the_city(story: Story) -> None:
    desk, own, other = story.browser(DESK), _last_of(story, CITY), _last_of(story, OTHER)
    sign_in(story, desk, EMAIL)
    desk.goto(story.desk(f"sessions/{own.session.code}"))
    desk.get_by_role("link", name="修改").click()
    venues = desk.locator("#place_room optgroup").evaluate_all("groups => groups.map(group => group.label)")
    assert venues and all("吉林市" in venue for venue in venues)
    desk.locator("#place_at").fill("16:30")
    desk.get_by_role("button", name="保存", exact=True).last.click()
    desk.wait_for_url(re.compile(rf"/sessions/{own.session.code}$"))
    assert shows(desk, "已保存", "16:30")
    _see_whose_it_is(story, desk, other)
    _push_into_another_city(story, desk, own, other)
    assert [fault for fault in story.faults if "403" not in fault] == []


def _see_whose_it_is(story: Story, desk: Any, other: Planned) -> None:
    """Find no button on the page of another city's session, but a sentence; the address of its form says the same."""
    said = "是松原市的场次，你只管吉林市的。要改它的时间地点，请找松原市的城市专班或组委会。"
    desk.goto(story.desk(f"sessions/{other.session.code}"))
    assert shows(desk, said) and desk.get_by_role("link", name="修改").count() == 0
    answer = desk.goto(story.desk(f"sessions/{other.session.code}/edit"))
    assert answer.status == 403 and shows(desk, "这一处归别人管", said)


def _push_into_another_city(story: Story, desk: Any, own: Planned, other: Planned) -> None:
    """Send a hall that the form does not offer: it is refused, nothing typed is lost, and nothing has moved."""
    assert other.room
    desk.goto(story.desk(f"sessions/{own.session.code}/place"))
    hall = f'new Option("x", "{other.room.code}", true, true)'
    desk.locator("#place_room").evaluate(f"select => select.add({hall})")
    desk.locator("#place_at").fill("17:00")
    desk.get_by_role("button", name="保存", exact=True).last.click()
    assert shows(desk, "在松原市，你只管吉林市的厅室。要用它，请找松原市的城市专班或组委会。")
    assert desk.locator("#place_at").input_value() == "17:00"
    now = next(p for p in _every(story) if p.session.code == own.session.code)
    assert now.room and own.room and now.room.code == own.room.code
