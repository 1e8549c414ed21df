"""A session moves after people have registered: one keeps the place, another gives it up, each with one tap."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from eventweek.kernel.clock import travel
from eventweek.kernel.db import db
from eventweek.registration.models import Pass
from eventweek.registration.passes import manage_token_of
from tests.browser import DESK, PHONE, shows
from tests.journeys.opening import telling
from tests.journeys.test_main_job import Story, deliver, sign_in
from tests.registration.world import book, counters, offering_of, resize, state_of
from tests.replanning.world import asked, broken, move

pytestmark = pytest.mark.browser

KEY = "fo-02"


@pytest.fixture
def story(app: Flask, tmp_path: Path) -> Iterator[Story]:
    """Give the demo week on its second day at half past twelve, an hour and a half before a forum."""
    with telling(app, tmp_path, KEY) as story:
        yield story


def test_a_moved_session_is_kept_by_one_and_dropped_by_another(story: Story) -> None:
    with travel(story.clock()):
        code = offering_of(KEY).code
        resize(code, 2, promote_until_min=0)
        keeps, drops, waits = (
            book(code, phone=f"1381234000{n}", name=name, email=f"{who}@example.org")[0]
            for n, (who, name) in enumerate((("keeps", "示例甲"), ("drops", "示例乙"), ("waits", "示例丙")))
        )
        move(KEY, minutes=30)
    desk = story.browser(DESK)
    publish_the_move(story, desk)
    links = links_of(story)
    answer(story, links["keeps"], "保留", "你选了保留")
    assert asked(keeps.registration).choice == "kept" and asked(drops.registration).choice == "open"
    answer(story, links["drops"], "取消报名", "这个报名已经取消")
    assert [state_of(own.registration) for own in (keeps, drops, waits)] == ["confirmed", "cancelled", "confirmed"]
    assert counters(code) == (2, 0)
    see_the_new_time(story, keeps.pass_id)
    see_the_answers(story, desk)
    with travel(story.clock()):
        assert broken() == []
    assert story.faults == []


def publish_the_move(story: Story, desk: Any) -> None:
    """Read on the release page whom the move affects, then publish it alone."""
    sign_in(story, desk)
    desk.goto(story.desk("releases/new"))
    assert shows(desk, "影响 3 人")
    for box in desk.locator('input[name="sessions"]').all():
        box.set_checked(box.get_attribute("value") == story.codes[KEY])
    desk.get_by_role("button", name=re.compile("发布第 . 版")).click()
    desk.wait_for_url(re.compile(r"/releases/\d+$"))
    assert shows(desk, "受影响的人", "3 人还没有选")


def links_of(story: Story) -> dict[str, str]:
    """Let the worker deliver; return the link in each person's mail about the change."""
    changed = [mail for mail in deliver(story) if mail["Subject"].startswith("安排有变")]
    texts = {mail["To"].partition("@")[0]: mail.get_body(("plain",)).get_content() for mail in changed}  # type: ignore[union-attr]
    assert sorted(texts) == ["drops", "keeps", "waits"]
    assert all("14:00–16:30 → 10月16日（周五）14:30–17:00" in text for text in texts.values())
    return {who: re.findall(r"http://\S+/a/\S+", text)[0] for who, text in texts.items()}


def answer(story: Story, link: str, button: str, said: str) -> None:
    """Open the link on a phone as a mail scanner would, twice, then tap once."""
    phone = story.browser(PHONE)
    phone.goto(link)
    phone.reload()
    assert shows(phone, "安排有变", "14:30", "位子就替你留着")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    phone.locator("main").get_by_role("button", name=button, exact=True).click()
    assert shows(phone, said)
    phone.context.close()


def see_the_new_time(story: Story, pass_id: int) -> None:
    """Find the new time in one's week and on the pass, and no question any more."""
    own = db.session.get(Pass, pass_id)
    assert own
    phone = story.browser(PHONE)
    phone.goto(f"{story.address}/m/{manage_token_of(own)}")
    assert shows(phone, "示例甲", "14:30", "1 场已报名")
    assert phone.get_by_text("安排有变，还去吗？").count() == 0
    phone.goto(f"{story.address}/my/pass")
    assert shows(phone, "14:30")
    phone.context.close()


def see_the_answers(story: Story, desk: Any) -> None:
    """Read on the desk who keeps, who has given up, and who has not answered; ask for one of these."""
    story.clock.set(story.clock() + timedelta(minutes=1))
    desk.get_by_role("link", name=re.compile("受影响的人")).click()
    rows = desk.locator("tbody tr")
    assert rows.count() == 3
    for name, said in (("示例甲", "保留"), ("示例乙", "取消"), ("示例丙", "还没有选")):
        assert said in desk.locator("tbody tr", has_text=name).inner_text()
    desk.get_by_text("选择", exact=True).first.click()
    desk.get_by_role("link", name="保留", exact=True).click()
    desk.wait_for_url("**choice=kept**")
    assert desk.locator("tbody tr").count() == 1
