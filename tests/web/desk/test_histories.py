"""The history pages: every subject, in words, difference by field; one value put back through the ordinary edit."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from eventweek.audit.actors import SYSTEM
from eventweek.audit.models import AuditEntry, Revision
from eventweek.checkin.actions.devices import create_gate, edit_gate, stop_gate
from eventweek.kernel.clock import now
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.programme.actions import parties, places, sessions, tags, weeks
from eventweek.programme.models import CalendarDay, Person, Session, TravelTime
from eventweek.scheduling.actions.placements import place_session, unplace_session
from eventweek.scheduling.models import Placement
from eventweek.web.desk.telling import compared
from tests.conftest import SignIn
from tests.factories.programme import make_person, make_room, make_session, make_venue, make_week
from tests.web.desk.sending import post

pytestmark = pytest.mark.database
Statements = Callable[[], AbstractContextManager[list[str]]]


def last(subject: str, field: str) -> Revision:
    query = select(Revision).where(Revision.subject == subject).order_by(Revision.id.desc())
    return next(r for r in db.session.scalars(query) if field in {**r.changes, **r.personal})


def put_back(desk: FlaskClient, history: str, subject: str, field: str, **more: Any) -> Any:
    """Open the page of one old value and confirm it as a browser does."""
    path = f"{history}/{last(subject, field).id}/{field}"
    page = desk.get(path)
    assert page.status_code == 200, page.status
    version = re.search(r'name="version" value="([^"]+)"', page.text)
    assert version
    return post(desk, path, {"version": version[1], **more})


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def test_every_record_leads_to_its_history(demo_app: Flask, sign_in: SignIn) -> None:
    desk = sign_in(demo_app)
    adapter = demo_app.url_map.bind("localhost")
    starts = ["/desk/people", "/desk/organisations", "/desk/venues", "/desk/cities", "/desk/features", "/desk/weeks"]
    starts += [f"/desk/w/jl2026/{noun}" for noun in ("sessions", "kinds", "tag-sets", "series", "gates")]
    starts += ["/desk/w/jl2026/registrations", "/desk/w/jl2026/tags/industry:ei"]
    nouns: dict[str, str] = {}
    seen, waiting = set[str](), list(starts)
    while waiting:
        path = waiting.pop(0)
        endpoint = adapter.match(path)[0]
        if endpoint in seen:
            continue
        seen.add(endpoint)
        answer = desk.get(path)
        for link in re.findall(r'href="(/desk/[^"?#]+)', answer.text if answer.mimetype == "text/html" else ""):
            found, values = adapter.match(link)
            if found in ("desk.week_history", "desk.master_history"):
                nouns.setdefault(values["noun"], link)
            elif not found.endswith(("_value", "audit_list")):
                waiting.append(link)
    wanted = {"session", "person", "organisation", "venue", "room", "kind", "tag_set", "tag", "series"}
    assert set(nouns) >= wanted | {"week", "gate", "offering", "city", "feature"}
    for noun, link in nouns.items():
        page = desk.get(link)
        assert page.status_code == 200 and "新建了" in page.text, noun


def test_a_history_says_names_words_and_local_times(app: Flask, sign_in: SignIn) -> None:
    week = make_week()
    room, person = make_room(make_venue()), make_person("李示例")
    session = make_session(week, text_zh="上午开幕，下午路演。", text_en="")
    people = [{"person": person.code, "role": "host"}]
    more = {"people": people, "visibility": "invited", "text_zh": "上午开幕，晚上路演。"}
    sessions.edit_session(session.code, more, version=1, actor=SYSTEM)
    place_session(session.code, "2027-04-12T09:30", room.code, version=None, actor=SYSTEM)
    page = sign_in(app).get(f"/desk/w/spring/history/session/{session.code}").text
    seen = text_of(page)
    assert "主持 · 李示例" in seen or "李示例 · 主持" in seen
    assert "公开 → 限受邀者" in seen and "2027-04-12 09:30" in seen and "一号厅" in seen and "系统" in seen
    assert "上午开幕，<del>下</del>" in page and "<ins>晚上</ins>" in page or "<del>下午</del><ins>晚上</ins>" in page
    assert person.code not in seen and "invited" not in seen and "theatre" not in seen


def test_fields_and_people_sift_the_history(app: Flask, sign_in: SignIn) -> None:
    week = make_week()
    session = make_session(week)
    sessions.edit_session(session.code, {"title_zh": "改题"}, version=1, actor=SYSTEM)
    sessions.edit_session(session.code, {"expected": 90}, version=2, actor=SYSTEM)
    desk, path = sign_in(app), f"/desk/w/spring/history/session/{session.code}"
    assert "3 次改动" in desk.get(path).text
    assert "2 次改动" in desk.get(f"{path}?field=title_zh").text
    assert "3 次改动" in desk.get(f"{path}?actor=system").text
    assert "3 次改动" in desk.get(f"{path}?field=nonsense&actor=' or 1=1").text


def test_one_value_is_put_back_and_that_is_an_edit_of_its_own(app: Flask, sign_in: SignIn) -> None:
    week = make_week()
    session = make_session(week, text_zh="旧的介绍")
    sessions.edit_session(session.code, {"text_zh": "新的介绍", "expected": 90}, version=1, actor=SYSTEM)
    desk, path = sign_in(app), f"/desk/w/spring/history/session/{session.code}"
    assert put_back(desk, path, "session", "text_zh").status_code == 303
    kept = db.session.scalars(select(Session).where(Session.code == session.code)).one()
    assert (kept.text_zh, kept.expected, kept.version) == ("旧的介绍", 90, 3)
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.verb == "session.edit").order_by(AuditEntry.id)
    ).all()
    assert entry[-1].changes == {"text_zh": ["新的介绍", "旧的介绍"]} and entry[-1].actor != "system"
    again = last("session", "text_zh")
    assert again.changes == {"text_zh": ["新的介绍", "旧的介绍"]} and again.version == 3
    first = db.session.scalars(select(Revision).where(Revision.verb == "edit").order_by(Revision.id)).first()
    assert first
    twice = post(desk, f"{path}/{first.id}/text_zh", {"version": "3"})
    assert twice.status_code == 303
    db.session.expire_all()
    assert db.session.scalars(select(Session.version).where(Session.code == session.code)).one() == 3


def test_a_persons_name_comes_back_although_the_audit_masks_it(app: Flask, sign_in: SignIn) -> None:
    person = make_person("王示例")
    parties.edit_person(person.code, {"name_zh": "汪示例"}, version=1, actor=SYSTEM)
    desk, path = sign_in(app), f"/desk/history/person/{person.code}"
    page = desk.get(path)
    assert "王示例" in text_of(page.text) and page.headers["Cache-Control"] == "no-store"
    assert put_back(desk, path, "person", "name_zh").status_code == 303
    assert db.session.scalars(select(Person)).one().name.zh == "王示例"
    assert "王示例" not in str([entry.changes for entry in db.session.scalars(select(AuditEntry))])


def test_a_place_comes_back_whole(app: Flask, sign_in: SignIn) -> None:
    week, venue = make_week(), make_venue()
    room, session = make_room(venue), make_session(week)
    place_session(session.code, "2027-04-12T09:30", room.code, version=None, actor=SYSTEM)
    place_session(session.code, "2027-04-13T14:00", room.code, version=1, actor=SYSTEM)
    desk, path = sign_in(app), f"/desk/w/spring/history/session/{session.code}"
    assert put_back(desk, path, "placement", "start").status_code == 303
    own = db.session.scalars(select(Placement)).one()
    assert own.start.isoformat() == "2027-04-12T01:30:00+00:00"

    unplace_session(session.code, version=own.version, actor=SYSTEM)
    assert put_back(desk, path, "placement", "room").status_code == 303
    db.session.expire_all()
    back = db.session.scalars(select(Placement)).one()
    assert (back.start.isoformat(), back.room.code) == ("2027-04-12T01:30:00+00:00", room.code)


def test_a_permit_locks_what_was_before_it_too(app: Flask, sign_in: SignIn) -> None:
    week = make_week()
    session = make_session(week, expected=500, permit_required=True, permit_status="applied")
    sessions.edit_session(session.code, {"expected": 100}, version=1, actor=SYSTEM)
    sessions.edit_session(session.code, {"permit_status": "approved"}, version=2, actor=SYSTEM)
    desk, path = sign_in(app), f"/desk/w/spring/history/session/{session.code}"
    no = put_back(desk, path, "session", "expected")
    assert no.status_code == 422 and "没有恢复" in no.text
    assert put_back(desk, path, "session", "expected", override="许可已改").status_code == 303


def test_what_is_no_longer_possible_says_why(app: Flask, sign_in: SignIn) -> None:
    week = make_week()
    session = make_session(week, kind="salon", tags=["industry:ei"])
    sessions.edit_session(session.code, {"kind": "forum", "tags": []}, version=1, actor=SYSTEM)
    tags.archive_kind(week.id, "salon", actor=SYSTEM)
    tags.delete_tag(week.id, "industry:ei", actor=SYSTEM)
    desk, path = sign_in(app), f"/desk/w/spring/history/session/{session.code}"
    for field in ("kind", "tags"):
        no = put_back(desk, path, "session", field)
        assert no.status_code == 422 and "没有恢复" in no.text and 'role="alert"' in no.text
    assert "已删除" in text_of(desk.get(path).text)


def test_what_was_deleted_is_named_as_it_was_called_and_is_not_offered(app: Flask, sign_in: SignIn) -> None:
    """The code of a deleted row says nothing to people; its last name does, and nobody presses a button in vain."""
    week = make_week()
    tags.create_track(week.id, {"code": "returnees", "name_zh": "海归专题"}, actor=SYSTEM)
    session = make_session(week, track="returnees")
    sessions.edit_session(session.code, {"track": None}, version=1, actor=SYSTEM)
    tags.edit_track(week.id, "returnees", {"name_zh": "海归创业"}, version=None, actor=SYSTEM)
    tags.delete_track(week.id, "returnees", actor=SYSTEM)
    desk, path = sign_in(app), f"/desk/w/spring/history/session/{session.code}"
    assert "海归创业（已删除）" in text_of(desk.get(path).text)
    page = desk.get(f"{path}/{last('session', 'track').id}/track").text
    assert "海归创业（已删除） 已经没有了" in text_of(page) and "恢复这个值" not in page
    forced = post(desk, f"{path}/{last('session', 'track').id}/track", {"version": "2"})
    assert forced.status_code == 422 and "已经没有了" in forced.text
    db.session.expire_all()
    assert session.track is None


def test_days_roads_and_gates_are_put_back(app: Flask, sign_in: SignIn) -> None:
    week = make_week()
    gate = create_gate(week.id, make_venue().code, Bilingual("正门", ""), actor=SYSTEM)
    stop_gate(gate.code, stopped=True, actor=SYSTEM)
    edit_gate(gate.code, {"name_zh": "东门", "opens_before_min": 90}, actor=SYSTEM)
    places.set_holiday({"day": "2027-04-05", "type": "holiday", "name_zh": "清明"}, actor=SYSTEM)
    places.set_holiday({"day": "2027-04-05", "type": "adjusted_workday", "name_zh": "清明节"}, actor=SYSTEM)
    places.set_travel_time("220100", "220200", 95, actor=SYSTEM)
    desk = sign_in(app)
    for path, subject, field in [
        ("/desk/history/holiday/2027-04-05", "holiday", "type"),
        ("/desk/history/travel_time/all", "travel_time", "minutes"),
        (f"/desk/w/spring/history/gate/{gate.code}", "gate", "name_zh"),
        (f"/desk/w/spring/history/gate/{gate.code}", "gate", "stopped"),
    ]:
        assert put_back(desk, path, subject, field).status_code == 303, path
    db.session.expire_all()
    day, road = db.session.scalars(select(CalendarDay)).one(), db.session.scalars(select(TravelTime)).one()
    assert (day.type, day.name.zh, road.minutes) == ("holiday", "清明节", 60)
    assert (gate.name.zh, gate.stopped, gate.opens_before_min) == ("正门", False, 90)
    seen = text_of(desk.get("/desk/history/travel_time/all").text)
    assert "长春市 — 吉林市" in seen and "95 → 60" in seen
    assert "60 → 95" in text_of(desk.get("/desk/history/travel_time/220200-220100").text)
    assert "放假" in text_of(desk.get("/desk/history/holiday/2027-04-05").text)
    assert "history/holiday/2027-04-05" in desk.get("/desk/holidays?month=2027-04").text
    assert "history/travel_time/all" in desk.get("/desk/travel-times").text
    for path in ("holiday/2027-04-06", "holiday/x", "travel_time/220100-999999", "travel_time/x", "placement/x"):
        assert desk.get(f"/desk/history/{path}").status_code == 404, path
    reader = sign_in(app, "reader")
    assert "恢复旧值" not in reader.get("/desk/history/holiday/2027-04-05").text


def test_whoever_was_slower_sees_the_value_of_now(app: Flask, sign_in: SignIn) -> None:
    week = make_week()
    session = make_session(week, title_en="One")
    sessions.edit_session(session.code, {"title_en": "Two"}, version=1, actor=SYSTEM)
    desk, path = (
        sign_in(app),
        f"/desk/w/spring/history/session/{session.code}/{last('session', 'title_en').id}/title_en",
    )
    sessions.edit_session(session.code, {"title_en": "Three"}, version=2, actor=SYSTEM)
    late = post(desk, path, {"version": "2"})
    assert late.status_code == 422 and "别人刚改过" in late.text and "Three" in late.text
    assert 'name="version" value="3"' in late.text
    assert post(desk, path, {"version": "3"}).status_code == 303


def test_forged_addresses_find_nothing(app: Flask, sign_in: SignIn) -> None:
    week = make_week()
    session, other = make_session(week), make_session(week, "别的")
    sessions.edit_session(session.code, {"title_zh": "改题"}, version=1, actor=SYSTEM)
    mine = last("session", "title_zh").id
    desk, base = sign_in(app), "/desk/w/spring/history/session"
    good = f"{base}/{session.code}"
    assert desk.get(f"{good}/{mine}/title_zh").status_code == 200
    made = db.session.scalars(select(Revision.id).where(Revision.code == session.code, Revision.verb == "create")).one()
    bad = [f"{base}/{other.code}/{mine}/title_zh", f"{good}/{mine}/expected", f"{good}/{mine}/version"]
    bad += [
        f"{good}/{mine}/__class__",
        f"{good}/{made}/title_zh",
        f"{good}/{2**31}/title_zh",
        f"{good}/{10**20}/title_zh",
    ]
    bad += ["/desk/w/spring/history/person/x", f"/desk/history/session/{session.code}", "/desk/history/user/x"]
    bad += [f"/desk/w/nowhere/history/session/{session.code}", "/desk/w/spring/history/placement/x"]
    for path in bad:
        assert desk.get(path).status_code == 404, path
        if path.count("/") > 6:
            assert post(desk, path, {"version": "2"}).status_code == 404, path
    assert post(desk, f"{good}/{mine}/title_zh", {"version": "x" * 50}).status_code == 422
    kept = db.session.scalars(select(Session).where(Session.code == session.code)).one()
    assert (kept.title, kept.version) == (Bilingual("改题", ""), 2)


def test_who_may_only_read_sees_the_history_and_changes_nothing(app: Flask, sign_in: SignIn) -> None:
    week = make_week()
    session = make_session(week)
    sessions.edit_session(session.code, {"title_zh": "改题"}, version=1, actor=SYSTEM)
    desk, path = sign_in(app, "auditor"), f"/desk/w/spring/history/session/{session.code}"
    page = desk.get(path)
    assert page.status_code == 200 and "改题" in text_of(page.text) and "恢复旧值" not in page.text
    revision = last("session", "title_zh").id
    assert post(desk, f"{path}/{revision}/title_zh", {"version": "2"}).status_code == 404


def test_the_deleted_is_found_from_the_audit_without_its_name(app: Flask, sign_in: SignIn) -> None:
    make_week()
    person = make_person("钱示例")
    parties.delete_person(person.code, actor=SYSTEM)
    desk = sign_in(app)
    link = f"/desk/history/person/{person.code}"
    assert f'href="{link}"' in desk.get(f"/desk/audit?q={person.code}").text
    page = desk.get(link).text
    assert "这一项已经删除" in page and "已按要求清除" in page and "钱示例" not in page and "恢复旧值" not in page
    assert sign_in(app, "reader").get(link).status_code == 404


def test_an_administrator_erases_what_a_person_was_called(app: Flask, sign_in: SignIn) -> None:
    make_week()
    person = make_person("孙示例", max_per_day=2)
    parties.edit_person(person.code, {"name_zh": "匿名", "affiliation_zh": ""}, version=1, actor=SYSTEM)
    desk, path = sign_in(app), f"/desk/history/person/{person.code}"
    assert "孙示例" in desk.get(path).text
    assert post(sign_in(app, "reader"), f"/desk/people/{person.code}/oblivion").status_code == 403
    assert post(sign_in(app), f"/desk/people/{person.code}/oblivion").status_code == 303
    page = desk.get(path).text
    assert "孙示例" not in page and "示例大学" not in page and "已按要求清除" in page and "匿名" in page
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "person.forget")).one().changes == {
        "changes": 2
    }


def test_three_hundred_changes_come_in_pages_at_the_cost_of_three(
    app: Flask, sign_in: SignIn, statements: Statements
) -> None:
    week = make_week()
    session = make_session(week)
    desk, path, counted = sign_in(app), f"/desk/w/spring/history/session/{session.code}", []
    for size in (3, 297):
        with transaction():
            facts: dict[str, Any] = {"at": now(), "week_id": week.id, "actor": "system", "verb": "edit", "version": 2}
            facts |= {"subject": "session", "row_id": session.id, "code": session.code, "personal": {}}
            rows = [facts | {"changes": {"title_zh": [f"题{n}", f"题{n + 1}"]}} for n in range(size)]
            db.session.execute(insert(Revision), rows)
        desk.get(path)
        with statements() as seen:
            page = desk.get(path).text
        counted.append(len(seen))
    assert counted[0] == counted[1] < 40
    assert page.count("<li><header>") == 20 and "301 次改动" in page
    assert desk.get(f"{path}?page=16").text.count("<li><header>") == 1


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("", "新", [("新", "ins")]),
        ("旧", "", [("旧", "del")]),
        ("open to all", "open to members", [("open to ", ""), ("all", "del"), ("members", "ins")]),
        ("红", "蓝", [("红", "del"), ("蓝", "ins")]),
        ("x" * 200 + " 一", "x" * 200 + " 二", [(" … " + "x" * 29 + " ", ""), ("一", "del"), ("二", "ins")]),
    ],
)
def test_two_texts_are_compared_word_by_word(old: str, new: str, parts: list[Any]) -> None:
    assert compared(old, new) == parts


def test_long_texts_are_compared_line_by_line() -> None:
    lines = [f"第 {n} 段，说的是一些不同的话。" for n in range(900)]
    changed = [*lines[:450], "换了一段。", *lines[451:]]
    parts = compared("\n".join(lines), "\n".join(changed))
    assert [mark for _text, mark in parts] == ["", "del", "ins", ""]
    assert "换了一段" in parts[2][0] and len(parts[0][0]) < 100


def test_a_weeks_own_history_and_its_state(app: Flask, sign_in: SignIn) -> None:
    make_week()
    weeks.edit_week("spring", {"slot_min": 30, "contact_zh": "值班室"}, version=None, actor=SYSTEM)
    desk = sign_in(app)
    seen = text_of(desk.get("/desk/history/week/spring").text)
    assert "筹备 → 开放" in seen and "15 → 30" in seen and "值班室" in seen
    assert put_back(desk, "/desk/history/week/spring", "week", "slot_min").status_code == 303
