"""A hall is flooded at noon: alarm, ways, one decision; pass, door, calendar and mail say the new hall at once."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from eventweek import worker
from eventweek.audit.actors import SYSTEM
from eventweek.checkin.actions.devices import Enrolment, create_gate, enrol_device
from eventweek.kernel.clock import travel
from eventweek.kernel.db import Bilingual, db
from eventweek.programme.queries import find_week
from eventweek.registration.models import Pass
from eventweek.registration.passes import manage_token_of
from eventweek.scheduling.queries.published import find_published
from tests.browser import DESK, PHONE, shows
from tests.journeys.opening import telling
from tests.journeys.test_main_job import Story, deliver, fetch, sign_in
from tests.registration.world import book, offering_of
from tests.replanning.world import broken, session_of

pytestmark = pytest.mark.browser

KEY = "fo-02"


@pytest.fixture
def story(app: Flask, tmp_path: Path) -> Iterator[Story]:
    """Give the demo week on its second day at half past twelve, an hour and a half before a forum."""
    with telling(app, tmp_path, KEY) as story:
        yield story


def test_a_hall_is_lost_and_everybody_knows_where_to_go(story: Story) -> None:
    with travel(story.clock()):
        [held] = book(offering_of(KEY).code, name="示例甲", email="visitor@example.org")
    before, old = fetch(story).entries[KEY], place_of()
    desk = story.browser(DESK)
    sign_in(story, desk)
    raise_the_alarm(story, desk, old)
    compare_the_ways(story, desk)
    new = decide(story, desk)
    assert new != old
    read_it_on_the_pass(story, held.pass_id, new, old)
    read_it_at_the_door(story, new)
    after = fetch(story).entries[KEY]
    assert new[1] in after["LOCATION"] and after["SEQUENCE"] > before["SEQUENCE"]
    read_it_in_public(story, new)
    [mail] = [one for one in deliver(story) if one["Subject"].startswith("安排有变")]
    assert mail["To"] == "visitor@example.org" and new[1] in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    with travel(story.clock()):
        assert broken() == []
    assert story.faults == []


def place_of() -> tuple[str, str]:
    """Return where the public knows the forum to be: venue and room."""
    db.session.rollback()
    own = find_published(session_of(KEY).id)
    assert own
    return own.facts["venue"]["zh"], own.facts["room"]["zh"]


def raise_the_alarm(story: Story, desk: Any, old: tuple[str, str]) -> None:
    """Come from the rail; tap the hall, tap the button."""
    desk.get_by_role("link", name="当日调度").click()
    site = desk.locator("fieldset.alarmform__site", has_text=old[0])
    site.locator("label.tile", has_text=old[1]).first.click()
    desk.get_by_role("button", name="马上停用").click()
    desk.wait_for_url(re.compile(r"/incidents/\w{9,}$"))
    assert shows(desk, "等着定", "怎么办", "排队中")


def compare_the_ways(story: Story, desk: Any) -> None:
    """Let the worker work; the page brings the ways by itself."""
    with travel(story.clock()):
        worker.work_off()
    desk.wait_for_function("document.querySelectorAll('.wayout__one button').length >= 3", timeout=60_000)
    assert shows(desk, "就近安置", "时间不变，换厅", "改时间", "要告诉的人")


def decide(story: Story, desk: Any) -> tuple[str, str]:
    """Keep the time, change the hall; read what was done."""
    card = desk.locator(".wayout__one", has=desk.get_by_role("heading", name="时间不变，换厅"))
    card.get_by_role("button", name="就这么办").click()
    assert shows(desk, "已定：时间不变，换厅", "做了什么", "受影响的 1 个报名")
    with travel(story.clock()):
        worker.work_off()
    return place_of()


def read_it_on_the_pass(story: Story, pass_id: int, new: tuple[str, str], old: tuple[str, str]) -> None:
    """Open one's week and the pass on a phone: the new hall, the same time, and the question."""
    own = db.session.get(Pass, pass_id)
    assert own
    phone = story.browser(PHONE)
    phone.goto(f"{story.address}/m/{manage_token_of(own)}")
    assert shows(phone, "示例甲", new[1], "安排有变")
    phone.goto(f"{story.address}/my/pass")
    assert shows(phone, "14:00", new[1])
    phone.context.close()


def read_it_at_the_door(story: Story, new: tuple[str, str]) -> None:
    """Stand at the new venue's entrance: the session is on the phone's list, in its new hall."""
    with travel(story.clock()):
        week = find_week("jl2026")
        facts = find_published(session_of(KEY).id)
        assert week and facts
        gate = create_gate(week.id, facts.facts["venue"]["code"], Bilingual("东门", "East"), actor=SYSTEM)
        until = story.clock() + timedelta(days=1)
        token = enrol_device(week.id, Enrolment("东门1号", "scan", until, (gate.code,)), actor=SYSTEM)[1]
    phone = story.browser(PHONE)
    phone.goto(f"{story.address}/gate/enrol/{token}")
    phone.get_by_role("button", name="开始验票").click()
    assert shows(phone, facts.title.zh, new[1])
    phone.context.close()


def read_it_in_public(story: Story, new: tuple[str, str]) -> None:
    """Find the urgent notice above the session's page, and the new hall on it."""
    phone = story.browser(PHONE)
    phone.goto(story.public(KEY))
    assert shows(phone, "暂停使用", new[1])
    phone.context.close()
