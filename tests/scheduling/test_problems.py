"""The rules of a plan: a breach of each, the demo without any; the independent checker agrees on random plans."""

import importlib.util
import random
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from eventweek.demo.source import read
from eventweek.kernel.clock import now
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.language import say
from eventweek.language.scheduling import SENTENCES
from eventweek.programme.models import Room, Session
from eventweek.programme.queries import find_week
from eventweek.scheduling.models import Placement
from eventweek.scheduling.problems import PersonFacts, Placed, RoomFacts, WeekFacts, clashes, problems
from eventweek.scheduling.queries import board
from eventweek.scheduling.queries.lines import list_lines
from eventweek.scheduling.queries.remembered import working
from tests.conftest import scaled

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2027, 4, 13)
NINE = datetime(2027, 4, 13, 9, tzinfo=ZONE)
HALL = RoomFacts("hall", Bilingual("大厅", ""), "hub", "cc", 100, frozenset({"stage"}), ((None, "08:30", "21:00"),))
FAR = replace(HALL, code="far", venue="inn", city="jl")
WANG = PersonFacts("wang", Bilingual("王", "Wang"), max_per_day=1)
WEEK = WeekFacts(frozenset({DAY, date(2027, 4, 14)}), ("12:00", "13:00"), 15, 45, {frozenset({"cc", "jl"}): 60})


def at(code: str, start: int = 0, minutes: int = 60, room: RoomFacts = HALL, **facts: Any) -> Placed:
    begins = NINE + timedelta(minutes=start)
    return Placed(code, Bilingual(code, ""), begins, begins + timedelta(minutes=minutes), room, **facts)


def found(*plan: Placed) -> set[tuple[str, tuple[str, ...]]]:
    return {(problem.rule, problem.sessions) for problem in problems(WEEK, plan)}


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"days": frozenset({date(2027, 4, 14)})}, "day"),
        ({"earliest": "09:30"}, "hours"),
        ({"latest_end": "09:30"}, "hours"),
        ({"start": 150, "may_span_lunch": False}, "lunch"),
        ({"start": 24 * 60 * 9}, "day"),
        ({"room": replace(HALL, closures=frozenset({DAY}))}, "room_closed"),
        ({"start": -60}, "room_hours"),
        ({"start": 11 * 60, "minutes": 300}, "room_hours"),
        ({"expected": 101}, "capacity"),
        ({"features": frozenset({"stage", "booths"})}, "features"),
        ({"city": "jl"}, "place"),
        ({"venues": frozenset({"inn"})}, "place"),
        ({"fixed_start": NINE + timedelta(hours=1)}, "fixed"),
        ({"fixed_room": "far"}, "fixed"),
        ({"people": (replace(WANG, spans=((DAY, "10:00", "12:00"),)),)}, "person_away"),
    ],
)
def test_a_session_that_breaks_one_rule_alone_is_told_that_rule(facts: dict[str, Any], rule: str) -> None:
    assert found(at("a")) == set()
    assert found(at("a", **facts)) == {(rule, ("a",))}


@pytest.mark.parametrize(
    ("one", "two", "rules"),
    [
        (at("a"), at("b", 59), {"room_overlap"}),
        (at("a", changeover=30), at("b", 89), {"changeover"}),
        (at("a", changeover=30), at("b", 90), set()),
        (at("a", people=(WANG,)), at("b", 30, room=FAR, people=(WANG,)), {"person_overlap", "person_daily"}),
        (at("a", people=(WANG,)), at("b", 119, room=FAR, people=(WANG,)), {"travel", "person_daily"}),
        (at("a", people=(WANG,)), at("b", 120, room=FAR, people=(WANG,)), {"person_daily"}),
        (at("a"), at("b", 30, room=replace(HALL, code="side"), plenary=True), {"plenary"}),
        (at("a", family="show"), at("b", 30, room=replace(HALL, code="side"), plenary=True), set()),
        (at("a", after=(("b", 0),)), at("b", 60), {"order"}),
        (at("a"), at("b", 90, after=(("a", 30),)), set()),
        (at("a", together=frozenset({"b"})), at("b", 60), {"together"}),
        (
            at("a", series=(("s", "exclusive", 0),)),
            at("b", 30, room=FAR, series=(("s", "exclusive", 0),)),
            {"exclusive"},
        ),
        (at("a", series=(("s", "tour", 0),)), at("b", 300, room=FAR, series=(("s", "tour", 0),)), {"tour"}),
        (at("a", series=(("s", "linked", 1),)), at("b", 1440, series=(("s", "linked", 2),)), set()),
        (at("a", series=(("s", "linked", 1),)), at("b", 1470, series=(("s", "linked", 2),)), {"linked"}),
    ],
)
def test_two_sessions_are_told_what_stands_between_them(one: Placed, two: Placed, rules: set[str]) -> None:
    assert {rule for rule, _sessions in found(one, two)} == rules == {rule for rule, _sessions in found(two, one)}


