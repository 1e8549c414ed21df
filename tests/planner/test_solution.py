"""What is written down of a plan: its price, its reasons, what changes for the public; the same bytes every time."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventweek.planner.check import check
from eventweek.planner.constraints import RULES
from eventweek.planner.filed import plan_of, read_plan, strays
from eventweek.planner.matches import Plan, Stand
from eventweek.planner.model import Model, build
from eventweek.planner.modes import as_meant
from eventweek.planner.problem import BadProblem, Limits, Problem, decode, encode
from eventweek.planner.search.repair import repair
from eventweek.planner.search.solve import solve
from eventweek.planner.solution import Alternative, Log, Solution, describe, hash_of, score_of
from eventweek.planner.week import Week
from tests.planner.problems import SPOILT, small, spoilt
from tools.build_planner_schema import DOCS, SCHEMAS, written

LOG = Log(seed=0, iterations=0, stop_reason="iterations", input_hash="", mode="full")
HALL, LAB = 0, 1
ALL: Plan = {
    0: Stand(540, 600, HALL),
    1: Stand(600, 660, HALL),
    2: Stand(630, 720, LAB),
    3: Stand(1980, 2040, HALL),
}


def described(plan: Plan, **changes: object) -> Solution:
    return describe(build(small(**changes)), plan, LOG)


def solved(problem: Problem) -> tuple[Model, Solution]:
    model = build(as_meant(problem))
    found = solve(model, Limits(iterations=500))
    return model, describe(model, found.plan, LOG)


def test_a_plan_is_priced_by_its_matches() -> None:
    found = described({**ALL, 1: Stand(570, 630, LAB)})
    sums = dict.fromkeys(("hard", "medium", "soft"), 0)
    for match in found.matches:
        sums[match.level] += match.weight * match.magnitude
    assert msgspec.structs.asdict(found.score) == sums and found.score.hard > 0
    assert {"person_overlap", "precedence", "published_time"} <= {match.rule for match in found.matches}


def test_a_match_names_sessions_people_and_rooms() -> None:
    (found,) = (one for one in described({**ALL, 1: Stand(570, 630, LAB)}).matches if one.rule == "person_overlap")
    assert (found.sessions, found.people, found.rooms) == (["s1", "s2"], ["li"], ["hall", "lab"])
    assert (found.sentence_zh, found.sentence_en) == (
        "李明同时在“启动仪式”、“论坛”。",
        "李明 would be in “启动仪式”, “论坛” at once.",
    )


def test_everything_stands_in_a_fixed_order() -> None:
    plan = {**ALL, 1: Stand(570, 630, LAB)}
    one, two = described(plan), described(dict(reversed(plan.items())))
    assert encode(one) == encode(two)
    assert [place.start for place in one.assignments] == sorted(place.start for place in one.assignments)
    order = [rule.code for rule in RULES]
    keys = [(("hard", "medium", "soft").index(m.level), order.index(m.rule), m.sessions) for m in one.matches]
    assert keys == sorted(keys)


def test_each_session_has_its_share() -> None:
    shares = {share.id: share for share in described({**ALL, 1: Stand(540, 600, LAB)}).per_session}
    assert list(shares) == ["s1", "s2", "s3", "s4"]
    assert "person_overlap" in shares["s1"].rules and shares["s1"].hard > 0 and shares["s4"].hard == 0


def test_what_the_public_must_be_told() -> None:
    found = described(ALL)
    assert [(m.id, m.before, m.after, m.registered) for m in found.diff.moved_time] == [("s3", 600, 630, 30)]
    assert (found.diff.moved_room, found.diff.removed, found.diff.people) == ([], [], 30)
    found = described({**ALL, 2: Stand(600, 690, HALL)})
    assert [(m.id, m.before, m.after) for m in found.diff.moved_room] == [("s3", "lab", "hall")]
    assert described({**ALL, 2: Stand(600, 690, LAB)}).diff.people == 0


def test_one_who_moves_in_time_and_room_is_told_once() -> None:
    assert described({**ALL, 2: Stand(630, 720, HALL)}).diff.people == 30


def test_a_published_session_without_a_place_is_told() -> None:
    found = described({s: stand for s, stand in ALL.items() if s != 2})
    assert (found.diff.removed, found.diff.people, [one.id for one in found.unplaced]) == (["s3"], 30, ["s3"])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sessions__3__expected": 900}, ["rules out 2 of 2 rooms", "“s4” has no room left at all."]),
        ({"sessions__3__windows": [[540, 570]]}, ["rules out 36 of 36 starts", "has no start left at all."]),
        ({}, ["has 68 places left (a start in a room), but each collides."]),
        (
            {"sessions__3__rooms": ["hall"], "sessions__3__windows": [[540, 720]], "rooms__0__open": [[630, 690]]},
            ["“Opening hours of the room” rules out 4 of the 5 places in the rest.", "has 1 place left"],
        ),
    ],
)
def test_the_unplaced_say_why(changes: dict[str, object], said: list[str]) -> None:
    (left,) = described({s: stand for s, stand in ALL.items() if s != 3}, **changes).unplaced
    english = " ".join(reason.sentence_en for reason in left.reasons)
    assert left.id == "s4" and [part for part in said if part not in english] == [], english


def test_the_dearest_unplaced_come_first() -> None:
    found = described({}, sessions__2__priority=5)
    assert [one.id for one in found.unplaced] == ["s3", "s1", "s2", "s4"]


def test_better_places_are_written_where_somebody_knows_them() -> None:
    other = Alternative(room="lab", start=600, hard=0, medium=-30_000, soft=2)
    found = describe(build(small()), {}, LOG, {3: [other]})
    assert next(one for one in found.unplaced if one.id == "s4").best_alternatives == [other]


def test_the_hash_is_of_what_a_problem_says() -> None:
    same = msgspec.json.decode(msgspec.json.encode(dict(reversed(spoilt().items()))), type=Problem)
    assert hash_of(same) == hash_of(small()) != hash_of(small(event__days=3))


def test_a_search_keeps_pins_and_what_is_published_in_fill_mode() -> None:
    """s3 may stand better elsewhere, and stays."""
    model, found = solved(small(mode="fill", sessions__2__published={"start": 1020 - 30, "room": "lab"}))
    places = {place.session: (place.room, place.start) for place in found.assignments}
    assert places["s1"] == ("hall", 540) and places["s3"] == ("lab", 990)
    assert found.score.hard == 0 and found.diff.people == 0
    filed = read_plan(encode(found))
    assert strays(model.week, filed.assignments) == [] and filed.score == found.score


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ({"session": "s1", "room": "hall", "start": 600}, "is to stay at 540, but starts at 600"),
        ({"session": "s1", "room": "lab", "start": 540}, "is to stay in room “主会堂”, but stands in “实验室”"),
        ({"session": "s2", "room": "lab", "start": 605}, "neither on the grid nor among its `starts`"),
        ({"session": "s2", "room": "lab", "start": 90_000}, "stands outside of the event's days"),
        ({"session": "s2", "room": "lab", "start": -30}, "stands outside of the event's days"),
    ],
)
def test_what_no_search_would_do_is_told(place: dict[str, object], said: str) -> None:
    week = Week(small())
    filed = read_plan(msgspec.json.encode({"assignments": [place]}))
    ((_, english),) = strays(week, filed.assignments)
    assert said in english and len(plan_of(week, filed.assignments)) == (said.count("days") == 0)


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ([{"session": "s0", "room": "lab", "start": 600}], "$.assignments[0].session: the problem has no session “s0”"),
        ([{"session": "s1", "room": "lap", "start": 600}], "$.assignments[0].room: the problem has no room “lap”"),
        ([{"session": "s1", "room": "lab", "start": 600}] * 2, "session “s1” is placed 2 times"),
    ],
)
def test_a_plan_of_another_problem_is_refused(places: list[dict[str, object]], said: str) -> None:
    with pytest.raises(BadProblem, match="assignments") as caught:
        plan_of(Week(small()), read_plan(msgspec.json.encode({"assignments": places})).assignments)
    assert said in str(caught.value)


def test_a_plan_of_another_format_is_refused() -> None:
    with pytest.raises(BadProblem, match="only “eventweek-solution/1” can be read"):
        read_plan(b'{"format": "eventweek-planner/1", "assignments": []}')


@given(SPOILT, st.sampled_from(["full", "fill", "repair"]))
@settings(max_examples=60, deadline=None)
def test_whatever_can_be_planned_is_told_as_it_was_found(raw: dict[str, Any], mode: str) -> None:
    try:
        problem = decode(json.dumps({**raw, "mode": mode}))
        check(problem)
    except BadProblem:
        return
    model = build(as_meant(problem))
    found = (repair if mode == "repair" else solve)(model, Limits(iterations=60))
    told = describe(model, found.plan, LOG)
    assert told.score == score_of(found.score) and told.score.hard == 0
    filed = read_plan(encode(told))
    assert strays(model.week, filed.assignments) == [] and plan_of(model.week, filed.assignments) == found.plan


SEARCH = """
import sys
from eventweek.planner.model import build
from eventweek.planner.modes import as_meant
from eventweek.planner.problem import Limits, decode, encode
from eventweek.planner.search.solve import solve
from eventweek.planner.solution import Log, describe, hash_of
problem = decode(sys.stdin.buffer.read())
model = build(as_meant(problem))
found = solve(model, Limits(iterations=3000, seed=7))
log = Log(seed=7, iterations=found.iterations, stop_reason=found.stop, input_hash=hash_of(problem), mode="full")
sys.stdout.buffer.write(encode(describe(model, found.plan, log)))
"""


def test_the_same_search_writes_the_same_bytes_in_every_process() -> None:
    """Python's hashes of texts differ from process to process; nothing may follow their order."""
    tags = {"theme": ["ai", "bio", "opto"], "sector": ["x", "y"], "content": ["c"], "audience": ["all", "young"]}
    people = [[{"id": "wu"}], []]
    sessions = [{"id": f"t{n}", "kind": "talk", "tags": tags, "people": people[n % 2]} for n in range(17)]
    problem = encode(small(sessions=[*spoilt()["sessions"], *sessions]))
    written = set()
    for seed in ("1", "20"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])}
        ran = subprocess.run([sys.executable, "-c", SEARCH], input=problem, env=env, capture_output=True, check=True)
        written.add(ran.stdout)
    assert len(written) == 1 and b"theme_overlap" in written.pop()


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schemas_are_fresh(name: str) -> None:
    """`python -m tools.build_planner_schema` was run after the last change."""
    assert (DOCS / name).read_text(encoding="utf-8") == written(SCHEMAS[name])
