"""The timetable editor in a real browser: a conflict is seen before the drop, keys do all, two at one session."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.kernel.db import db
from eventweek.programme.models import Session
from eventweek.scheduling.queries.drafts import find_placement
from tests.browser import DESK
from tests.factories.accounts import PASSWORD, make_user
from tests.journeys.opening import telling
from tests.journeys.test_main_job import Story, sign_in

pytestmark = pytest.mark.browser


DAY = "2026-10-17"


@pytest.fixture
def story(app: Flask, tmp_path: Path) -> Iterator[Story]:
    """Give the demo week on its second day; the third is edited."""
    with telling(app, tmp_path) as story:
        yield story


def open_editor(story: Story, page: Any) -> str:
    """Open the third day; return the code of a session that is well in view."""
    page.goto(story.desk(f"timetable?day={DAY}"))
    block = page.locator(".block[data-session]:not(.block--locked)").nth(2)
    block.scroll_into_view_if_needed()
    code: str = block.get_attribute("data-session")
    return code


def block(page: Any, code: str) -> Any:
    """Return the block of a session."""
    return page.locator(f'.block[data-session="{code}"]')


def place(code: str) -> tuple[str, str] | None:
    """Return where a session stands in the database by now."""
    db.session.rollback()
    own = db.session.scalars(select(Session).where(Session.code == code)).one()
    found = find_placement(own.id)
    return (found.start.isoformat(), found.room.code) if found else None


def told(page: Any, text: str) -> None:
    """Wait until the editor says so."""
    from playwright.sync_api import expect

    expect(page.locator("#toast")).to_contain_text(text, timeout=20_000)


def hold(page: Any, code: str) -> None:
    """Press on a session and drag it a little, until the cells answer."""
    box = block(page, code).bounding_box()
    page.mouse.move(box["x"] + 12, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 30, steps=4)
    page.wait_for_selector(".ground .cell")


def over(page: Any, kinds: str) -> None:
    """Drag on to the middle of the first cell of these kinds that is in view, once there is one."""
    spot = page.wait_for_function(
        """kinds => {
          const bar = document.querySelector(".tt thead").getBoundingClientRect().bottom;
          for (const own of document.querySelectorAll(kinds)) {
            const box = own.getBoundingClientRect();
            const seen = box.top > bar && box.bottom < innerHeight - 20 && box.width > 60;
            if (seen) return [box.left + 30, box.top + box.height / 2];
          }
        }""",
        arg=kinds,
    )
    page.mouse.move(*spot.json_value(), steps=6)


def test_a_conflict_is_seen_before_the_drop_and_a_move_is_undone(story: Story) -> None:
    desk = story.browser(DESK)
    sign_in(story, desk)
    code = open_editor(story, desk)
    before = place(code)
    hold(desk, code)
    over(desk, ".ground .cell--blocked")
    assert desk.locator("#tip").is_visible()
    desk.wait_for_selector("#tip p")
    desk.mouse.up()
    assert desk.locator("#ask").is_visible() and desk.locator("#tip p").first.inner_text()
    desk.get_by_role("button", name="不放了").click()
    assert place(code) == before
    hold(desk, code)
    over(desk, ".ground .cell--dear, .ground .cell--soft, .ground .cell--free")
    desk.mouse.up()
    told(desk, "已放好")
    moved = place(code)
    assert moved and moved != before
    desk.keyboard.press("Control+z")
    told(desk, "已撤销")
    assert place(code) == before
    desk.keyboard.press("Control+y")
    told(desk, "已重做")
    assert place(code) == moved
    hold(desk, code)
    desk.locator("#waiting h2").hover()
    desk.mouse.up()
    told(desk, "已移到“还没排”")
    assert place(code) is None
    assert story.faults == []


def test_keys_alone_move_resize_and_take_out(story: Story) -> None:
    desk = story.browser(DESK)
    sign_in(story, desk)
    code = open_editor(story, desk)
    before, minutes = place(code), int(block(desk, code).get_attribute("data-minutes"))
    block(desk, code).focus()
    desk.keyboard.press("m")
    desk.wait_for_selector(".ground .cell")
    for key in ("ArrowRight", "ArrowRight", "ArrowRight"):
        desk.keyboard.press(key)
    said = desk.locator("#say").inner_text()
    assert re.search(r"\d\d:\d\d", said)
    desk.keyboard.press("Escape")
    assert place(code) == before and desk.locator(".ground").count() == 0
    desk.keyboard.press("m")
    desk.wait_for_selector(".ground .cell")
    for key in ("ArrowLeft", "ArrowRight", "ArrowRight"):
        desk.keyboard.press(key)
    desk.keyboard.press("Enter")
    desk.wait_for_timeout(300)
    if desk.locator("#ask").is_visible():
        desk.get_by_role("button", name="仍然放下").click()
    told(desk, "已放好")
    assert place(code) != before
    block(desk, code).focus()
    desk.keyboard.press("+")
    told(desk, f"{minutes + 15} 分钟")
    block(desk, code).focus()
    desk.keyboard.press("m")
    desk.wait_for_selector(".ground .cell")
    desk.keyboard.press("Delete")
    told(desk, "还没排")
    assert place(code) is None and story.faults == []


def test_two_browsers_never_overwrite_each_other(story: Story) -> None:
    one = story.browser(DESK)
    sign_in(story, one)
    code = open_editor(story, one)
    make_user("second@example.org", administrator=True)
    two = story.browser(DESK)
    two.goto(story.desk("sessions"))
    two.locator("#email").fill("second@example.org")
    two.locator("#password").fill(PASSWORD)
    two.locator("main").get_by_role("button", name="登录").click()
    two.wait_for_url(story.desk("sessions"))
    open_editor(story, two)
    hold(one, code)
    hold(two, code)
    over(two, ".ground .cell--dear, .ground .cell--soft, .ground .cell--free")
    two.mouse.up()
    told(two, "已放好")
    theirs = place(code)
    told(one, "排了时间地点")
    assert block(one, code).get_attribute("data-room") == theirs[1]  # type: ignore[index]
    over(one, ".ground .cell--free, .ground .cell--soft, .ground .cell--dear")
    one.mouse.up()
    told(one, "别人刚刚改过")
    assert place(code) == theirs
    assert [said for said in story.faults if "409" not in said] == []