slots = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 4), st.sampled_from("xy"), st.integers(0, 2)), max_size=8)


@given(slots)
def test_gaps_in_a_room_are_those_that_comparing_every_pair_finds(entries: list[tuple[int, int, str, int]]) -> None:
    plan = [
        at(str(n), start * 10, minutes * 10, replace(HALL, code=room), changeover=gap * 10)
        for n, (start, minutes, room, gap) in enumerate(entries)
    ]
    wanted = set()
    for n, one in enumerate(plan):
        for two in plan[n + 1 :]:
            first, second = sorted((one, two), key=lambda p: (p.start, p.code))
            gap = timedelta(minutes=max(one.changeover, two.changeover))
            if one.room.code == two.room.code and second.start < first.end + gap:
                rule = "room_overlap" if second.start < first.end else "changeover"
                wanted.add((rule, (first.code, second.code)))
    assert found(*plan) == wanted


def test_every_rule_has_its_sentence_and_says_names_in_the_readers_language(app: Flask) -> None:
    facts = problems(WEEK, [at("a", people=(WANG,)), at("b", 30, room=FAR, people=(WANG,))])[0]
    with app.test_request_context(), force_locale("en"):
        assert say(facts.code, facts.facts).startswith('Wang is in "a" and "b"')
    source = Path(problems.__code__.co_filename).read_text(encoding="utf-8")
    rules = {code.removeprefix("problem.") for code in SENTENCES if code.startswith("problem.")}
    assert {rule for rule in rules if f'"{rule}"' not in source} == set()


@pytest.mark.database
def test_the_demo_has_no_problem_and_a_move_is_judged_before_it_is_made(demo_app: Flask, statements: Any) -> None:
    week = find_week("jl2026")
    assert week is not None
    db.session.expire_all()
    week.code, week.days  # noqa: B018
    with statements() as seen:
        assert [problem.rule for problem in board.list_problems(week)] == []
    assert len(seen) <= 15
    with statements() as again:
        assert board.list_problems(week) == []
    assert len(again) == 2
    session = db.session.scalars(select(Session).where(Session.source_key == "demo:congress")).one()
    room = db.session.scalars(select(Room).where(Room.source_key == "demo:r-hub-201")).one()
    judged = board.list_problems_at(week, session, datetime(2026, 10, 17, 11, tzinfo=ZONE), room)
    assert {"capacity", "lunch"} <= {problem.rule for problem in judged}


RULES = {
    "H1.capacity": "capacity",
    "H2.features": "features",
    "H3.date": "day",
    "H3.own_earliest": "hours",
    "H3.own_latest": "hours",
    "H3.kind_earliest": "hours",
    "H3.kind_latest": "hours",
    "H3.lunch": "lunch",
    "H3.room_closed": "room_closed",
    "H3.room_hours": "room_hours",
    "H4.overlap": "room_overlap",
    "H4.changeover": "changeover",
    "H5.overlap": "person_overlap",
    "H5.travel": "travel",
    "H6.available": "person_away",
    "H6.max_per_day": "person_daily",
    "H7.order": "order",
    "H7.gap": "order",
    "H8.plenary": "plenary",
    "H10.room": "fixed",
    "H10.start": "fixed",
    "H11.cities": "tour",
    "H12.overlap": "exclusive",
    "PLACE.city": "place",
    "PLACE.site": "place",
}


