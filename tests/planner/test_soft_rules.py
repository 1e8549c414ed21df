"""Each soft rule: what it finds, how much that counts, what it says; and that it finds nothing where all is well."""

from typing import Any

import msgspec
import pytest

from eventweek.planner.check import find_faults
from eventweek.planner.matches import Plan, Stand, find
from eventweek.planner.model import build
from eventweek.planner.problem import (
    City,
    Common,
    Event,
    Kind,
    Part,
    Person,
    Pin,
    Problem,
    Published,
    Relation,
    Room,
    Series,
    Session,
    Setting,
    Tags,
    Venue,
    Wish,
)

NINE, DAY = 540, 1440
HALL, LAB, NOOK, AWAY = range(4)


def week(*sessions: dict[str, Any], **more: Any) -> Problem:
    """Return three days in two cities: a hall, a lab and a nook in one, a lab in the other."""
    people = more.pop("people", [Person(id="li", name="李明", daily_limit=2)])
    return Problem(
        event=Event(start="2026-10-15", days=3, grid_min=15, day_start=480, day_end=1320),
        cities=[City(id="cc"), City(id="jl")],
        venues=[Venue(id="hub", city="cc"), Venue(id="lake", city="jl")],
        rooms=[
            Room(id="hall", venue="hub", capacity=300),
            Room(id="lab", venue="hub", capacity=100),
            Room(id="nook", venue="hub", capacity=40),
            Room(id="away", venue="lake", capacity=100),
        ],
        people=people,
        kinds=[Kind(id="talk", duration=60)],
        sessions=[Session(id="abcdef"[n], kind="talk", **fields) for n, fields in enumerate(sessions)],
        **more,
    )


def plan(*places: tuple[int, int]) -> Plan:
    """Return hours at these starts, in these rooms."""
    return {s: Stand(start, start + 60, room) for s, (start, room) in enumerate(places)}


def found(problem: Problem, placed: Plan, code: str) -> list[tuple[int, tuple[int, ...], str, str]]:
    """Return price, sessions and sentences of what one rule finds."""
    assert find_faults(problem) == []
    model = build(problem)
    return [
        (match.cost, match.sessions, *model.rules[match.rule].tell(model.week, match))
        for match in find(model.terms, model.tables, placed)
        if model.rules[match.rule].code == code
    ]


AT_ONCE, ONE_BY_ONE = plan((NINE, HALL), (NINE, LAB)), plan((NINE, HALL), (NINE + 60, HALL))
AI = Tags(theme=["ai"])
EVENING = Wish(windows=[(NINE + 480, NINE + 720)])
LOOSE = Series(id="tour", index=1, strict=False, days=2), Series(id="tour", index=2, strict=False)
YOUNG = {"tags": Tags(audience=["young"])}
HEAD = {"priority": 5}

