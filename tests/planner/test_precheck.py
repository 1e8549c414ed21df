"""What is found before any search is certain."""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from eventweek.planner.model import build
from eventweek.planner.precheck import precheck
from eventweek.planner.problem import (
    Event,
    Kind,
    Part,
    Person,
    Pin,
    Problem,
    Relation,
    Room,
    Session,
    Setting,
    Venue,
    Wish,
)
from tests.conftest import scaled
from tests.planner.small import can_place, problems


@settings(max_examples=scaled(400), deadline=None, suppress_health_check=list(HealthCheck))
@given(problems())
def test_no_full_plan_where_something_is_found(problem):
    model = build(problem)
    for finding in precheck(model):
        assert not can_place(model, finding.sessions), finding
        assert all(finding.sentence) and all(finding.relaxation)


def _two_days(sessions, relations=(), room=None):
    return Problem(
        event=Event(start="2026-10-15", days=2, grid_min=60, day_start=540, day_end=720),
        venues=[Venue(id="v")],
        rooms=[room or Room(id="hall", venue="v", capacity=50), Room(id="den", venue="v", capacity=9)],
        people=[Person(id="p", daily_limit=1)],
        kinds=[Kind(id="k", duration=60)],
        sessions=sessions,
        relations=list(relations),
    )


def _session(name, **more):
    return Session(id=name, kind="k", **more)


@pytest.mark.parametrize(
    ("problem", "kind", "sessions", "words"),
    [
        (_two_days([_session("a", expected=60)]), "empty_domain", (0,), "rules out 2 rooms"),
        (_two_days([_session("a", windows=[(0, 30)])]), "empty_domain", (0,), "widen its windows"),
        (
            _two_days([_session(name, expected=20, windows=[(540, 720)]) for name in "abcd"]),
            "room_demand",
            (0, 1, 2, 3),
            "need 240 minutes of 180",
        ),
        (
            _two_days([_session(name, duration=120, people=[Part(id="p")], windows=[(540, 720)]) for name in "ab"]),
            "person_overlap",
            (0, 1),
            "at once",
        ),
        (_two_days([_session(name, people=[Part(id="p")]) for name in "abc"]), "person_days", (0, 1, 2), "to 2."),
        (
            _two_days(
                [_session("a", windows=[(2040, 2100)]), _session("b", windows=[(540, 600)])],
                [Relation(type="before", sessions=["a", "b"])],
            ),
            "precedence",
            (0, 1),
            "does not fit",
        ),
        (
            _two_days(
                [_session(name) for name in "abc"],
                [Relation(type="before", sessions=list(two)) for two in ("ab", "bc", "ca")],
            ),
            "precedence",
            (0, 1, 2),
            "circle",
        ),
        (
            _two_days([_session(name, pin=Pin(start=540, room="hall")) for name in "ab"]),
            "pins",
            (0, 1),
            "Free the time",
        ),
    ],
)
def test_each_kind_is_found(problem, kind, sessions, words):
    found = [one for one in precheck(build(problem)) if one.kind == kind]
    assert [tuple(sorted(one.sessions)) for one in found] == [sessions]
    assert words in found[0].sentence[1] + found[0].relaxation[1]


@pytest.mark.parametrize(
    ("rule", "fields", "words"),
    [
        ("undesired_room", {"avoids": Wish(rooms=["hall", "den"])}, "allow rooms that were to be avoided"),
        ("preferred_time", {"prefers": Wish(windows=[(0, 60)])}, "allow other times than the preferred"),
        ("late_end", {}, "let it end late"),
    ],
)
def test_a_wish_that_is_a_ban_has_its_cure(rule, fields, words):
    problem = msgspec.structs.replace(
        _two_days([_session("a", **fields)]), weights={rule: Setting(level="hard", limit=500)}
    )
    [found] = precheck(build(problem))
    assert found.kind == "empty_domain" and words in found.relaxation[1]


def test_nothing_is_found_where_there_is_a_plan():
    assert precheck(build(_two_days([_session(name) for name in "abc"]))) == []


@pytest.mark.parametrize(
    "problem",
    [
        _two_days([]),
        _two_days([_session("a", starts=[])]),
        _two_days([_session("a", windows=[])]),
        _two_days([_session("a", rooms=[])]),
        _two_days([_session("a", starts=[9 * 1440], windows=[(0, 10 * 1440)])]),
        _two_days([_session("a", duration=2000)]),
    ],
)
def test_odd_problems_are_no_trouble(problem):
    assert [one.kind for one in precheck(build(problem))] == ["empty_domain"] * len(problem.sessions)
