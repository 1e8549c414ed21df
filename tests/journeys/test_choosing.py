"""Boxes that choose for many, in a real Chromium: a group of changes to publish, and proposals to decide on."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.kernel.clock import travel
from eventweek.kernel.db import db, transaction
from eventweek.programme.models import Organisation, Session
from tests.browser import DESK, chromium, live
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.proposals import make_submitted, proposer_of
from tests.registration.world import week

pytestmark = pytest.mark.browser

NOON = datetime(2026, 10, 15, 4, tzinfo=UTC)
COUNT = "document.querySelector('[data-chosen]').textContent"


def _come_in(browser: Any, base: str, page: str) -> Any:
    make_user("officer@example.org", administrator=True)
    desk = browser.new_page(viewport=DESK, locale="zh-CN")
    desk.goto(f"{base}/desk/w/jl2026/{page}")
    desk.locator("#email").fill("officer@example.org")
    desk.locator("#password").fill(PASSWORD)
    desk.locator("main").get_by_role("button", name="登录").click()
    desk.wait_for_url(f"{base}/desk/w/jl2026/{page}")
    return desk


def test_a_group_of_changes_is_left_out_by_one_box_and_the_number_follows(demo_app: Flask) -> None:
    with transaction():
        for own in db.session.scalars(select(Session).where(Session.archived_at.is_(None)).limit(5)):
            own.title_zh += "（改）"
    with live(demo_app, lambda: NOON) as base, chromium() as browser:
        desk = _come_in(browser, base, "releases/new")
        every = desk.locator("[data-group]").last
        own = every.locator("xpath=ancestor::tbody").locator('input[name="sessions"]')
        before, most = int(desk.evaluate(COUNT)), own.count()
        assert most == 5
        every.uncheck()
        assert int(desk.evaluate(COUNT)) == before - most and not own.first.is_checked()
        own.first.check()
        assert int(desk.evaluate(COUNT)) == before - most + 1
        assert every.evaluate("box => [box.checked, box.indeterminate]") == [False, True]
        every.focus()
        desk.keyboard.press("Space")
        assert int(desk.evaluate(COUNT)) == before


def test_no_decision_can_be_pressed_before_something_is_picked(demo_app: Flask) -> None:
    unit = db.session.scalars(select(Organisation).order_by(Organisation.id)).first()
    assert unit
    with travel(NOON):
        make_submitted(week(), unit, proposer_of(week(), unit, "unit@example.org"), title_zh="新材料沙龙")
    with live(demo_app, lambda: NOON) as base, chromium() as browser:
        desk = _come_in(browser, base, "proposals")
        asleep = "[...document.querySelectorAll('.bulk button[name=move]')].map((button) => button.disabled)"
        assert desk.evaluate(asleep) == [True] * 4
        desk.locator('input[name="s"]').check()
        assert desk.evaluate(asleep) == [False] * 4
