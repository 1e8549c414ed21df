"""The week as the planner sees it: everything the database knows, and a plan of it that an independent check passes."""

import csv
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.planner import problem as planner
from eventweek.planner.check import find_faults
from eventweek.planner.matches import find, total
from eventweek.planner.model import build
from eventweek.planner.modes import as_meant
from eventweek.planner.problem import Limits, Pin, Problem, Series, decode, encode
from eventweek.planner.search.repair import repair
from eventweek.planner.search.solve import solve
from eventweek.programme.actions.places import archive_room
from eventweek.programme.actions.sessions import cancel_session, create_series, edit_session
from eventweek.programme.models import Room, Session
from eventweek.programme.queries import find_week
from eventweek.replanning.queries.demand import demand_of
from eventweek.scheduling.actions import place_session, release_schedule
from eventweek.scheduling.models import Placement, Plan
from eventweek.scheduling.planning import Asked, Demand
from eventweek.scheduling.queries.problem import problem
from tests.factories.programme import make_person, make_room, make_session, make_venue, make_week
from tests.registration.world import book, offering_of, phone, resize

SEARCHES: dict[str, Any] = {"fill": solve, "repair": repair}
Statements = Callable[[], AbstractContextManager[list[str]]]
BEFORE = datetime(2026, 10, 1, tzinfo=UTC)


def of_demo(**asked: Any) -> Problem:
    week = find_week("jl2026")
    assert week
    plan = db.session.scalars(select(Plan.id).where(Plan.week_id == week.id, Plan.working)).one()
    return problem(week, plan, Asked(**{"demand": demand_of(week.id), "at": BEFORE, **asked}))


