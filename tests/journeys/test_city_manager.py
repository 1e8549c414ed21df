"""A city's manager in a real Chromium: moves a session of the city, and is told why not beyond it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from eventweek.kernel.clock import local_day, travel
from eventweek.kernel.db import db, transaction
from eventweek.programme.models import Grant
from eventweek.scheduling.worklist import Planned, list_planned
from tests.browser import DESK, shows
from tests.factories.accounts import make_user
from tests.journeys.editing import block, hold, over, place, show, told
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


def test_the_editor_takes_no_session_of_the_city_into_anothers_hall(story: Story) -> None:
    """The cells of that hall say so before the drop, the tip whose it is; nothing gets past it, by hand neither."""
    desk, (own, other) = story.browser(DESK), _on_one_day(story)
    sign_in(story, desk, EMAIL)
    desk.goto(story.desk(f"timetable?day={_day(own)}"))
    code, before = own.session.code, place(own.session.code)
    show(block(desk, code))
    hold(desk, code)
    over(desk, '.ground [data-cell="x"]')
    assert "外 不归你管" in desk.locator('.ground [data-cell="x"]').first.inner_text()
    told(desk, "你只管吉林市的厅室。要用它，请找", "#tip p")
    assert "不归你管" in desk.locator("#tip b").inner_text() and desk.locator("#tip p").count() == 1
    whose = desk.locator("#tip p").inner_text()
    desk.mouse.up()
    desk.wait_for_selector("#ask[open]")
    assert whose in desk.locator("#ask-said").inner_text()
    assert [b.inner_text() for b in desk.locator("#ask button:visible").all()] == ["知道了"]
    desk.get_by_role("button", name="知道了").click()
    assert desk.locator(".ground").count() == 0 and place(code) == before
    _send_by_hand(story, desk, own, other)
    assert place(code) == before
    _lift_anothers(desk, other)
    assert [fault for fault in story.faults if "403" not in fault] == []


def _day(planned: Planned) -> str:
    assert planned.start
    return local_day(planned.start, "Asia/Shanghai").isoformat()


def _on_one_day(story: Story) -> tuple[Planned, Planned]:
    """Return a session of the city, and one of another city on its day."""
    every = [p for p in _every(story) if p.session.city and p.start and p.start > story.clock()]
    others = {_day(p): p for p in every if p.session.city.code != CITY}
    own = next(p for p in every if p.session.city.code == CITY and _day(p) in others)
    return own, others[_day(own)]


def _send_by_hand(story: Story, desk: Any, own: Planned, other: Planned) -> None:
    assert other.room
    sent = {"start": f"{_day(own)}T16:00", "room": other.room.code, "version": str(own.placement.version)}  # type: ignore[union-attr]
    sent["csrf_token"] = desk.locator("[data-token]").get_attribute("data-token")
    answer = desk.request.post(story.desk(f"sessions/{own.session.code}/moves"), form=sent)
    assert answer.status == 403 and "你只管吉林市的厅室。要用它，请找" in answer.json()["said"]
    assert answer.json()["code"] == "reach.room_city" and not answer.json()["reason"]


def _lift_anothers(desk: Any, other: Planned) -> None:
    """Neither the mouse nor the key M lifts it; both say whose it is."""
    theirs = desk.locator(f'.block[href$="/{other.session.code}"]')
    said = f"“{other.session.title.zh}”是"
    show(theirs)
    box = theirs.bounding_box()
    desk.mouse.move(box["x"] + 12, box["y"] + 8)
    desk.mouse.down()
    desk.mouse.move(box["x"] + 60, box["y"] + 30, steps=4)
    told(desk, said)
    desk.mouse.up()
    assert desk.locator(".ground").count() == 0 and "timetable" in desk.url
    desk.evaluate("() => { document.querySelector('#toast').textContent = '' }")
    theirs.focus()
    desk.keyboard.press("m")
    told(desk, said)
    assert "你只管吉林市的。要改它的时间地点，请找" in desk.locator("#toast").inner_text()