CASES: dict[str, tuple[str, Problem, Plan, tuple[int, tuple[int, ...], str, str], Plan]] = {
    "common audience": (
        "common_audience",
        week({}, {}, common=[Common(sessions=("a", "b"), people=12)]),
        AT_ONCE,
        (12, (0, 1), "“a”、“b”有共同的观众", "wanted by the same people"),
        ONE_BY_ONE,
    ),
    "theme": (
        "theme_overlap",
        week(*[{"tags": AI}] * 4),
        plan((NINE, HALL), (NINE, LAB), (NINE, NOOK), (NINE + 60, LAB)),
        (16, (0, 1, 2), "相近却同时进行（同一主题不撞期：ai）", "run at once (One theme at a time: ai)"),
        plan((NINE, HALL), (NINE + 60, LAB), (NINE + 120, LAB), (NINE + 180, LAB)),
    ),
    "theme of a week that forbids it": (
        "theme_overlap",
        week({"tags": AI}, {"tags": AI}, weights={"theme_overlap": Setting(level="hard")}),
        AT_ONCE,
        (8, (0, 1), "相近却同时进行（同一主题不撞期：ai）", "run at once (One theme at a time: ai)"),
        ONE_BY_ONE,
    ),
    "track": (
        "track_room",
        week({"track": "opto"}, {"track": "opto"}, {"track": "bio"}),
        plan((NINE, HALL), (NINE + 120, LAB), (NINE, LAB)),
        (5, (0, 1), "专题“opto”当天换1次场地", "Track “opto” changes its room 1 time"),
        plan((NINE, HALL), (NINE + DAY, LAB)),
    ),
    "level of a theme and a track": (
        "level_order",
        week({"level": 3, "tags": AI, "track": "t"}, {"level": 1, "tags": AI, "track": "t"}, {"tags": AI}),
        plan((NINE, HALL), (NINE + 60, HALL), (NINE, LAB)),
        (6, (1, 0), "较难的“a”排在较易的“b”之前", "“a” is harder than “b”"),
        plan((NINE + 60, HALL), (NINE, HALL), (NINE, LAB)),
    ),
    "preferred time": (
        "preferred_time",
        week(
            {"prefers": EVENING, "people": [Part(id="li")]},
            people=[Person(id="li", prefers=EVENING)],
        ),
        plan((NINE, HALL)),
        (4, (0,), "“a”不在偏好的时间（2项意愿）", "“a” is not at a preferred time (wishes: 2)"),
        plan((NINE + 480, HALL)),
    ),
    "preferred room": (
        "preferred_room",
        week({"prefers": Wish(rooms=["lab", "nook"])}),
        plan((NINE, HALL)),
        (2, (0,), "不在偏好的场地", "not in a preferred room"),
        plan((NINE, NOOK)),
    ),
    "undesired time": (
        "undesired_time",
        week({"avoids": EVENING}),
        plan((NINE + 435, HALL)),
        (4, (0,), "排在希望避免的时间", "time that was to be avoided"),
        plan((NINE + 420, HALL)),
    ),
    "undesired room of a person": (
        "undesired_room",
        week({"people": [Part(id="li")]}, people=[Person(id="li", avoids=Wish(rooms=["hall"]))]),
        plan((NINE, HALL)),
        (4, (0,), "希望避免的场地", "room that was to be avoided"),
        plan((NINE, LAB)),
    ),
    "size": (
        "size_order",
        week({"expected": 30}, {"expected": 90}),
        AT_ONCE,
        (4, (0, 1), "“a”观众较少", "“a” is less popular than “b”"),
        plan((NINE, LAB), (NINE, HALL)),
    ),
    "size in part of the time": (
        "size_order",
        week({"expected": 30}, {"registered": 90}),
        plan((NINE, HALL), (NINE + 30, LAB)),
        (2, (0, 1), "“a”观众较少", "in a larger room"),
        plan((NINE, HALL), (NINE, AWAY)),
    ),
    "days of a series": (
        "series_days",
        week({"series": LOOSE[0]}, {"series": LOOSE[1]}),
        ONE_BY_ONE,
        (5, (0, 1), "系列“tour”比预定少分布1天", "Series “tour” has 1 day fewer"),
        plan((NINE, HALL), (NINE + DAY, LAB)),
    ),
    "room of a series": (
        "series_room",
        week({"series": LOOSE[0]}, {"series": LOOSE[1]}),
        plan((NINE, HALL), (NINE + DAY, LAB)),
        (3, (0, 1), "系列“tour”多用了1个场地", "uses 1 room more than one"),
        ONE_BY_ONE,
    ),
    "audience": (
        "audience_single",
        week(YOUNG, YOUNG, YOUNG),
        plan((NINE, HALL), (NINE, LAB), (NINE + 240, LAB)),
        (2, (2,), "受众“young”在这半天里仅有的一场", "all that audience “young” has"),
        plan((NINE, HALL), (NINE, LAB), (NINE + 60, LAB)),
    ),
    "headlines": (
        "headline_limit",
        week(HEAD, HEAD, HEAD, {}),
        plan((NINE, HALL), (NINE, LAB), (NINE + 45, NOOK), (NINE, AWAY)),
        (2, (0, 1, 2), "重点场次同时进行过多", "Too many headlines at once"),
        plan((NINE, HALL), (NINE, LAB), (NINE + 60, NOOK), (NINE, AWAY)),
    ),
    "headlines of a week that allows one": (
        "headline_limit",
        week(HEAD, HEAD, weights={"headline_limit": Setting(limit=1)}),
        AT_ONCE,
        (8, (0, 1), "重点场次", "headlines"),
        ONE_BY_ONE,
    ),
    "odd start": (
        "odd_start",
        week({}),
        plan((NINE + 15, HALL)),
        (1, (0,), "开始时间不易记", "begins at an odd time"),
        plan((NINE + 30, HALL)),
    ),
    "late end": (
        "late_end",
        week({}),
        plan((1200, HALL)),
        (2, (0,), "“a”结束过晚", "“a” ends late"),
        plan((DAY + 1140, HALL)),
    ),
    "unstreamed": (
        "unstreamed_overlap",
        week({"tags": AI}, {"tags": AI}, {"tags": AI, "streamed": True}),
        plan((NINE, HALL), (NINE, LAB), (NINE, NOOK)),
        (4, (0, 1), "主题“ai”的“a”、“b”都没有直播", "of theme “ai” are not streamed"),
        plan((NINE, HALL), (NINE + 60, LAB), (NINE, NOOK)),
    ),
    "languages": (
        "language_variety",
        week(*[{"language": name} for name in ("en", "en", "zh", "zh", "zh")]),
        plan((NINE, HALL), (NINE, LAB), (NINE, NOOK)),
        (4, (0, 1), "集中在同一时段（各时段语言多样：en）", "all run at once (Every language at every time: en)"),
        plan((NINE, HALL), (NINE + 60, HALL), (NINE, NOOK), (NINE, LAB), (NINE, AWAY)),
    ),
    "levels": (
        "level_variety",
        week(*[{"level": level} for level in (2, 2, 1, 1, 1)]),
        AT_ONCE,
        (4, (0, 1), "各时段难度多样：2", "Every level at every time: 2"),
        ONE_BY_ONE,
    ),
    "travellers": (
        "presence",
        week({"people": [Part(id="li")]}, {"people": [Part(id="li")]}),
        plan((NINE, HALL), (NINE + DAY, AWAY)),
        (1, (0, 1), "李明要多来1天", "李明 comes on 1 day more"),
        plan((NINE, HALL), (NINE + 240, AWAY)),
    ),
}


