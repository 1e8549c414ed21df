"""The first page counts real things: each line leads to the list that holds as many."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.clock import travel
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.programme.actions.weeks import set_week_state
from eventweek.programme.queries import find_newest_week
from eventweek.scheduling.worklist import list_planned
from tests.conftest import SignIn

HOME = "/desk/w/jl2026/"


@pytest.fixture
def desk(demo_app: Flask, sign_in: SignIn) -> FlaskClient:
    """Give an administrator's client of the demo week."""
    return sign_in(demo_app)


def _duties(page: str) -> dict[str, tuple[int, str]]:
    found = re.findall(r'<b class="num">(\d+)</b><div><h3>([^<]+).*?href="([^"]+)"', page, re.S)
    return {title.strip(): (int(count), href.replace("&amp;", "&")) for count, title, href in found}


def test_each_duty_leads_to_as_many_sessions(desk: FlaskClient) -> None:
    """The demo lacks nine permits; a missing English title, a missing place and a change make three more lines."""
    with transaction():
        week = find_newest_week()
        assert week
        plain, loose, moved = [p for p in list_planned(week.id) if p.session.visibility == "public"][:3]
        plain.session.title = Bilingual(plain.session.title.zh, "")
        db.session.delete(loose.placement)
        assert moved.placement
        moved.placement.start = moved.placement.start.replace(minute=45)
    duties = _duties(desk.get(HOME).text)
    assert duties["安全许可还没批下来"][0] == 9
    assert duties["公开场次缺英文标题"][0] == 1 and duties["场次还没排时间和地点"][0] == 1
    for title, (count, href) in duties.items():
        page = desk.get(href).text
        listed = re.search(r'tools__end">(\d+) 场', page)
        if listed:
            assert int(listed[1]) == count, title
        else:
            assert href.endswith("/releases/new") and page.count('scope="row"') == count


def test_now_and_next_are_of_this_moment(desk: FlaskClient) -> None:
    with travel(datetime(2026, 10, 16, 2, tzinfo=UTC)):
        page = desk.get(HOME).text
    week = find_newest_week()
    assert week
    at = datetime(2026, 10, 16, 2, tzinfo=UTC)
    on = [p for p in list_planned(week.id) if p.start and p.end and p.start <= at < p.end]
    assert on and on[0].session.title.zh in page and "活动周第 2 天" in page


def test_nothing_to_do_is_said(demo_app: Flask, desk: FlaskClient) -> None:
    """A week whose sessions lack nothing has no duties."""
    with transaction():
        week = find_newest_week()
        assert week
        for planned in list_planned(week.id):
            if planned.session.permit_required or planned.missing:
                db.session.delete(planned.session)
    page = desk.get(HOME).text
    assert "今天没有要你办的事" in page and _duties(page) == {}


@pytest.mark.parametrize(("role", "status"), [("reader", 200), ("city", 200), ("door", 200), ("proposer", 403)])
def test_who_may_look(demo_app: Flask, sign_in: SignIn, role: str, status: int) -> None:
    assert sign_in(demo_app, role).get(HOME).status_code == status


def test_an_archived_week_asks_for_nothing(desk: FlaskClient) -> None:
    """What nobody may change any more is no duty; the page says why, and offers a copy."""
    assert "去处理" in desk.get(HOME).text
    for state in ("closed", "archived"):
        set_week_state("jl2026", state, actor=SYSTEM)
    page = desk.get(HOME).text
    assert _duties(page) == {} and "今天没有要你办的事" in page
    assert "这一届已归档，只能看" in page and 'href="/desk/weeks/jl2026/copy"' in page
    assert "新建场次" not in desk.get("/desk/w/jl2026/sessions").text
