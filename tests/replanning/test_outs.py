"""The ways out of a lost hall as small problems: what each lets move, and what nothing can move."""

from msgspec.structs import replace

from eventweek.planner.check import find_faults
from eventweek.planner.problem import (
    City,
    Event,
    Kind,
    Part,
    Person,
    Pin,
    Problem,
    Relation,
    Room,
    Session,
    Venue,
)
from eventweek.replanning.enums import Way
from eventweek.replanning.outs import Case, Standing, way_out

NINE, TEN, NOON, SIX = 540, 600, 720, 1080
DAY = [(480, SIX), (1440 + 480, 1440 + SIX)]


def session(code: str, **more: object) -> Session:
    return Session(id=code, kind="talk", duration=60, windows=DAY, **more)  # type: ignore[arg-type]


WEEK = Problem(
    event=Event(start="2027-04-13", days=2, grid_min=30),
    cities=[City(id="cc"), City(id="jl")],
    venues=[Venue(id="v", city="cc"), Venue(id="w", city="cc"), Venue(id="x", city="jl")],
    rooms=[
        Room(id="lost", venue="v", capacity=100, features=["stage"], open=[(0, NINE)]),
        Room(id="small", venue="v", capacity=75),
        Room(id="tiny", venue="v", capacity=20),
        Room(id="large", venue="w", capacity=200, buffer=10),
        Room(id="away", venue="x", capacity=500),
    ],
    people=[Person(id="ann", daily_limit=1), Person(id="bob")],
    kinds=[Kind(id="talk", changeover=15)],
    sessions=[
        session("a", people=[Part(id="ann")], registered=80, features=["stage", "piano"], pin=Pin(room="lost")),
        session("b", people=[Part(id="ann")], registered=30),
        session("c", people=[Part(id="bob")], registered=10),
        session("d", plenary="city"),
    ],
)
A, B, C, D = (
    Standing("a", "lost", NINE, TEN),
    Standing("b", "small", NOON, NOON + 60),
    Standing("c", "large", NINE, TEN),
    Standing("d", "large", 900, 960),
)
CASE = Case([A], [B, C, D], movable=frozenset("bcd"))


def found(way: Way, case: Case = CASE, week: Problem = WEEK) -> Problem:
    own = way_out(week, way, case)
    assert find_faults(own) == [] and own.mode == "repair"
    return own


def test_near_by_stays_in_the_venue_and_on_the_day_and_takes_smaller_halls() -> None:
    own = found(Way.NEAR)
    [a] = own.sessions
    assert a.rooms == ["lost", "small"] and (a.registered, a.expected, a.pin) == (80, 0, None)
    assert a.windows == [(480, 900), (960, SIX)] and a.starts is None, "around the plenary of its city"
    assert own.weights["registered"].level == "medium" and a.published and a.published.start == NINE


def test_what_stays_closes_its_room_and_takes_the_time_of_its_people() -> None:
    own = found(Way.NEAR)
    rooms, people = {room.id: room.open for room in own.rooms}, {one.id: one for one in own.people}
    assert rooms["small"] == [(0, NOON - 15), (NOON + 75, 2880)], "with the time to change over"
    assert rooms["large"] == [(0, NINE - 15), (TEN + 15, 885), (975, 2880)] and rooms["lost"] == [(0, NINE)]
    assert people["ann"].windows == [(0, NOON), (NOON + 60, 2880)] and people["ann"].daily_limit is None
    assert people["bob"].windows is None


def test_at_its_time_in_any_hall_of_the_city_that_holds_all() -> None:
    own = found(Way.ROOMS)
    a, c = own.sessions
    assert (a.windows, a.starts, a.rooms) == ([(NINE, TEN)], [NINE], ["large", "lost"])
    assert (c.id, c.windows, c.starts, c.people) == ("c", [(NINE, TEN)], [NINE], [])
    assert "away" not in (c.rooms or ()) and own.weights.get("registered") is None
    assert [one.id for one in found(Way.ROOMS, replace_case(movable=frozenset())).sessions] == ["a"]


def test_who_is_not_content_with_its_hall_makes_way_for_nobody() -> None:
    crowded = replace(WEEK, sessions=[*WEEK.sessions[:2], replace(WEEK.sessions[2], registered=300), WEEK.sessions[3]])
    assert [one.id for one in found(Way.ROOMS, week=crowded).sessions] == ["a"]


def test_who_stands_too_close_to_another_makes_way_for_nobody() -> None:
    """The desk lets such a plan pass; the planner would move it for its own sake."""
    close = Case([A], [B, C, Standing("d", "large", TEN + 5, TEN + 65)], movable=frozenset("bcd"))
    assert [one.id for one in found(Way.ROOMS, close).sessions] == ["a"]


def test_who_makes_way_counts_as_told() -> None:
    [_lost, yields] = found(Way.ROOMS).sessions
    assert yields.published and yields.published.told and not _lost.published.told  # type: ignore[union-attr]


def test_later_is_after_its_time_and_the_hall_counts() -> None:
    own = found(Way.LATER)
    [a] = own.sessions
    assert a.windows and a.windows[0] == (NINE + 30, 900) and a.windows[-1] == DAY[1]
    assert own.weights["published_room"].weight == 30 and set(a.rooms or ()) == {"lost", "large"}


def test_what_is_under_way_or_fixed_in_time_changes_its_hall_alone() -> None:
    pinned = replace(WEEK, sessions=[replace(WEEK.sessions[0], pin=Pin(start=NINE)), *WEEK.sessions[1:]])
    for own in (found(Way.NEAR, replace_case(begun=frozenset("a"))), found(Way.NEAR, week=pinned)):
        assert own.sessions[0].starts == [NINE]


def test_a_feature_that_the_lost_hall_had_is_asked_for_and_no_other() -> None:
    assert found(Way.NEAR).sessions[0].features == ["stage"]


def test_ties_to_what_stays_hold() -> None:
    after = replace(WEEK, relations=[Relation(type="before", sessions=["b", "a"], min_lag=30)])
    own = found(Way.NEAR, week=after)
    assert own.relations == [] and own.sessions[0].windows == [(NINE, TEN), (NOON + 90, 900), (960, SIX)]
    together = replace(WEEK, relations=[Relation(type="same_start", sessions=["a", "b"])])
    assert found(Way.NEAR, week=together).sessions[0].starts == [NINE]
    apart = replace(WEEK, relations=[Relation(type="not_parallel", sessions=["a", "b"])])
    assert (NOON, 900) not in (found(Way.NEAR, week=apart).sessions[0].windows or ())


def replace_case(**more: frozenset[str]) -> Case:
    return Case([A], [B, C, D], **{"movable": frozenset("bcd"), **more})
