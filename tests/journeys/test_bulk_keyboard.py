"""Many sessions chosen, changed and given back with nothing but the keyboard, in a real Chromium."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.kernel.db import db
from eventweek.programme.models import BulkChange, Session
from tests.browser import DESK, chromium, live
from tests.factories.accounts import PASSWORD, make_user

pytestmark = [pytest.mark.browser, pytest.mark.stated]

NOON = datetime(2026, 10, 15, 4, tzinfo=UTC)
PICKED = "[...document.querySelectorAll('input[name=s]')].map((box) => box.checked)"
HERE = "document.activeElement.getAttribute('name') + ' ' + document.activeElement.value"


def _tab_to(page: Any, wanted: str, most: int = 120) -> None:
    """Go on by the Tab key until an element with this name and value has the focus."""
    for _press in range(most):
        if page.evaluate(HERE).startswith(wanted):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {wanted}")


def _tab_onto(page: Any, element: Any, most: int = 400) -> None:
    """Go on by the Tab key until this element has the focus."""
    for _press in range(most):
        if element.evaluate("own => own === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {element}")


def _enter(page: Any) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _closed() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Session.visibility == "closed")) or 0


def test_many_sessions_are_changed_by_the_keyboard_alone(demo_app: Flask) -> None:
    make_user("officer@example.org", administrator=True)
    before = _closed()
    with live(demo_app, lambda: NOON) as base, chromium() as browser:
        page = browser.new_page(viewport=DESK, locale="zh-CN")
        page.goto(f"{base}/sign-in")
        page.locator("[name=email]").focus()
        page.keyboard.type("officer@example.org")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        _enter(page)
        page.goto(f"{base}/desk/w/jl2026/sessions?visibility=public")
        boxes = page.locator("input[name=s]").count()
        _tab_to(page, "s ")
        page.keyboard.press("Space")
        for _more in range(3):
            page.keyboard.press("Shift+ArrowDown")
        page.keyboard.press("ArrowDown")
        assert page.evaluate(PICKED) == [True] * 4 + [False] * (boxes - 4)
        assert page.locator("[data-count]").inner_text() == "4"
        page.keyboard.press("Shift+ArrowUp")
        page.keyboard.press("Shift+ArrowUp")
        assert page.evaluate(PICKED)[:6] == [True] * 5 + [False]
        page.locator("input[name=s]").nth(8).click(modifiers=["Shift"])
        assert page.locator("[data-count]").inner_text() == "9"
        page.goto(f"{base}/desk/w/jl2026/sessions?visibility=public&page=2&sort=time")
        _tab_to(page, "s ")
        page.keyboard.press("Space")
        assert page.locator("[data-count]").inner_text() == "10"
        _tab_to(page, "do ask")
        _enter(page)
        assert "选了 10 场" in page.inner_text("h1")
        _tab_to(page, "visibility")
        page.keyboard.press("End")
        _tab_to(page, "do plan")
        _enter(page)
        assert "预览" in page.inner_text("h1") and _closed() == before
        for _change, word, count in (("apply", "改这 10 场", before + 10), ("undo", "撤销这次批量修改", before)):
            _tab_onto(page, page.get_by_role("button", name=word))
            _enter(page)
            assert _closed() == count
        page.goto(f"{base}/desk/w/jl2026/sessions?visibility=public")
        assert page.locator("[data-count]").inner_text() == "10"
        _tab_onto(page, page.locator("[data-clear]"))
        page.keyboard.press("Enter")
        assert page.locator("[data-count]").inner_text() == "0" and not any(page.evaluate(PICKED))
        _tab_onto(page, page.get_by_role("link", name="改全部"))
        _enter(page)
        _tab_to(page, "registration")
        page.keyboard.press("End")
        _tab_to(page, "do plan")
        _enter(page)
    db.session.rollback()
    planned = db.session.scalars(select(BulkChange).order_by(BulkChange.id.desc())).first()
    public = db.session.scalar(
        select(func.count()).where(Session.visibility == "public", Session.archived_at.is_(None))
    )
    assert planned and len(planned.rows) + planned.stay == public and public > boxes
