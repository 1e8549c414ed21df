"""The planner on the desk: asked, watched, stopped, and what came of it, in words that need no manual."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek import worker
from eventweek.audit.actors import SYSTEM
from eventweek.kernel import files
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db
from eventweek.replanning.actions.runs import begin_run, fail_run, start_run
from eventweek.replanning.models import PlannerRun
from eventweek.replanning.queries import glances
from eventweek.replanning.search import Failed
from eventweek.replanning.trails import trail_of
from eventweek.scheduling.actions import place_session, release_schedule
from eventweek.web.desk.planner_chart import BOTTOM, LEFT, RIGHT, TOP, chart_of, still
from tests.conftest import SignIn
from tests.factories.programme import make_room, make_session, make_venue, make_week

PLANNER = "/desk/w/spring/planner"


class Spring(NamedTuple):
    """A week and who works on it."""

    id: int
    desk: FlaskClient


@pytest.fixture(autouse=True)
def _ahead() -> Iterator[None]:
    with travel(datetime(2027, 3, 1, tzinfo=UTC)):
        yield


@pytest.fixture
def spring(app: Flask, sign_in: SignIn) -> Spring:
    """Give a week: one session stands in a room that closes that day, one fits nowhere."""
    app.config["WTF_CSRF_ENABLED"] = False
    week, venue = make_week(), make_venue()
    shut = make_room(venue, name_zh="检修厅", closures=[{"day": "2027-04-12"}])
    make_room(venue, name_zh="二号厅")
    moves = make_session(week, "乙")
    make_session(week, "万人大会", expected=9000)
    place_session(moves.code, "2027-04-12T09:00", shut.code, version=None, actor=SYSTEM, override="测试")
    release_schedule(week.id, actor=SYSTEM, note="")
    own = Spring(week.id, sign_in(app))
    worker.work_off()
    return own


def begin(spring: Spring, **more: Any) -> str:
    asked: dict[str, Any] = {"mode": "repair", "seconds": 10, "named": lambda n: f"规划 {n}", "actor": SYSTEM}
    return start_run(spring.id, **asked, **more).code


def text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_what_is_certain_is_said_before(spring: Spring) -> None:
    page = spring.desk.get(PLANNER).text
    assert f'data-fetch="{PLANNER}/check"' in page and "还没有算过" in page
    seen = spring.desk.get(f"{PLANNER}/check").text
    assert 'id="findings"' in seen and "有 1 处肯定排不下" in seen and "万人大会" in seen and "最省的办法" in seen
    english = spring.desk.get(f"/en{PLANNER}/check?mode=nonsense").text
    assert "1 thing is certain not to fit" in english and "The cheapest cure: " in english


def test_a_look_that_fails_stops_nobody(spring: Spring, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_problem: object) -> Any:
        raise Failed("planner.late")

    monkeypatch.setattr(glances, "glance", broken)
    assert "这一次没看成" in spring.desk.get(f"{PLANNER}/check").text
    seen = {"faults": [["没有场次。", "No sessions."]], "findings": []}
    monkeypatch.setattr(glances, "glance", lambda _problem: seen)
    assert "这样排不了" in (page := spring.desk.get(f"{PLANNER}/check").text) and "没有场次。" in page


def test_a_run_from_the_button_to_its_result(spring: Spring) -> None:
    answer = spring.desk.post(f"{PLANNER}/runs", data={"mode": "repair", "seconds": "10", "plan": ""})
    assert answer.status_code == 303 and answer.location.startswith(f"{PLANNER}/")
    page = spring.desk.get(answer.location).text
    assert 'data-again="1"' in page and "排队中，轮到就开始。" in page and "<noscript><meta" in page
    again = spring.desk.post(f"{PLANNER}/runs", data={"mode": "full", "seconds": "10"})
    assert again.status_code == 409 and "这一届正在自动排期" in again.text
    db.session.rollback()
    run = db.session.scalars(select(PlannerRun)).one()
    run.seconds = 1
    db.session.commit()
    worker.work_off()
    page = spring.desk.get(answer.location).text
    words = text(page)
    assert "data-again" not in page and "算完了" in words and "看这个方案" in words
    assert "1 / 2 场" in words and "和已发布的比，要动 1 场" in words and "检修厅" in page
    assert "没排进去的 1 场" in words and "互相妨碍的场次" in words and "扣分在哪里" in words
    assert re.search(r'<svg class="chart"', page) and "再来一次" in words
    listed = text(spring.desk.get(PLANNER).text)
    assert "1 / 2" in listed and "发布后修复" in listed
    english = text(spring.desk.get(f"/en{answer.location}").text)
    assert "1 of 2" in english and "1 session without a place" in english and "See the scenario" in english


def test_a_run_is_watched_and_stopped(spring: Spring) -> None:
    code = begin(spring)
    digest = files.keep(b"{}")
    begin_run(code, digest)
    assert "正在准备" in spring.desk.get(f"{PLANNER}/{code}").text
    line = '{{"share": {0}, "hard": 0, "medium": 0, "soft": {1}, "iterations": 90000, "seconds": {2}}}\n'
    trail_of(digest).write_text("".join(line.format(n / 10, max(10, 50 - 20 * n), n) for n in range(7)) + '{"sha')
    page = spring.desk.get(f"{PLANNER}/{code}").text
    assert "0:06" in page and "已经连续 4 秒没有更好的结果，" in page and "再过 4 秒自动停。" in page
    assert "15,000" in page and 'class="score"' in page and "到此为止，用现在的结果" in page
    answer = spring.desk.post(f"{PLANNER}/{code}/stop")
    assert answer.status_code == 303
    page = spring.desk.get(f"{PLANNER}/{code}").text
    assert "正在收尾，几秒后就有结果。" in page and "到此为止" not in page
    assert spring.desk.post(f"{PLANNER}/nothing/stop").status_code == 404


def test_a_failed_run_says_why_and_offers_another(spring: Spring) -> None:
    code = begin(spring)
    begin_run(code, files.keep(b"{}"))
    fail_run(code, "planner.faults", [["甲和乙互相等。", "A and B wait for each other."]])
    page = spring.desk.get(f"{PLANNER}/{code}").text
    assert "现在的安排自相矛盾" in page and "甲和乙互相等。" in page and "再来一次" in page
    assert "A and B wait for each other." in spring.desk.get(f"/en{PLANNER}/{code}").text
    other = begin(spring)
    assert "不算了" in spring.desk.get(f"{PLANNER}/{other}").text
    spring.desk.post(f"{PLANNER}/{other}/stop")
    assert "还没开始就停了，没有结果" in spring.desk.get(f"{PLANNER}/{other}").text


def test_who_only_reads_sees_no_button(app: Flask, spring: Spring, sign_in: SignIn) -> None:
    code, reader = begin(spring), sign_in(app, "reader")
    assert "到此为止" not in (page := reader.get(f"{PLANNER}/{code}").text) and "不算了" not in page
    assert "<form" not in reader.get(PLANNER).text.split("<main")[1]
    assert reader.post(f"{PLANNER}/runs", data={"mode": "full", "seconds": "10"}).status_code == 403
    assert reader.post(f"{PLANNER}/{code}/stop").status_code == reader.get(f"{PLANNER}/check").status_code == 403


@pytest.mark.parametrize(
    "data", [{}, {"mode": "full"}, {"mode": "magic", "seconds": "10"}, {"mode": "full", "seconds": "x"}]
)
def test_what_no_button_sends_is_refused(spring: Spring, data: dict[str, str]) -> None:
    answer = spring.desk.post(f"{PLANNER}/runs", data=data)
    assert answer.status_code == 422 and 'role="alert"' in answer.text and "这次怎么排" in answer.text


def test_a_week_without_sessions_or_rooms_says_what_to_do_first(app: Flask, sign_in: SignIn) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    week = make_week()
    desk, run = sign_in(app), {"mode": "full", "seconds": "10"}
    for word in ("还没有要办的场次", "还没有可用的厅室"):
        page, answer = desk.get(PLANNER).text, desk.post(f"{PLANNER}/runs", data=run)
        assert word in page and "这次怎么排" not in page and "开始之前先看" not in page
        assert answer.status_code == 409 and word in answer.text
        make_session(week, "甲")
    make_room(make_venue(), name_zh="一号厅")
    assert "这次怎么排" in desk.get(PLANNER).text and desk.post(f"{PLANNER}/runs", data=run).status_code == 303


def test_a_chart_stays_in_its_frame() -> None:
    """It draws the first level that still changes, and ends where the search is."""
    assert chart_of([], 10) is None
    curve = [{"hard": 3 - n if n < 3 else 0, "medium": 0, "soft": 90 - n, "seconds": n} for n in range(9)]
    chart = chart_of(curve, 10)
    assert chart and (chart.level, chart.first, chart.now, chart.clean) == ("soft", 87, 82, 3)
    numbers = [float(n) for n in re.findall(r"-?\d+", chart.path)]
    assert all(LEFT <= x <= RIGHT for x in numbers[::2]) and all(TOP <= y <= BOTTOM for y in numbers[1::2])
    assert chart.rows[-1].value >= 87 and all(isinstance(mark.value, int) for mark in chart.rows)
    falling = chart_of([{"hard": n, "medium": 0, "soft": 0, "seconds": 5 - n} for n in (5, 4, 3)], 10)
    assert falling and falling.level == "hard" and still(curve) == 0
    flat = chart_of([{"hard": 0, "medium": 0, "soft": 0, "seconds": n} for n in (0, 1)], 10)
    assert flat and flat.y == BOTTOM
