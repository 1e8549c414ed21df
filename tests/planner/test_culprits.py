"""Sets of culprits are what they claim: proven by trying every placement."""

import pytest
from hypothesis import HealthCheck, given, settings

from eventweek.planner.culprits import culprits
from eventweek.planner.exact import Prover
from eventweek.planner.matches import Stand
from eventweek.planner.model import build
from eventweek.planner.problem import Event, Kind, Pin, Problem, Relation, Room, Session, Venue
from tests.conftest import scaled
from tests.planner.small import can_place, greedy, problems

SLOW = settings(max_examples=scaled(150), deadline=None, suppress_health_check=list(HealthCheck))
SECONDS = 60.0


@SLOW
@given(problems())
def test_each_set_is_impossible_and_minimal(problem):
    model = build(problem)
    plan = greedy(model)
    found = culprits(model, plan, SECONDS)
    assert not found.unfinished
    for one in found:
        assert not can_place(model, one.sessions)
        assert all(can_place(model, [t for t in one.sessions if t != s]) for s in one.sessions)
        assert one.relaxation and all(one.relaxation) and all(one.sentence)
    without = set(range(model.size)) - plan.keys()
    assert without <= {s for one in found for s in one.sessions} | set(found.placeable)


@SLOW
@given(problems())
def test_the_exact_model_agrees_with_trying(problem):
    model = build(problem)
    prover = Prover(model)
    for sessions in ([0, 1], [1, 2, 3], list(range(model.size))):
        assert (prover.place(sessions, SECONDS) is not None) == can_place(model, sessions)


def _hall(sessions, relations=(), **event):
    return Problem(
        event=Event(start="2026-10-15", days=1, grid_min=60, day_start=540, day_end=720, **event),
        venues=[Venue(id="v")],
        rooms=[Room(id="hall", venue="v", capacity=50)],
        kinds=[Kind(id="k", duration=60)],
        sessions=sessions,
        relations=list(relations),
    )


@pytest.mark.parametrize(
    ("sessions", "relations", "rules", "cure"),
    [
        ([Session(id="a", kind="k", expected=90)], [], ("capacity",), "Lower the expected audience of “a” to 50."),
        ([Session(id="a", kind="k", features=["x"])], [], ("feature_missing",), "Drop “x” from what “a” needs."),
        (
            [Session(id=name, kind="k", pin=Pin(start=600)) for name in "ab"],
            [],
            ("pin", "room_overlap"),
            "Free the start of “b”.",
        ),
        (
            [Session(id=name, kind="k") for name in "ab"],
            [Relation(type="before", sessions=["a", "b"], min_lag=120)],
            ("precedence",),
            "Drop the demand “one before the other” between “a”, “b”.",
        ),
    ],
)
def test_rules_and_cheapest_cure(sessions, relations, rules, cure):
    [one] = culprits(build(_hall(sessions, relations)), {}, SECONDS)
    assert (one.rules, one.relaxation[1]) == (rules, cure)


def test_one_session_too_many_makes_a_set_of_all():
    model = build(_hall([Session(id=name, kind="k") for name in "abcd"]))
    plan = {s: Stand(540 + 60 * s, 600 + 60 * s, 0) for s in range(3)}
    [one] = culprits(model, plan, SECONDS)
    assert one.sessions == (0, 1, 2, 3)


def test_what_was_left_out_without_need_is_named():
    model = build(_hall([Session(id=name, kind="k") for name in "ab"]))
    found = culprits(model, {}, SECONDS)
    assert (list(found), found.placeable) == ([], [0, 1])


def test_time_that_is_over_is_said():
    model = build(_hall([Session(id=name, kind="k") for name in "abcd"]))
    assert culprits(model, {}, 0.0).unfinished == [0, 1, 2, 3]


def test_the_same_question_has_the_same_answer():
    model = build(_hall([Session(id=name, kind="k") for name in "abcde"]))
    assert culprits(model, {}, SECONDS) == culprits(model, {}, SECONDS)
