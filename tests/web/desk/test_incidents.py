"""The same-day desk: two taps to the alarm, ways side by side, one decision, and what the page says afterwards."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek import worker
from eventweek.accounts.models import User
from eventweek.audit.actors import SYSTEM
from eventweek.delivery.mails import make_mail
from eventweek.delivery.routing import plan_of
from eventweek.kernel import files
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db, transaction
from eventweek.outbox.actions import claim_message
from eventweek.outbox.models import Message
from eventweek.programme.models import Grant, Incident
from eventweek.replanning.actions.runs import begin_run, fail_run
from eventweek.replanning.models import PlannerRun
from eventweek.replanning.trails import trail_of
from eventweek.scheduling.actions import place_session
from eventweek.scheduling.queries.drafts import find_placement
from tests.conftest import SignIn
from tests.replanning.halls import MORNING, Halls, make_halls, on_the_day

DESK = "/desk/w/spring/incidents"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with on_the_day():
        yield


@pytest.fixture
def halls(app: Flask) -> Halls:
    """Give the small week on its second day, whose forms need no token."""
    app.config["WTF_CSRF_ENABLED"] = False
    return make_halls()


@pytest.fixture
def desk(app: Flask, halls: Halls, sign_in: SignIn) -> FlaskClient:
    """Give an administrator at work on it."""
    return sign_in(app)


def text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def report(desk: FlaskClient, halls: Halls, room: str = "one", **more: str) -> Any:
    return desk.post(f"{DESK}/new", data={"rooms": [halls.rooms[room]], "why": "leak", **more})


def seen_on(page: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', page)
    assert found
    return found[1]


def test_two_taps_from_the_alarm_to_the_decision(desk: FlaskClient, halls: Halls) -> None:
    home = desk.get("/desk/w/spring/").text
    assert "当日调度" in home and "等你定" not in home
    page = text(desk.get(DESK).text)
    assert "哪个厅不能用了？" in page and "09:00—11:30 甲" in page and "整个场馆" in page and "三号厅" not in page
    answer = report(desk, halls)
    assert answer.status_code == 303 and answer.location.startswith(f"{DESK}/")
    page = desk.get(answer.location).text
    assert 'data-again="1"' in page and "<noscript><meta" in page and "排队中" in page and "受影响的 2 场" in text(page)
    assert "场地停用了，等你定" in (home := desk.get("/desk/w/spring/").text) and answer.location in home
    assert "会展中心 一号厅" in home
    worker.work_off()
    page = desk.get(answer.location).text
    words = text(page)
    assert "data-again" not in page and page.count("就这么办</button>") == 4
    for said in ("就近安置", "时间不变，换厅", "改时间", "取消", "创新大厦 报告厅", "漏水"):
        assert said in words
    sent = {"way": "rooms", "seen": seen_on(page), "note": "水管", "tell": "1"}
    done = desk.post(f"{answer.location}/decision", data=sent)
    assert done.status_code == 303
    page = text(desk.get(answer.location).text)
    assert "第 2 版已发布" in page and "已定：时间不变，换厅" in page and "看公告" in page
    assert "会展中心 · 一号厅 → 创新大厦 · 报告厅" in page and "要打电话：王示例" in page
    assert "等你定" not in desk.get("/desk/w/spring/").text
    assert "时间不变，换厅， 第 2 版" in text(desk.get(DESK).text)
    notice = desk.get("/w/spring/").text
    assert "一号厅暂停使用，2 场安排有变" in notice


def test_in_english_too(desk: FlaskClient, halls: Halls) -> None:
    where = report(desk, halls).location
    worker.work_off()
    page = text(desk.get(f"/en{where}").text)
    assert "Same time, other room" in page and "Water has come in" in page and "2 sessions are concerned" in page
    assert "Which room is lost?" in text(desk.get(f"/en{DESK}").text)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"rooms": []}, "选一个厅，或选整个场馆"),
        ({"rooms": ["nix"]}, "nix"),
        ({"until": "2027-04-13T08:00"}, "恢复的时间要在停用之后"),
        ({"since": "2027-04-01T08:00"}, "停用最早从昨天这个时候算起"),
        ({"since": "2027-06-01T08:00"}, "没有重合"),
        ({"since": "soon"}, "哪个厅不能用了"),
        ({"reason": "长" * 201}, "马上停用"),
    ],
)
def test_what_cannot_be_meant_is_said_and_kept(
    desk: FlaskClient, halls: Halls, sent: dict[str, Any], said: str
) -> None:
    answer = desk.post(f"{DESK}/new", data={"rooms": [halls.rooms["one"]], "why": "leak", **sent})
    if "reason" in sent:
        assert answer.status_code == 303, "what is too long for the field is cut like everywhere on the desk"
        return
    assert answer.status_code == 422 and said in answer.text and 'role="alert"' in answer.text
    assert db.session.scalars(select(Incident)).all() == []


def test_a_hall_is_not_lost_twice(desk: FlaskClient, halls: Halls) -> None:
    assert report(desk, halls).status_code == 303
    again = report(desk, halls)
    assert again.status_code == 422 and "已经停用了" in again.text
    assert "停用中" in desk.get(DESK).text


@pytest.mark.stated
def test_who_looks_too_long_is_told_so_and_looks_again(desk: FlaskClient, halls: Halls) -> None:
    where = report(desk, halls).location
    worker.work_off()
    seen = seen_on(desk.get(where).text)
    session = halls.session("乙")
    place = find_placement(session.id)
    assert place
    place_session(session.code, "2027-04-13T15:00", halls.rooms["three"], version=place.version, actor=SYSTEM)
    desk.post(f"{where}/decision", data={"way": "rooms", "seen": seen})
    page = text(desk.get(where).text)
    assert "看过之后排期或发布有变" in page and "再找一次" in page
    assert desk.post(f"{where}/looks").status_code == 303
    worker.work_off()
    page = desk.get(where).text
    desk.post(f"{where}/decision", data={"way": "rooms", "seen": seen_on(page)})
    assert "第 2 版已发布" in desk.get(where).text


def test_a_way_that_nobody_offers_is_none(desk: FlaskClient, halls: Halls) -> None:
    where = report(desk, halls).location
    for way in ("", "magic"):
        desk.post(f"{where}/decision", data={"way": way, "seen": "x"})
        assert "选一个办法" in desk.get(where).text
    assert desk.post(f"{DESK}/nix/decision", data={"way": "rooms"}).status_code == 404
    assert desk.get(f"{DESK}/nix").status_code == 404
    assert desk.post(f"{DESK}/nix/lifting").status_code == desk.post(f"{DESK}/nix/looks").status_code == 404


def test_how_far_it_is_and_what_failed(desk: FlaskClient, halls: Halls) -> None:
    where = report(desk, halls).location
    near, rooms, _later = db.session.scalars(select(PlannerRun).order_by(PlannerRun.id)).all()
    first, second, digest = near.code, rooms.code, files.keep(b"{}")
    begin_run(first, digest)
    trail_of(digest).write_text('{"share": 0.4, "hard": 0, "medium": 0, "soft": 0, "iterations": 1, "seconds": 1}\n')
    assert '<progress value="40" max="100">' in desk.get(where).text
    begin_run(second, files.keep(b"[]"))
    fail_run(second, "planner.killed", [])
    page = desk.get(where).text
    assert "没有找成" in page and "计算被系统中止" in page


def test_it_comes_back(desk: FlaskClient, halls: Halls) -> None:
    where = report(desk, halls).location
    for _ in range(2):
        assert desk.post(f"{where}/lifting").status_code == 303
    page = desk.get(where).text
    assert "已恢复" in page and "就这么办" not in page and "厅又能用了" not in page


def test_what_is_under_way_is_marked(app: Flask, halls: Halls, sign_in: SignIn) -> None:
    with travel(MORNING + timedelta(hours=1)):
        desk = sign_in(app)
        assert "正在进行，先疏散" in desk.get(report(desk, halls).location).text


def test_who_only_reads_sees_no_button_and_may_not(
    app: Flask, desk: FlaskClient, halls: Halls, sign_in: SignIn
) -> None:
    where = report(desk, halls).location
    worker.work_off()
    seen = seen_on(desk.get(where).text)
    reader = sign_in(app, "reader")
    page = reader.get(where).text
    assert "就近安置" in page and "<form" not in page.split("<main")[1]
    assert "马上停用</button>" not in reader.get(DESK).text
    assert report(reader, halls, "two").status_code == reader.post(f"{where}/lifting").status_code == 403
    assert reader.post(f"{where}/looks").status_code == 403
    assert reader.post(f"{where}/decision", data={"way": "rooms", "seen": seen}).status_code == 403


def narrow(app: Flask, sign_in: SignIn, role: str, code: str) -> FlaskClient:
    """Give somebody with a role in this scope of the week."""
    client = sign_in(app, role)
    with transaction():
        grant = db.session.scalars(select(Grant).order_by(Grant.id.desc())).first()
        assert grant
        grant.scope_kind, grant.scope_code = role, code
    return client


def mails() -> list[Message]:
    db.session.rollback()
    return list(db.session.scalars(select(Message).where(Message.template == "replanning/alarm").order_by(Message.id)))


def offered(page: str) -> set[str]:
    return set(re.findall(r'name="(?:rooms|venues)" value="(\w+)"', page))


def test_a_venue_raises_the_alarm_for_its_own_halls_and_the_committee_decides(
    app: Flask, halls: Halls, sign_in: SignIn
) -> None:
    committee, near = sign_in(app, "committee"), narrow(app, sign_in, "venue", halls.venues["near"])
    page = near.get(DESK).text
    assert offered(page) == {halls.rooms["one"], halls.rooms["two"], halls.venues["near"]}
    assert "这里只列会展中心的厅室" in page and "怎么办由组委会定" in page
    answer = report(near, halls)
    assert answer.status_code == 303 and answer.location.startswith(f"{DESK}/")
    worker.work_off()
    page = near.get(answer.location).text
    assert "怎么办由组委会定" in page and "由测试员定" in text(page) and "邮件也发了" in page
    assert "就近安置" in page and "就这么办" not in page and "再找一次" in page and "测试员报告" in text(page)
    assert near.post(f"{answer.location}/looks").status_code == 303
    worker.work_off()
    seen = seen_on(theirs := committee.get(answer.location).text)
    assert theirs.count("就这么办</button>") == 4 and "怎么办由组委会定" not in theirs
    choice = {"way": "rooms", "seen": seen}
    assert near.post(f"{answer.location}/decision", data=choice).status_code == 403
    assert "场地停用了，等组委会定" in near.get("/desk/w/spring/").text
    assert "场地停用了，等你定" in committee.get("/desk/w/spring/").text
    assert committee.post(f"{answer.location}/decision", data=choice).status_code == 303
    page = near.get(answer.location).text
    assert "已定：时间不变，换厅" in text(page) and "厅由组委会恢复" in page and "厅又能用了</button>" not in page
    refused = near.post(f"{answer.location}/lifting")
    assert refused.status_code == 403 and "厅由组委会恢复" in refused.text
    assert committee.post(f"{answer.location}/lifting").status_code == 303


def test_a_hall_of_somebody_else_is_refused_in_words_and_nothing_typed_is_lost(
    app: Flask, halls: Halls, sign_in: SignIn
) -> None:
    near = narrow(app, sign_in, "venue", halls.venues["near"])
    answer = report(near, halls, "far", reason="停电了")
    assert answer.status_code == 403 and 'role="alert"' in answer.text and 'value="停电了"' in answer.text
    assert "“报告厅”在创新大厦，你只能报告会展中心的厅室。请马上告诉创新大厦的场馆方或组委会" in answer.text
    mixed = near.post(f"{DESK}/new", data={"rooms": [halls.rooms["one"], halls.rooms["far"]]})
    assert (
        mixed.status_code == 403 and near.post(f"{DESK}/new", data={"venues": halls.venues["far"]}).status_code == 403
    )
    city = narrow(app, sign_in, "city", "220200")
    page = city.get(DESK).text
    assert "你管的厅往后没有已公布的场次" in page and "马上停用</button>" not in page
    answer = report(city, halls)
    assert answer.status_code == 403 and "请马上告诉长春市的城市专班或组委会" in answer.text
    english = city.post(f"/en{DESK}/new", data={"rooms": [halls.rooms["one"]]})
    assert english.status_code == 403 and "you report rooms of Jilin City alone" in text(english.text)
    assert db.session.scalars(select(Incident)).all() == [] and mails() == []


def test_who_raised_it_takes_it_back_and_a_colleague_does_not(app: Flask, halls: Halls, sign_in: SignIn) -> None:
    mine, colleague = (narrow(app, sign_in, "venue", halls.venues["near"]) for _ in range(2))
    where = report(mine, halls).location
    page = colleague.get(where).text
    assert "这是别人报告的" in page and "厅又能用了</button>" not in page
    assert colleague.post(f"{where}/lifting").status_code == 403
    assert "厅又能用了</button>" in mine.get(where).text
    assert mine.post(f"{where}/lifting").status_code == 303 and "已恢复" in mine.get(where).text
    stopped = db.session.scalars(select(PlannerRun.state)).all()
    assert stopped and set(stopped) == {"stopped"}, "the planner looks for nothing any more"


def test_who_decides_is_written_to_once_and_nobody_else(app: Flask, halls: Halls, sign_in: SignIn) -> None:
    sign_in(app)
    for role in ("committee", "reader", "committee"):
        sign_in(app, role)
    users = list(db.session.scalars(select(User).order_by(User.id.desc()).limit(3)))
    users[0].disabled_at = MORNING
    expected = [users[2].email]
    db.session.commit()
    where = report(narrow(app, sign_in, "venue", halls.venues["near"]), halls).location
    [mail] = mails()
    assert [mail.recipient] == expected and mail.urgent
    letter = claim_message(mail.id)
    assert letter
    said = make_mail(letter, plan_of(letter))
    body = said.get_content()
    assert said["Subject"] == "场地停用，等你定：会展中心 一号厅"
    assert "测试员报告：会展中心 一号厅从 2027-04-13 08:30 起不能用了（漏水" in body
    assert "受影响的有 2 场" in body and where in body
    assert "场地停用" in sign_in(app).get("/desk/w/spring/messages?template=replanning/alarm").text


def test_without_a_committee_the_administrators_are_written_to_but_not_by_themselves(
    app: Flask, halls: Halls, sign_in: SignIn
) -> None:
    first = sign_in(app)
    report(first, halls)
    assert mails() == []
    sign_in(app)
    second = db.session.scalars(select(User).order_by(User.id.desc())).first()
    assert second
    report(first, halls, "two")
    assert [mail.recipient for mail in mails()] == [second.email]
