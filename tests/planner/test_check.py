"""Everything that makes a problem unplannable as written is named, with its cure."""

import json
from typing import Any

import pytest
from hypothesis import given, settings

from eventweek.planner.check import check, find_faults
from eventweek.planner.model import build
from eventweek.planner.modes import as_meant
from eventweek.planner.problem import BadProblem, decode
from tests.planner.problems import SMALL, SPOILT, small

RING = [{"type": "before", "sessions": pair} for pair in (["s1", "s2"], ["s2", "s3"], ["s3", "s1"])]
TWO_RINGS = [{"type": "before", "sessions": pair} for pair in (["s1", "s2"], ["s2", "s1"], ["s3", "s4"], ["s4", "s3"])]
STRICT = [{**SMALL["sessions"][0], "id": f"c{n}", "pin": None, "series": {"id": "camp", "index": n}} for n in range(3)]

FAULTS: list[tuple[dict[str, Any], list[str]]] = [
    ({"sessions": [], "relations": []}, ["no sessions"]),
    ({"event__days": 0}, ["The event has no day"]),
    ({"event__days": 400}, ["400 days"]),
    ({"event__grid_min": 0}, ["The event has grid_min 0. Give a number from 1"]),
    ({"event__grid_min": 25}, ["25 minutes does not divide a day"]),
    ({"event__day_end": 540, "sessions__0__pin": None}, ["The day ends (event.day_end, 540) before"]),
    ({"event__start": "15.10.2026"}, ["“15.10.2026” is no date. Write it like 2026-10-15"]),
    ({"event__start": "2026-02-30"}, ["“2026-02-30” is no date"]),
    ({"event__tz": "Asia/Shangai"}, ["Did you mean “Asia/Shanghai”"]),
    ({"event__lunch": [780, 720]}, ["The event has a window (lunch) [780, 720]"]),
    ({"rooms__0__id": "lab", "sessions__0__pin": None}, ["The id “lab” is used for 2 rooms", "“hall”"]),
    ({"rooms__0__venue": "hup"}, ["Room “主会堂” (hall) names venue “hup” in venue", "Did you mean “hub”"]),
    ({"rooms__0__capacity": -5}, ["Room “主会堂” (hall) has capacity -5. Give a number from 0"]),
    ({"rooms__0__capacity": 10**12}, ["capacity 1000000000000"]),
    ({"rooms__0__open": []}, ["Room “主会堂” (hall) has no hours during the event"]),
    ({"rooms__0__open": [[5000, 6000]]}, ["has no hours during the event"]),
    ({"rooms__0__open": [[540, 540]]}, ["[540, 540] whose end is not after its start"]),
    ({"venues__0__city": "jl"}, ["Venue “双创中心” (hub) names city “jl”"]),
    ({"travel__journeys": [{"between": ["cc", "moon"], "minutes": 9}]}, ["A journey (travel.journeys) names “moon”"]),
    ({"travel__same_city": -1}, ["Travel has same_city -1"]),
    ({"pools__0__quantity": -1}, ["Pool “booth” has quantity -1"]),
    ({"people__0__windows": []}, ["Person “李明” (li) is required in sessions, but can never be there"]),
    ({"people__0__windows": [[900, 600]]}, ["[900, 600] whose end is not after its start"]),
    ({"people__0__daily_limit": -1}, ["daily_limit -1"]),
    ({"kinds__0__duration": 0}, ["Kind “talk” has duration 0. Give a number from 1"]),
    ({"kinds__0__setup": -10}, ["setup -10"]),
    ({"sessions__1__duration": 0}, ["Session “论坛” (s2) has duration 0"]),
    ({"sessions__1__duration": -30}, ["duration -30"]),
    ({"sessions__1__duration": 1500}, ["lasts 1500 minutes (duration), longer than a day"]),
    ({"sessions__1__kind": "tolk"}, ["names kind “tolk” in kind, but there is none. Did you mean “talk”"]),
    ({"sessions__1__people": [{"id": "nobody"}]}, ["names person “nobody”"]),
    ({"sessions__1__people": [{"id": "li"}, {"id": "li"}]}, ["names person “li” 2 times"]),
    ({"sessions__1__pools": {"boot": 1}}, ["names pool “boot”", "Did you mean “booth”"]),
    ({"sessions__1__pools": {"booth": -1}}, ["pools.booth -1"]),
    ({"sessions__1__rooms": ["hal"]}, ["names room “hal” in rooms", "Did you mean “hall”"]),
    ({"sessions__1__rooms": []}, ["an empty list in rooms"]),
    ({"sessions__1__windows": [[700, 600]]}, ["[700, 600] whose end is not after its start"]),
    ({"sessions__1__starts": [600, 99999]}, ["may start at 99999 (starts), outside of the event's 2 days"]),
    ({"sessions__1__priority": 9}, ["has priority 9. Give 1 to 5"]),
    ({"sessions__1__follows": "s9"}, ["names session “s9” in follows"]),
    ({"sessions__1__locked": True}, ["is locked, but nothing says where it stands"]),
    ({"sessions__1__pin": {"room": "attic"}}, ["names room “attic” in pin.room"]),
    ({"sessions__1__published": {"start": 600, "room": "attic"}}, ["names room “attic” in published.room"]),
    ({"sessions__1__pin": {"start": 9000}}, ["is to stay at 9000 (7/06:00), outside of the event's 2 days"]),
    ({"sessions__1__pin": {"start": -30}}, ["outside of the event's 2 days", "start -30"]),
    ({"sessions__1__pin": {"start": 1050}}, ["until 1/18:30, outside of the event's hours"]),
    ({"sessions__1__pin": {"start": 600}, "sessions__1__windows": [[700, 900]]}, ["outside of its own `windows`"]),
    ({"sessions__1__pin": {"start": 600}, "sessions__1__starts": [660]}, ["which is not in its `starts`"]),
    ({"sessions__3__pin": {"room": "lab"}, "sessions__3__rooms": ["hall"]}, ["which is not among its `rooms`"]),
    ({"sessions__2__pin": {"room": "hall"}}, ["whose type “” is not among the `room_types` of its kind"]),
    ({"relations": [{"type": "before", "sessions": ["s1", "s2", "s3"]}]}, ["`before` takes exactly two"]),
    ({"relations": [{"type": "same_day", "sessions": ["s1"]}]}, ["has 1 sessions. Give at least two"]),
    ({"relations": [{"type": "same_day", "sessions": ["s1", "s1"]}]}, ["names session “s1” 2 times"]),
    ({"relations": [{"type": "same_day", "sessions": ["s1", "x"]}]}, ["The relation $.relations[0] (same_day) names"]),
    ({"relations__0__min_lag": -5}, ["min_lag -5"]),
    ({"relations__0__min_lag": 60, "relations__0__max_lag": 30}, ["a max_lag of 30, less than its min_lag of 60"]),
    ({"relations": RING}, ["The order goes round in a circle: ", "“启动仪式” → "]),
    ({"relations": TWO_RINGS}, ["“启动仪式” → “论坛”", "“训练营” → “s4”"]),
    ({"sessions": STRICT, "relations": []}, ["Series “camp” needs 3 days, one a session, but the event has 2"]),
    (
        {"sessions__1__series": {"id": "x", "index": 1}, "sessions__3__series": {"id": "x", "index": 1}},
        ["2 sessions of series “x” have index 1"],
    ),
    ({"weights": {"capasity": {"weight": 3}}}, ["No rule is called “capasity”", "Did you mean “capacity”"]),
    ({"weights": {"zzz": {}}}, ["Use one of: room_overlap"]),
    ({"weights": {"capacity": {"weight": -3}}}, ["The setting of rule “capacity” has weight -3"]),
    ({"limits": {"seconds": 0}}, ["Limits has seconds 0.0"]),
    ({"limits": {"iterations": 0}}, ["iterations 0"]),
]


