"""A big screen follows the door: cheap while nothing happens, turning its pages, honest when the network is gone."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from eventweek.checkin.actions.scans import ScanRequest, record_scan
from eventweek.checkin.queries.gates import list_gates
from eventweek.checkin.queries.sessions import DoorSession, list_sessions
from eventweek.kernel.clock import travel
from tests.browser import DESK, shows
from tests.factories.door import demo_week_id, make_device, make_pass
from tests.journeys.opening import telling
from tests.journeys.test_main_job import Story, sign_in

pytestmark = pytest.mark.browser

KEY = "fo-02"
ROUND = 6_500
"""Milliseconds after which the screen has asked again."""


@pytest.fixture
def story(app: Flask, tmp_path: Path) -> Iterator[Story]:
    """Give the demo week on its second day at half past twelve, an hour and a half before a forum."""
    with telling(app, tmp_path, KEY) as story:
        yield story


def test_the_screen_follows_and_says_when_it_cannot(story: Story) -> None:
    mine = next(s for s in list_sessions(demo_week_id()) if s.code == story.codes[KEY])
    desk = story.browser(DESK)
    sign_in(story, desk)
    desk.clock.install()
    asked: list[tuple[int, str]] = []
    desk.on("response", lambda answer: asked.append((answer.status, answer.url)) if "/wall" in answer.url else None)
    desk.goto(f"{story.address}/desk/w/jl2026/wall?session={mine.code}")
    assert shows(desk, mine.title.zh, "还没有人到场")
    for _each in range(3):
        wait(desk, asked)
    assert asked[-1][0] == 304 and not figure(desk)
    let_in(story, mine, 1, seats=3)
    wait(desk, asked)
    assert asked[-1][0] == 200 and figure(desk) == 3
    desk.context.set_offline(True)
    desk.clock.run_for(ROUND)
    assert shows(desk, "联系不上服务器，数字停在") and figure(desk) == 3
    assert re.search(r"数字停在 \d\d:\d\d:\d\d", desk.locator("[data-old]").inner_text())
    let_in(story, mine, 2, seats=2)
    desk.context.set_offline(False)
    wait(desk, asked)
    desk.locator("[data-old]").wait_for(state="hidden")
    assert figure(desk) == 5


def test_pages_turn_and_a_signed_out_screen_says_so(story: Story) -> None:
    desk = story.browser(DESK)
    sign_in(story, desk)
    desk.clock.install()
    asked: list[tuple[int, str]] = []
    desk.on("response", lambda answer: asked.append((answer.status, answer.url)) if "/wall" in answer.url else None)
    desk.goto(f"{story.address}/desk/w/jl2026/wall")
    for _each in range(4):
        wait(desk, asked)
    assert len({part for _status, url in asked for part in re.findall(r"part=(\d+)", url)}) == 2
    assert desk.locator('[data-behaviour="wall"]').get_attribute("data-part") == "2"
    desk.context.clear_cookies()
    desk.clock.run_for(ROUND)
    assert shows(desk, "已退出登录，数字不再更新。")


def wait(desk: Any, asked: list[tuple[int, str]]) -> None:
    """Let the time of the page go on until it has asked once more."""
    with desk.expect_response(lambda answer: "/wall" in answer.url and ".js" not in answer.url):
        desk.clock.run_for(ROUND)
    desk.wait_for_timeout(150)


def figure(desk: Any) -> int:
    """Return how many the screen says have come."""
    return int(desk.locator(".wall__fig b").first.inner_text().replace(",", ""))


def let_in(story: Story, session: DoorSession, turn: int, seats: int) -> None:
    """Scan a party at the door."""
    with travel(story.clock()):
        held = make_pass(session, seats=seats, phone=f"+861380013800{turn}")
        gate = next(gate for gate in list_gates(demo_week_id()) if gate.venue.code == session.venue_code)
        device, _key = make_device("lead")
        request = ScanRequest(1, gate.code, session.code, code=held.token, override="guest")
        assert record_scan(device, request, actor=device.actor).colour == "yes"