@pytest.mark.needs_shared
def test_the_independent_checker_finds_the_same_in_random_plans(demo_app: Flask, shared: Path) -> None:
    checker = _checker(shared)
    judge = checker.Week(read("event.json"), read("venues.json")["sites"], read("people.json"), read("sessions.json"))
    week = find_week("jl2026")
    assert week is not None
    now = working(week)
    facts, plan = now.frame.week, {p.code: p for p in now.frame.placed(now.spots)}
    rooms = {r.source_key.removeprefix("demo:"): now.frame.rooms[r.id] for r in db.session.scalars(select(Room))}
    names = {s.code: s.source_key.removeprefix("demo:") for s in db.session.scalars(select(Session))}
    called = {facts_.code: key for key, facts_ in rooms.items()}
    chance = random.Random(7)
    for _round in range(scaled(60)):
        moved = dict(plan)
        for code in chance.sample(sorted(moved), 25):
            old = moved[code]
            start = old.start + timedelta(minutes=30 * chance.randint(-4, 4), days=chance.randint(-1, 1))
            room = rooms[chance.choice(sorted(rooms))] if chance.random() < 0.5 else old.room
            moved[code] = replace(old, start=start, end=start + (old.end - old.start), room=room)
        rows = [_row(p, names, called) for p in moved.values()]
        theirs = {
            (RULES[v.rule], frozenset(v.sessions))
            for v in checker.violations(checker.check(judge, rows))
            if v.rule in RULES
        }
        ours = {
            (p.rule, frozenset(names[code] for code in p.sessions))
            for p in problems(facts, moved.values())
            if p.rule in RULES.values()
        }
        assert ours == theirs


def _row(placed: Placed, names: dict[str, str], called: dict[str, str]) -> dict[str, str]:
    start, end = (t.strftime("%Y-%m-%dT%H:%M") for t in (placed.start, placed.end))
    return {"session": names[placed.code], "room": called[placed.room.code], "start": start, "end": end}


def _checker(shared: Path) -> Any:
    spec = importlib.util.spec_from_file_location("jilin_check", shared / "tools" / "jilin_check.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["jilin_check"] = module
    spec.loader.exec_module(module)
    return module


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12), st.booleans(), st.booleans()), max_size=12))
def test_clashes_are_the_problems_that_block(drawn: list[tuple[int, int, bool, bool]]) -> None:
    """They need less of a session: no changeover, no way from hall to hall, no more of a person than who it is."""
    plan = [
        at(f"s{n}", start * 15, length * 15, room=HALL if near else FAR, changeover=30, people=(WANG,) if led else ())
        for n, (start, length, near, led) in enumerate(drawn)
    ]
    bare = [Placed(p.code, p.title, p.start, p.end, replace(p.room, venue="", city=""), people=p.people) for p in plan]
    assert clashes(bare) == [problem for problem in problems(WEEK, plan) if problem.level.stops]


def test_the_lines_of_a_week_clash_where_its_plan_is_blocked(demo_app: Flask) -> None:
    """Everything of one day is crowded into two halls; a cancelled session is in nobody's way."""
    week = find_week("jl2026")
    assert week
    with transaction():
        placements = db.session.scalars(select(Placement).order_by(Placement.session_id).limit(40)).all()
        halls = [placements[0].room_id, placements[1].room_id]
        for number, placement in enumerate(placements):
            placement.room_id, placement.start = halls[number % 2], placements[0].start + timedelta(minutes=number * 20)
        placements[3].session.cancelled_at = now()
    blocking = [problem for problem in board.list_problems(week) if problem.level.stops]
    assert {problem.rule for problem in blocking} == {"room_overlap", "person_overlap"}
    assert board.list_clashes(week.id, list_lines(week.id)) == blocking
