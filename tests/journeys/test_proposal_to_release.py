"""From a wish to the programme: proposed, looked at twice, accepted, planned, corrected by hand, published."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.kernel.clock import travel
from eventweek.kernel.db import db, transaction
from eventweek.programme.models import Grant, Organisation, Proposal
from eventweek.replanning.planning import run_planner
from eventweek.scheduling.queries.drafts import find_placement
from tests.browser import DESK, PHONE, shows
from tests.conftest import SCALE
from tests.factories.accounts import PASSWORD, make_user
from tests.journeys.opening import telling
from tests.journeys.test_editor import block, hold, over, told
from tests.journeys.test_main_job import Story, sign_in
from tests.registration.world import week

pytestmark = pytest.mark.browser

PROPOSER, CITY = "unit@example.org", "city@example.org"
TITLE = "青年创客夜谈（申报）"


@pytest.fixture
def story(app: Flask, tmp_path: Path) -> Iterator[Story]:
    """Give the demo week with a proposer of an organisation and the team of Changchun."""
    with telling(app, tmp_path) as story:
        unit = db.session.scalars(select(Organisation).order_by(Organisation.id)).first()
        assert unit
        grants = ((PROPOSER, "proposer", "organisation", unit.code), (CITY, "city", "city", "220100"))
        with travel(story.clock()):
            known = [(make_user(email).id, *rest) for email, *rest in grants]
        with transaction():
            for user, role, kind, code in known:
                grant = Grant(user_id=user, week_id=week().id, role=role, scope_kind=kind, scope_code=code)
                db.session.add(grant)
        yield story


if SCALE >= 1:  # the planner takes its ten seconds, and the whole way a minute

    def test_a_wish_becomes_a_published_session(story: Story) -> None:
        propose(story)
        recommend(story)
        desk = story.browser(DESK)
        sign_in(story, desk)
        accept(story, desk)
        plan(story, desk)
        day, room = correct(story, desk)
        publish(story, desk)
        visitor = story.browser(PHONE)
        visitor.goto(f"{story.address}/w/jl2026/s/{code_of_session()}")
        assert shows(visitor, TITLE, room) and day
        assert story.faults == []


def propose(story: Story) -> None:
    """Fill the form of a proposal and submit it."""
    page = story.browser(DESK)
    sign_in_elsewhere(story, page, PROPOSER)
    page.goto(story.desk("proposals/new"))
    page.locator("#title_zh").fill(TITLE)
    page.locator("#kind").select_option("salon")
    page.locator("#city").select_option("220100")
    page.locator("#abstract_zh").fill("三位创业者讲第一次失败。")
    page.locator("#expected").fill("40")
    page.locator("#contact_name").fill("李申报")
    page.locator("#contact_phone").fill("13800138000")
    page.get_by_role("button", name="提交", exact=True).last.click()
    assert shows(page, "已提交", "城市初审中")


def sign_in_elsewhere(story: Story, page: Any, email: str) -> None:
    """Sign in as somebody whose first page is not the list of sessions."""
    page.goto(story.desk("proposals"))
    page.locator("#email").fill(email)
    page.locator("#password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="登录").click()
    page.wait_for_url(re.compile(r"/proposals$"))


def recommend(story: Story) -> None:
    """Let the city look first."""
    page = story.browser(DESK)
    sign_in_elsewhere(story, page, CITY)
    page.get_by_role("link", name=TITLE).click()
    page.get_by_role("button", name=re.compile("推荐")).click()
    assert shows(page, "已处理", "已推荐给组委会")


def accept(story: Story, desk: Any) -> None:
    """Let the committee decide: a session is made of it, which has no place yet."""
    desk.goto(story.desk("proposals"))
    desk.get_by_role("link", name=TITLE).click()
    desk.get_by_role("button", name="采用", exact=True).click()
    assert shows(desk, "已处理")
    desk.goto(story.desk("timetable?day=2026-10-17"))
    desk.wait_for_selector("#waiting li")
    assert TITLE in desk.locator("#waiting").inner_text()


def plan(story: Story, desk: Any) -> None:
    """Let the planner place what has no place, and adopt what it found."""
    desk.goto(story.desk("planner"))
    desk.locator('input[name="mode"][value="fill"]').check()
    desk.locator("#seconds").select_option("10")
    desk.get_by_role("button", name="开始", exact=True).click()
    desk.wait_for_url(re.compile(r"/planner/[a-z0-9]+$"))
    with travel(story.clock()):
        run_planner(desk.url.rpartition("/")[2])
        db.session.rollback()
    desk.reload()
    desk.locator("#run-tools a").first.click()
    desk.wait_for_url(re.compile(r"/scenarios/[a-z0-9]+$"))
    desk.get_by_role("link", name="看会改动什么").click()
    desk.get_by_role("button", name=re.compile("采用")).click()
    desk.wait_for_url(re.compile(r"/(timetable|scenarios)"))
    assert where() is not None


def correct(story: Story, desk: Any) -> tuple[str, str]:
    """Drag the session to another place; return its day and the name of its room."""
    planned = where()
    assert planned
    day = planned[0][:10]
    desk.goto(story.desk(f"timetable?day={day}&city=220100"))
    code = code_of_session()
    block(desk, code).scroll_into_view_if_needed()
    hold(desk, code)
    over(desk, ".ground .cell--free, .ground .cell--soft, .ground .cell--dear")
    desk.mouse.up()
    told(desk, "已放好")
    moved = where()
    assert moved and moved != planned
    return moved[0], moved[1]


def publish(story: Story, desk: Any) -> None:
    """Publish this session alone."""
    desk.goto(story.desk("releases/new"))
    for box in desk.locator('input[name="sessions"]').all():
        box.set_checked(box.get_attribute("value") == code_of_session())
    desk.get_by_role("button", name=re.compile("发布第 . 版")).click()
    desk.wait_for_url(re.compile(r"/releases/\d+$"))


def code_of_session() -> str:
    """Return the code of the session that was made of the proposal."""
    db.session.rollback()
    own = db.session.scalars(select(Proposal).where(Proposal.title_zh == TITLE)).one()
    assert own.session
    return own.session.code


def where() -> tuple[str, str] | None:
    """Return start and room's name of the session in the plan."""
    db.session.rollback()
    own = db.session.scalars(select(Proposal).where(Proposal.title_zh == TITLE)).one()
    found = find_placement(own.session.id) if own.session else None
    return (found.start.isoformat(), found.room.name.zh) if found else None
