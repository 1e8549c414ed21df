"""The scanner in a real Chromium whose camera sees a pass."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.checkin.models import Attendance, Gate
from eventweek.checkin.queries.sessions import DoorSession, find_session
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.scheduling.models import Published, ReleaseItem
from tests.browser import PHONE, camera_flags, chromium, film, live
from tests.factories.door import Held, demo_week_id, make_device, make_gate, make_pass, open_sessions
from tests.factories.releases import retell

pytestmark = pytest.mark.browser


TYPE_AT_ONCE = """(keys) => keys.forEach((key) =>
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })))"""
"""Type as fast as a wedge does, however busy the machine is that drives the browser."""


class Stage:
    """A session that begins in ten minutes of the real clock, its gate, a phone's key."""

    def __init__(self) -> None:
        session = open_sessions()[0]
        with transaction():
            query = select(ReleaseItem).join(Published, Published.item_id == ReleaseItem.id)
            item = db.session.scalars(query.where(Published.session_id == session.id)).one()
            start = (now() + timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%SZ")
            retell(item, start=start)
        found = find_session(demo_week_id(), session.code)
        assert found is not None
        self.session: DoorSession = found
        self.gate: Gate = make_gate(self.session)
        self.device, self.key = make_device("lead")
        self.path = f"/gate/at/{self.gate.code}/{self.session.code}"

    def cookie(self, address: str) -> dict[str, str]:
        return {"name": "eventweek-door", "value": self.key, "url": address}


@pytest.fixture
def stage(demo_app: Flask) -> Iterator[Stage]:
    yield Stage()


def _address(held: Held) -> str:
    return f"HTTPS://WEEK.EXAMPLE.ORG/T/{held.token}"


def test_the_camera_sees_a_pass_green_then_already_in(demo_app: Flask, stage: Stage, tmp_path: Path) -> None:
    held = make_pass(stage.session)
    path = film(tmp_path / "pass.y4m", [(_address(held), 2), ("", 6)])
    with live(demo_app) as address, chromium(*camera_flags(path)) as browser:
        context = browser.new_context(viewport=PHONE, permissions=["camera"], locale="zh-CN")
        context.add_cookies([stage.cookie(address)])
        page, faults = context.new_page(), list[str]()
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.goto(address + stage.path)
        page.locator(".verdict--yes .say__word", has_text="放行").wait_for(timeout=20_000)
        assert page.locator(".say__name").inner_text() == "示例丁卯"
        page.locator("#finder").wait_for(timeout=20_000)
        page.locator(".verdict--ask").wait_for(timeout=20_000)
        assert "这个码已经入场" in page.locator(".say__why").first.inner_text()
        page.locator("[data-next]").click()
        page.locator("#finder").wait_for(timeout=20_000)
        assert page.locator("#arrived").inner_text() == "1"
        assert faults == []
    db.session.rollback()
    assert [row.entries for row in db.session.scalars(select(Attendance))] == [1]


def test_without_network_it_says_so_and_sends_the_same_scan_once(demo_app: Flask, stage: Stage) -> None:
    held = make_pass(stage.session)
    with live(demo_app) as address, chromium() as browser:
        context = browser.new_context(viewport=PHONE, locale="zh-CN")
        context.add_cookies([stage.cookie(address)])
        page = context.new_page()
        page.goto(address + stage.path)
        page.get_by_text("打不开相机").wait_for()
        context.set_offline(True)
        page.locator("#code").fill(held.short_code)
        page.get_by_role("button", name="核对").click()
        page.get_by_text("没有网络，改用手工或等一等").wait_for()
        context.set_offline(False)
        page.get_by_role("button", name="再试").click()
        page.locator(".verdict--yes").wait_for()
        page.get_by_role("button", name="撤回").first.click()
        page.get_by_text("已撤回，不计入场").wait_for()
    db.session.rollback()
    assert [row.inside for row in db.session.scalars(select(Attendance))] == [False]


def test_a_wedge_types_outside_any_field(demo_app: Flask, stage: Stage) -> None:
    held = make_pass(stage.session)
    with live(demo_app) as address, chromium() as browser:
        context = browser.new_context(viewport=PHONE, locale="zh-CN")
        context.add_cookies([stage.cookie(address)])
        page = context.new_page()
        page.goto(address + stage.path)
        page.get_by_text("打不开相机").wait_for()
        page.evaluate(TYPE_AT_ONCE, [*_address(held), "Enter"])
        page.locator(".verdict--yes").wait_for()