def test_a_whole_problem_has_no_fault() -> None:
    assert find_faults(small()) == []


@pytest.mark.parametrize(("changes", "parts"), FAULTS, ids=lambda value: " ".join(value)[:40])
def test_a_fault_is_named_with_its_cure(changes: dict[str, Any], parts: list[str]) -> None:
    with pytest.raises(BadProblem) as caught:
        check(small(**changes))
    english = "\n".join(en for _, en in caught.value.faults)
    assert [part for part in parts if part not in english] == [], english
    for chinese, sentence in caught.value.faults:
        assert chinese.endswith("。") and sentence.endswith(".") and not sentence[0].islower()


def test_all_faults_come_at_once() -> None:
    faults = find_faults(small(event__tz="Mars", rooms__0__capacity=-1, sessions__1__kind="x", weights={"y": {}}))
    assert len(faults) == 4


def test_two_pinned_at_one_place_are_no_fault() -> None:
    """The search leaves one of them out and says why."""
    assert find_faults(small(sessions__1__pin={"start": 540, "room": "hall"})) == []


def test_an_order_that_is_only_a_wish_may_go_round() -> None:
    assert find_faults(small(relations=RING, weights={"precedence": {"level": "soft"}})) == []


def test_what_is_published_outside_the_event_only_matters_where_it_stays() -> None:
    away = {"start": 9000, "room": "lab"}
    assert find_faults(small(sessions__2__published=away)) == []
    assert len(find_faults(small(sessions__2__published=away, mode="fill"))) == 1
    assert len(find_faults(small(sessions__2__published=away, sessions__2__locked=True))) == 1


@given(SPOILT)
@settings(max_examples=150, deadline=None)
def test_whatever_a_file_says_is_planned_or_explained(raw: dict[str, Any]) -> None:
    try:
        problem = decode(json.dumps(raw))
        check(problem)
    except BadProblem as bad:
        assert bad.faults and all(zh and en for zh, en in bad.faults)
        return
    assert build(as_meant(problem)).size == len(problem.sessions)