@pytest.mark.parametrize(("code", "problem", "bad", "expected", "good"), CASES.values(), ids=CASES.keys())
def test_what_a_rule_finds(
    code: str, problem: Problem, bad: Plan, expected: tuple[int, tuple[int, ...], str, str], good: Plan
) -> None:
    [(cost, sessions, zh, en)] = found(problem, bad, code)
    assert (cost, sessions) == expected[:2]
    assert expected[2] in zh and expected[3] in en
    assert found(problem, good, code) == []


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("odd_start", {"starts": [NINE + 15]}),
        ("odd_start", {"pin": Pin(start=NINE + 15)}),
        ("late_end", {"starts": [1260]}),
    ],
)
def test_what_the_organisers_have_set_is_not_odd(code: str, fields: dict[str, Any]) -> None:
    problem = week(fields)
    start = (fields.get("starts") or [NINE + 15])[0]
    assert found(problem, plan((start, HALL)), code) == []


@pytest.mark.parametrize(
    ("home", "rooms", "cost"),
    [("hub", ["hall", "lab"], []), ("cc", ["hall", "lab"], []), ("jl", ["hall", "lab"], [1]), ("hub", None, [1])],
)
def test_whoever_is_at_home_in_any_case_does_not_travel(home: str, rooms: list[str] | None, cost: list[int]) -> None:
    fields = {"people": [Part(id="li")], "rooms": rooms}
    problem = week(fields, fields, people=[Person(id="li", home=home)])
    assert [one[0] for one in found(problem, plan((NINE, HALL), (NINE + DAY, HALL)), "presence")] == cost