@pytest.mark.needs_shared
def test_the_demo_is_planned_whole_and_passes_the_independent_check(
    demo_app: Flask, shared: Path, tmp_path: Path
) -> None:
    own = of_demo()
    assert find_faults(own) == [] and decode(encode(own)) == own
    model = build(own)
    found = solve(model, Limits(iterations=20_000, seed=1))
    assert len(found.plan) == len(own.sessions) == 170
    assert total(list(find(model.terms, model.tables, found.plan)))[:2] == found.score[:2]
    assert found.score[0] == 0
    file = tmp_path / "plan.csv"
    keys = {
        code: key for table in (Session, Room) for code, key in db.session.execute(select(table.code, table.source_key))
    }
    with file.open("w") as stream:
        writer = csv.writer(stream)
        writer.writerow(["session", "room", "start", "end"])
        for s, stand in found.plan.items():
            names = own.sessions[s].id, own.rooms[stand.room].id
            writer.writerow(
                [*(keys[name].split(":", 1)[1] for name in names), *(_moment(own, m) for m in (stand.start, stand.end))]
            )
    ran = subprocess.run(
        [sys.executable, shared / "tools/jilin_check.py", shared / "data/jilin", file], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize("mode", ["fill", "repair"])
def test_what_is_published_of_the_demo_may_stay(demo_app: Flask, mode: str) -> None:
    own = of_demo(mode=mode)
    found = SEARCHES[mode](build(as_meant(own)), Limits(iterations=2_000))
    published = {one.id: one.published for one in own.sessions}
    assert (found.score[:2], found.stop) == ((0, 0), "settled")
    for s, stand in found.plan.items():
        known = published[own.sessions[s].id]
        assert known and (known.start, known.room) == (stand.start, own.rooms[stand.room].id)


class World:
    """A week in spring with two halls of the main city and one of the other."""

    def __init__(self) -> None:
        self.week = make_week()
        self.venue, far = make_venue(), make_venue("220200", "江畔会堂")
        self.halls = [make_room(self.venue, name_zh="一号厅"), make_room(self.venue, name_zh="二号厅", capacity=300)]
        self.far = make_room(far)

    def place(self, session: Session, start: str, room: Room) -> None:
        place_session(session.code, start, room.code, version=None, actor=SYSTEM)

    def read(self, **asked: Any) -> Problem:
        plan = db.session.scalar(select(Plan.id).where(Plan.week_id == self.week.id, Plan.working))
        own = problem(self.week, plan, Asked(**asked))
        assert find_faults(own) == []
        return own


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def only(own: Problem, session: Session) -> planner.Session:
    return next(one for one in own.sessions if one.id == session.code)


def test_the_week_its_places_and_its_people(world: World) -> None:
    spans = [{"day": "2027-04-13", "opens": "09:00", "closes": "12:00"}]
    there = make_person("李示例", availability=spans, max_per_day=2)
    elsewhere = make_person("外示例", availability=[{"day": "2026-05-01", "opens": "09:00", "closes": "12:00"}])
    shut = make_room(world.venue, name_zh="三号厅", closures=[{"day": "2027-04-12"}], hours=[], changeover_min=20)
    people = [{"person": there.code, "role": "speaker"}, {"person": there.code, "role": "chair"}]
    session = make_session(world.week, people=[*people, {"person": elsewhere.code, "role": "speaker"}])
    own = world.read()
    assert (own.event.id, own.event.start, own.event.days, own.event.lunch) == ("spring", "2027-04-12", 5, (720, 780))
    assert [(way.between, way.minutes) for way in own.travel.journeys] == [(("220100", "220200"), 60)]
    assert {one.id: (one.windows, one.daily_limit) for one in own.people}[there.code] == ([(1980, 2160)], 2)
    assert {one.id: one.windows for one in own.people}[elsewhere.code] is None
    rooms = {room.id: room for room in own.rooms}
    assert rooms[shut.code].open == [(n * 1440, (n + 1) * 1440) for n in (1, 2, 3, 4)] and rooms[shut.code].buffer == 20
    assert rooms[world.halls[0].code].open == [(n * 1440 + 510, n * 1440 + 1260) for n in range(5)]
    assert sorted(part.id for part in only(own, session).people) == sorted([there.code, elsewhere.code])


def test_where_and_when_a_session_may_stand(world: World) -> None:
    near = make_session(world.week, "近")
    free = make_session(world.week, "随处", city=None, days=["2027-04-14"], earliest="13:00", latest_end="17:00")
    lost = make_session(world.week, "无处", venues=[make_venue(name="还没有厅的场馆").code])
    archive_room(world.halls[0].code, actor=SYSTEM)
    own = world.read()
    assert only(own, near).rooms == [world.halls[1].code]
    assert only(own, free).rooms == [world.halls[1].code, world.far.code]
    assert only(own, free).windows == [(2880 + 780, 2880 + 1020)]
    assert only(own, lost).rooms is None and len(only(own, lost).features) == 1
    model = build(own)
    assert len(solve(model, Limits(iterations=200)).plan) == 2


def test_pins_come_from_the_session_and_from_the_plan(world: World) -> None:
    fixed = make_session(world.week, "固定", fixed_start="2027-04-12T21:30", fixed_room=world.far.code)
    pinned, moves = make_session(world.week, "钉住"), make_session(world.week, "不钉")
    for session in (pinned, moves):
        world.place(session, "2027-04-13T09:00", world.halls[0])
    with transaction():
        db.session.scalars(select(Placement).where(Placement.session_id == pinned.id)).one().pin_room = True
    own = world.read()
    assert only(own, fixed).pin == Pin(start=1290, room=world.far.code)
    assert (1290, 1290 + 150) in (only(own, fixed).windows or []) and world.far.code in (only(own, fixed).rooms or [])
    assert only(own, pinned).pin == Pin(room=world.halls[0].code) and only(own, moves).pin is None


def test_relations_and_series(world: World) -> None:
    one, two, three, off = (make_session(world.week, name) for name in "甲乙丙丁")
    ties = [{"other": one.code, "kind": "after", "min_gap_min": 30}, {"other": off.code, "kind": "after"}]
    edit_session(two.code, {"relations": ties}, version=None, actor=SYSTEM)
    edit_session(three.code, {"relations": [{"other": one.code, "kind": "sync_with"}]}, version=None, actor=SYSTEM)
    cancel_session(off.code, actor=SYSTEM, reason=Bilingual("停电", ""))
    for kind in ("linked", "exclusive", "tour"):
        both = [{"session": one.code, "position": 1}, {"session": two.code, "position": 2}]
        create_series(world.week.id, {"code": kind, "name_zh": kind, "kind": kind, "members": both}, actor=SYSTEM)
    own = world.read()
    assert [(tie.type, tie.sessions, tie.min_lag) for tie in own.relations] == [
        ("before", [one.code, two.code], 30),
        ("same_start", [one.code, three.code], 0),
        ("not_parallel", [one.code, two.code], 0),
    ]
    assert [only(own, each).series for each in (one, two)] == [Series(id="linked", index=n) for n in (1, 2)]
    assert only(own, two).team == "tour" and off.code not in {each.id for each in own.sessions}


def test_a_long_list_asks_for_the_largest_room_until_the_place_is_published(world: World) -> None:
    session = make_session(world.week)
    world.place(session, "2027-04-13T09:00", world.halls[0])
    asked = {"demand": {session.id: Demand(95, 900)}}
    assert (only(world.read(**asked), session).expected, only(world.read(**asked), session).registered) == (300, 95)
    release_schedule(world.week.id, actor=SYSTEM, note="")
    assert [only(world.read(**asked, mode=mode), session).expected for mode in ("full", "fill", "repair")] == [
        300,
        80,
        80,
    ]
    published = only(world.read(), session).published
    assert published and (published.start, published.room) == (1440 + 540, world.halls[0].code)


def test_what_has_begun_stays_and_nothing_is_planned_into_the_past(world: World) -> None:
    begun, ahead, late = (make_session(world.week, name) for name in "甲乙丙")
    edit_session(late.code, {"days": ["2027-04-12"]}, version=None, actor=SYSTEM)
    for session, start in ((begun, "2027-04-13T09:00"), (ahead, "2027-04-14T09:00")):
        world.place(session, start, world.halls[0])
    release_schedule(world.week.id, actor=SYSTEM, note="")
    own = world.read(at=datetime(2027, 4, 13, 2, tzinfo=UTC))
    assert [only(own, each).locked for each in (begun, ahead, late)] == [True, False, False]
    assert min(only(own, ahead).windows or []) == (1440 + 600, 1440 + 1050)
    plan = solve(build(own), Limits(iterations=200)).plan
    assert {own.sessions[s].id for s in plan} == {begun.code, ahead.code}


@pytest.mark.parametrize(("mode", "hour"), [("full", 2), ("fill", 0)], ids=["begun", "kept in fill"])
def test_what_stays_may_stay_whatever_its_wishes_say_now(world: World, mode: str, hour: int) -> None:
    session = make_session(world.week)
    world.place(session, "2027-04-13T09:00", world.halls[0])
    release_schedule(world.week.id, actor=SYSTEM, note="")
    edit_session(session.code, {"earliest": "13:00", "city": "220200"}, version=None, actor=SYSTEM)
    own = world.read(mode=mode, at=datetime(2027, 4, 13, hour, tzinfo=UTC))
    [stand] = solve(build(as_meant(own)), Limits(iterations=200)).plan.values()
    assert (stand.start, own.rooms[stand.room].id) == (1440 + 540, world.halls[0].code)


def test_demand_counts_the_seats_of_the_room(demo_app: Flask, before_the_week: None) -> None:
    week = find_week("jl2026")
    assert week
    offering = offering_of("rs-ei-2")
    session = offering.sessions[0].session_id
    book(offering.code, seats=3)
    assert demand_of(week.id)[session] == Demand(3, 0)
    resize(offering.code, 3)
    book(offering.code, phone=phone(2), seats=2)
    assert demand_of(week.id)[session] == Demand(3, 2)


def test_one_count_of_statements_whatever_the_size(world: World, statements: Statements) -> None:
    def counted() -> int:
        db.session.expire_all()
        with statements() as seen:
            world.read(demand=demand_of(world.week.id))
        return len(seen)

    make_session(world.week)
    before = counted()
    for n in range(5):
        make_session(world.week, f"第{n}场", people=[{"person": make_person(f"人{n}").code, "role": "speaker"}])
        make_room(world.venue, name_zh=f"{n}厅")
    assert counted() == before


def _moment(own: Problem, minute: int) -> str:
    return (datetime.fromisoformat(own.event.start) + timedelta(minutes=minute)).isoformat(timespec="minutes")
