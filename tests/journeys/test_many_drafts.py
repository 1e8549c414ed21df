"""Drafts ticked in the list are handed in together in a real Chromium; the list lets go of what was handed in."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.kernel.clock import travel
from eventweek.kernel.db import db
from eventweek.programme.models import Proposal
from tests.browser import DESK, chromium, live
from tests.factories.accounts import PASSWORD
from tests.factories.programme import make_organisation, make_week
from tests.factories.proposals import make_proposal, proposer_of

pytestmark = pytest.mark.browser

NOON = datetime(2027, 3, 1, 4, tzinfo=UTC)
COUNT = "[data-count]"


def test_ticked_drafts_go_in_together_and_the_list_lets_go_of_them(app: Flask) -> None:
    from playwright.sync_api import expect

    with travel(NOON):
        week, unit = make_week(), make_organisation("示例孵化器")
        proposer = proposer_of(week, unit, "unit@example.org")
        for title, expected in (("填好的", 60), ("没填好的", 0), ("也填好的", 30)):
            make_proposal(week, unit, proposer, title_zh=title, expected=expected)
    with live(app, lambda: NOON) as base, chromium() as browser:
        page, here = browser.new_page(viewport=DESK, locale="zh-CN"), f"{base}/desk/w/spring/proposals"
        page.goto(here)
        page.locator("#email").fill("unit@example.org")
        page.locator("#password").fill(PASSWORD)
        page.locator("main").get_by_role("button", name="登录").click()
        submit = page.locator(".bulk button", has_text="提交")
        expect(submit).to_be_disabled()
        expect(page.locator(COUNT)).to_have_text("0")
        page.locator("[data-page]").check()
        submit.click()
        assert "预览" in page.inner_text("h1") and "还没填：预计人数" in page.inner_text("main")
        page.get_by_role("link", name="先不提交").click()
        expect(page.locator(COUNT)).to_have_text("3")
        submit.click()
        page.get_by_role("button", name="提交 · 2 份").click()
        assert "结果" in page.inner_text("h1") and page.get_by_role("link", name="去补齐").count() == 1
        page.get_by_role("link", name="回到申报").click()
        expect(page.locator(COUNT)).to_have_text("0")
        expect(page.locator("input[name=s]")).to_have_count(1)
    db.session.rollback()
    stand = {own.title.zh: own.state for own in db.session.scalars(select(Proposal))}
    assert stand == {"填好的": "submitted", "没填好的": "draft", "也填好的": "submitted"}