def test_rules_that_a_week_does_not_use_have_no_terms() -> None:
    model = build(week({}, {}, {}))
    soft = {code for code, *_ in CASES.values()}
    assert not {model.rules[term.cost.rule].code for term in (*model.terms.pairs, *model.terms.groups)} & soft


RELATIONS = "before", "not_parallel", "same_room", "same_day", "adjacent", "same_start"


@pytest.mark.parametrize("kind", RELATIONS)
@pytest.mark.parametrize(("level", "at"), [(None, 0), ("hard", 0), ("medium", 1), ("soft", 2), ("ignore", None)])
def test_a_relation_has_a_level_of_its_own(kind: str, level: Any, at: int | None) -> None:
    problem = week({}, {}, relations=[Relation(type=kind, sessions=["a", "b"], level=level)])  # type: ignore[arg-type]
    model = build(problem)
    placed = plan((NINE, HALL), (NINE + DAY, LAB)) if kind not in ("before", "not_parallel") else AT_ONCE
    levels = {
        match.level for match in find(model.terms, model.tables, placed) if model.rules[match.rule].level == "hard"
    }
    assert levels == (set() if at is None else {at})


def test_an_order_that_is_soft_may_go_round() -> None:
    ring = [Relation(type="before", sessions=list(pair), level="soft") for pair in ("ab", "ba")]
    assert find_faults(week({}, {}, relations=ring)) == []
    assert len(find_faults(week({}, {}, relations=[msgspec.structs.replace(one, level=None) for one in ring]))) == 1


@pytest.mark.parametrize(
    ("registered", "told", "start", "room", "price"),
    [
        (0, False, NINE, HALL, {}),
        (0, False, NINE + 15, HALL, {"published_time": 101}),
        (25, False, NINE + 60, HALL, {"published_time": 156}),
        (0, False, NINE + 690, HALL, {"published_time": 146}),
        (0, False, NINE + DAY, HALL, {"published_time": 496}),
        (50, False, NINE + 2 * DAY, HALL, {"published_time": 1000}),
        (50, True, NINE + 60, HALL, {"published_time": 708}),
        (0, False, NINE, LAB, {"published_room": 20}),
        (100, False, NINE, LAB, {"published_room": 60}),
        (0, False, NINE, AWAY, {"published_room": 1120}),
        (100, True, NINE, LAB, {"published_room": 560}),
    ],
)
def test_what_a_published_place_costs(
    registered: int, told: bool, start: int, room: int, price: dict[str, int]
) -> None:
    problem = week({"registered": registered, "published": Published(start=NINE, room="hall", told=told)})
    codes = ("published_time", "published_room")
    costs = {code: cost for code in codes for cost, *_ in found(problem, plan((start, room)), code)}
    assert costs == price


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (week({"prefers": Wish(rooms=["hal"])}), "names room “hal” in prefers.rooms"),
        (week({"avoids": Wish(windows=[(60, 0)])}), "(avoids.windows) [60, 0]"),
        (week({}, people=[Person(id="li", home="moon")]), "has its home at “moon”"),
        (week({}, people=[Person(id="li", prefers=Wish(rooms=["x"]))]), "names room “x” in prefers.rooms"),
        (week({}, common=[Common(sessions=("a", "z"), people=1)]), "The common audience $.common[0] names session “z”"),
        (week({}, common=[Common(sessions=("a", "a"), people=1)]), "names session “a” twice"),
        (week({}, {}, common=[Common(sessions=("a", "b"), people=-1)]), "has people -1"),
        (week({}, weights={"capacity": Setting(limit=3)}), "Rule “capacity” (weights) has no `limit`"),
        (week({}, weights={"late_end": Setting(limit=-3)}), "has limit -3"),
        (week({}, weights={"series_days": Setting(level="hard")}), "Make it medium, soft or ignore"),
        (week({"series": Series(id="x", index=1, days=0)}), "has days 0. Give a number from 1"),
    ],
)  # fmt: skip
def test_faults_of_what_soft_rules_read(problem: Problem, said: str) -> None:
    [(zh, en)] = find_faults(problem)
    assert said in en and zh.endswith("。")
