"""A lost hall from the alarm to the decision: ways side by side, one transaction, nobody decides twice or too late."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek import worker
from eventweek.audit.actors import SYSTEM, Actor, GrantValue
from eventweek.audit.models import AuditEntry
from eventweek.kernel import files
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.kernel.jobs import Job
from eventweek.programme.actions.sessions import edit_session
from eventweek.programme.models import Incident, Notice
from eventweek.programme.queries.incidents import get_incident
from eventweek.programme.queries.texts import list_public_notices
from eventweek.replanning import planning
from eventweek.replanning.actions.deciding import Choice, decide_incident
from eventweek.replanning.actions.incidents import lift_alarm, look_again
from eventweek.replanning.actions.runs import LEASE, begin_run, settle_runs, start_run
from eventweek.replanning.enums import RunState, Way
from eventweek.replanning.models import PlannerRun
from eventweek.replanning.queries.runs import list_runs
from eventweek.replanning.queries.ways import WayOut, list_ways
from eventweek.replanning.search import Failed
from eventweek.scheduling.actions import place_session, release_schedule
from eventweek.scheduling.models import Plan, Release
from eventweek.scheduling.queries import list_published
from eventweek.scheduling.queries.board import list_problems
from eventweek.scheduling.queries.drafts import find_placement
from tests.replanning.halls import MORNING, Halls, make_halls, on_the_day

COMMITTEE = Actor("committee", grants=(GrantValue("committee"),))


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with on_the_day():
        yield


@pytest.fixture
def halls(app: Flask) -> Halls:
    """Give the small week on its second day."""
    return make_halls()


def places(halls: Halls) -> dict[str, tuple[str, str, bool]]:
    """Return what the public reads of each session: local hour, short name of the room, cancelled."""
    db.session.rollback()
    names = {code: name for name, code in halls.rooms.items()}
    titles = {code: name for name, code in halls.sessions.items()}
    hour = timedelta(hours=8)
    return {
        titles[own.code]: (f"{own.start + hour:%d %H:%M}", names[own.facts["room"]["code"]], own.cancelled)
        for own in list_published(halls.id)
    }


def decide(halls: Halls, code: str, way: Way, *, actor: Actor = SYSTEM, **more: Any) -> Incident:
    seen = more.pop("seen", None) or halls.situation(code).basis
    return decide_incident(halls.id, code, Choice(way, seen, **more), actor=actor)


def count(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.database
def test_from_the_alarm_to_the_release(halls: Halls) -> None:
    before = places(halls)
    code = halls.alarm("one")
    assert [one.state for one in runs(code)] == [RunState.WAITING] * 3 and list_runs(halls.id) == []
    assert worker.work_off() == 3
    near, rooms, later, cancel = ways(halls, code)
    assert all(own.is_ready and own.can_be and own.clashes == [] for own in (near, rooms, later, cancel))
    assert {one.own.title.zh: one.room.code for one in rooms.shifts} == {
        "甲": halls.rooms["far"],
        "乙": halls.rooms["three"],
    }
    assert not any(one.is_later or one.short for one in rooms.shifts) and rooms.speakers == 1
    assert all(one.room.venue.code == halls.venues["near"] for one in near.shifts)
    assert later.shifts and all(one.is_later and one.start > one.own.start for one in later.shifts)
    assert len(cancel.gone) == 2 and not cancel.shifts
    assert places(halls) == before and count(Plan) == 1, "looking changes nothing"
    done = decide(halls, code, Way.ROOMS, note="水管爆裂")
    assert (done.way, done.release, done.decided_by) == ("rooms", 2, "system")
    assert places(halls) == before | {"甲": ("13 09:00", "far", False), "乙": ("13 14:00", "three", False)}
    release = db.session.scalars(select(Release).where(Release.number == 2)).one()
    assert release.partial and release.note == "水管爆裂"
    assert worker.work_off() == 2, "feeds are written anew, speakers are told"


@pytest.mark.database
def test_what_cannot_be_housed_is_called_off_with_the_reason(halls: Halls) -> None:
    code = halls.alarm("one", "two", "three", "far")
    worker.work_off()
    rooms = halls.way(code, Way.ROOMS)
    assert rooms.shifts == [] and len(rooms.gone) == 3 and all(one.reasons for one in rooms.gone)
    decide(halls, code, Way.CANCEL)
    assert [own.cancelled for own in list_published(halls.id)] == [True] * 3
    assert {own.reason.zh for own in list_published(halls.id)} == {"漏水"}


def test_a_notice_tells_it_to_everybody_unless_it_shall_not(halls: Halls) -> None:
    code = halls.found("one")
    done = decide(halls, code, Way.ROOMS)
    [own] = list_public_notices(halls.id, texts=True)
    assert own.code == done.notice and own.urgent and own.venue == halls.venues["near"]
    assert "一号厅" in own.title["zh"] and "2 场" in own.title["zh"] and "2 sessions change" in own.title["en"]
    assert "漏水。" in own.text["zh"] and "**甲**：地点 会展中心 一号厅 → 创新大厦 报告厅" in own.text["zh"]
    assert own.shown_until and own.shown_until > now()


def test_no_notice_where_none_is_wanted(halls: Halls) -> None:
    assert decide(halls, halls.found("one"), Way.ROOMS, tell=False).notice == "" and count(Notice) == 0


def test_others_make_way_for_who_needs_their_hall(halls: Halls) -> None:
    """丙 expects 50 in the hall of 200: it goes to the small one, 甲 with 90 takes its place."""
    halls.alarm("far")
    code = halls.found("one")
    shifts = {one.own.title.zh: one for one in halls.way(code, Way.ROOMS).shifts}
    assert shifts["甲"].room.code == halls.rooms["two"] and shifts["丙"].room.code == halls.rooms["three"]
    assert shifts["丙"].yields and not shifts["甲"].yields
    decide(halls, code, Way.ROOMS)
    assert places(halls)["丙"] == ("13 09:00", "three", False) and places(halls)["甲"] == ("13 09:00", "two", False)


def test_nothing_concerned_is_nothing_to_look_for(halls: Halls) -> None:
    code = halls.alarm("three")
    assert runs(code) == [] and halls.situation(code).lost == []
    with pytest.raises(Refusal, match=r"incident\.nothing"):
        look_again(halls.id, code, named=str, actor=SYSTEM)
    with pytest.raises(Refusal, match=r"incident\.nothing"):
        decide(halls, code, Way.CANCEL)


def test_what_is_over_is_not_concerned_and_what_is_under_way_keeps_its_time(halls: Halls) -> None:
    with travel(MORNING + timedelta(hours=1, minutes=30)):
        code = halls.found("one")
        [begun, _later] = halls.situation(code).lost
        assert begun.begun and begun.own.title.zh == "甲"
        assert all(not s.is_later for s in halls.way(code, Way.NEAR).shifts if s.own.title.zh == "甲")
    with travel(MORNING + timedelta(hours=4)):
        assert [one.own.title.zh for one in halls.situation(code).lost] == ["乙"]


@pytest.mark.database
def test_the_same_decision_twice_is_one_and_another_is_refused(halls: Halls) -> None:
    code = halls.found("one")
    seen = halls.situation(code).basis
    for _ in range(2):
        assert decide(halls, code, Way.ROOMS, seen=seen).release == 2
    assert count(Release) == 2 and count(Notice) == 1
    for other in (Way.NEAR, Way.CANCEL):
        with pytest.raises(Refusal, match=r"incident\.decided"):
            decide(halls, code, other, seen=seen)
    with pytest.raises(Refusal, match=r"incident\.decided"):
        decide(halls, code, Way.ROOMS, seen=seen, actor=COMMITTEE)
    with pytest.raises(Refusal, match=r"incident\.decided"):
        look_again(halls.id, code, named=str, actor=SYSTEM)


def test_who_decides_for_a_plan_that_has_changed_is_refused_and_looks_again(halls: Halls) -> None:
    code = halls.found("one")
    seen, session = halls.situation(code).basis, halls.session("乙")
    place = find_placement(session.id)
    assert place
    place_session(session.code, "2027-04-13T15:00", halls.rooms["three"], version=place.version, actor=SYSTEM)
    for stale in (seen, None):  # the page that was read, and the way that was found before
        with pytest.raises(Refusal, match=r"incident\.changed"):
            decide(halls, code, Way.ROOMS, seen=stale)
    assert not halls.way(code, Way.ROOMS).can_be and count(Release) == 1
    look_again(halls.id, code, named=str, actor=SYSTEM)
    worker.work_off()
    assert decide(halls, code, Way.ROOMS).release == 2


def test_another_release_makes_the_ways_stale(halls: Halls) -> None:
    code = halls.found("one")
    session = halls.session("丙")
    place = find_placement(session.id)
    assert place
    place_session(session.code, "2027-04-13T09:00", halls.rooms["far"], version=place.version, actor=SYSTEM)
    release_schedule(halls.id, actor=SYSTEM, note="", sessions=[halls.sessions["丙"]])
    with pytest.raises(Refusal, match=r"incident\.changed"):
        decide(halls, code, Way.ROOMS)


def test_what_is_refused_leaves_nothing_half_done(halls: Halls, monkeypatch: pytest.MonkeyPatch) -> None:
    """The notice is the last step; when it cannot be written, nothing has moved."""
    code, before = halls.found("one"), places(halls)
    entries = count(AuditEntry)

    def broken(*_args: object, **_more: object) -> Any:
        raise OSError("no disk")

    monkeypatch.setattr("eventweek.replanning.actions.deciding.publish_notice", broken)
    with pytest.raises(OSError, match="no disk"):
        decide(halls, code, Way.ROOMS)
    assert places(halls) == before and count(Release) == 1 and count(AuditEntry) == entries
    assert get_incident(halls.id, code).decided_at is None
    assert [one.rule for one in _problems(halls)] == ["room_lost", "room_lost"]


@pytest.mark.database
def test_of_two_who_decide_at_once_one_is_told_so(app: Flask, halls: Halls) -> None:
    code = halls.found("one")
    seen = halls.situation(code).basis
    db.session.rollback()

    def go(way: Way) -> str:
        with app.app_context():
            try:
                return str(decide_incident(halls.id, code, Choice(way, seen), actor=SYSTEM).way)
            except Refusal as refusal:
                return refusal.code
            finally:
                db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        said = [pool.submit(copy_context().run, go, way) for way in (Way.ROOMS, Way.LATER)]
        words = [one.result() for one in said]
    assert "incident.decided" in words and {"rooms", "later"} & set(words)
    assert count(Release) == 2 and count(Notice) == 1


def test_a_killed_search_decides_nothing_and_can_be_looked_for_again(
    halls: Halls, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = places(halls)

    def killed(*_args: object, **_more: object) -> Any:
        raise Failed("planner.killed")

    with monkeypatch.context() as broken:
        broken.setattr(planning, "search", killed)
        code = halls.found("one")
    assert {one.failure for one in runs(code)} == {"planner.killed"}
    assert places(halls) == before and halls.way(code, Way.CANCEL).can_be, "calling off needs no planner"
    with pytest.raises(Refusal, match=r"incident\.no_way"):
        decide(halls, code, Way.ROOMS)
    look_again(halls.id, code, named=str, actor=SYSTEM)
    worker.work_off()
    assert halls.way(code, Way.ROOMS).can_be


def test_a_lost_worker_is_settled_by_the_clock(halls: Halls) -> None:
    code = halls.alarm("one")
    assert begin_run(runs(code)[0].code, files.keep(b"{}"), "basis")
    with travel(now() + LEASE + timedelta(seconds=1)):
        assert settle_runs() == 1
    assert runs(code)[0].failure == "planner.interrupted"


def test_a_plan_of_ten_minutes_keeps_no_way_waiting(halls: Halls) -> None:
    """Both are open at once: of a week one run looks for each way, and one for none; jobs of both have lanes."""
    start_run(halls.id, mode="full", seconds=600, named=str, actor=SYSTEM)
    code = halls.alarm("one")
    look_again(halls.id, code, named=str, actor=SYSTEM)
    assert len(runs(code)) == 3, "as long as the planner looks, it is not asked again"
    names = db.session.scalars(select(Job.name).where(Job.name.in_(worker.LONG)).order_by(Job.name)).all()
    assert names == ["planner.run", *["planner.way"] * 3]


def test_what_comes_back_is_looked_for_no_more(halls: Halls) -> None:
    code = halls.alarm("one")
    for _ in range(2):
        lift_alarm(halls.id, code, actor=SYSTEM)
    assert {one.state for one in runs(code)} == {RunState.STOPPED}
    with pytest.raises(Refusal, match=r"incident\.lifted"):
        decide(halls, code, Way.CANCEL)


def test_who_may_decide(halls: Halls) -> None:
    city = Actor("city", grants=(GrantValue("city", None, "city", "220100"),))
    code = halls.alarm("one", actor=city)
    worker.work_off()
    with pytest.raises(Refusal, match=r"permission\.denied"):
        decide(halls, code, Way.ROOMS, actor=city)
    assert decide(halls, code, Way.ROOMS, actor=COMMITTEE).decided_by == "committee"
    with pytest.raises(Refusal, match=r"incident\.not_found"):
        decide_incident(halls.id, "nix", Choice(Way.ROOMS, ""), actor=COMMITTEE)


def test_a_permit_gives_way_with_the_reason(halls: Halls) -> None:
    edit_session(
        halls.sessions["甲"], {"permit_required": True, "permit_status": "approved"}, version=None, actor=SYSTEM
    )
    code = halls.found("one")
    assert [one.permit for one in halls.situation(code).lost] == [True, False]
    decide(halls, code, Way.ROOMS)
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.verb == "session.place", AuditEntry.code == halls.sessions["甲"])
    ).all()[-1]
    assert entry.changes["override"] == "漏水"


def runs(code: str) -> list[PlannerRun]:
    db.session.rollback()
    return list(db.session.scalars(select(PlannerRun).where(PlannerRun.incident == code).order_by(PlannerRun.id)))


def ways(halls: Halls, code: str) -> list[WayOut]:
    situation = halls.situation(code)
    return list_ways(halls.week, get_incident(halls.id, code), situation)


def _problems(halls: Halls) -> list[Any]:
    return list_problems(halls.week)
