"""The timetable editor in a real browser: a conflict is seen before the drop, keys do all, two at one session."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.browser import DESK
from tests.factories.accounts import PASSWORD, make_user
from tests.journeys.editing import block, hold, open_editor, over, place, told
from tests.journeys.opening import telling
from tests.journeys.test_main_job import Story, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def story(app: Flask, tmp_path: Path) -> Iterator[Story]:
    """Give the demo week on its second day; the third is edited."""
    with telling(app, tmp_path) as story:
        yield story


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
