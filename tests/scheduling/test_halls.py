"""Which larger halls are proposed for a session, and in which order."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from eventweek.kernel.db import Bilingual
from eventweek.scheduling.halls import larger_halls
from eventweek.scheduling.problems import PersonFacts, Placed, RoomFacts, WeekFacts
from eventweek.scheduling.rulebook import LEVELS

DAY = date(2027, 4, 12)
WEEK = WeekFacts(days=frozenset({DAY}), same_site=15, same_city=60)
NINE = datetime(2027, 4, 12, 9, tzinfo=UTC)


def _room(code: str, capacity: int, venue: str = "near", city: str = "220100", **more: object) -> RoomFacts:
    return RoomFacts(code, Bilingual(code, ""), venue, city, capacity, **more)  # type: ignore[arg-type]


def _placed(code: str, room: RoomFacts, start: datetime = NINE, **more: object) -> Placed:
    return Placed(code, Bilingual(code, ""), start, start + timedelta(hours=1), room, **more)  # type: ignore[arg-type]


SMALL = _room("small", 60)
OWN = _placed("own", SMALL, features=frozenset({"stage"}))
STAGE = {"features": frozenset({"stage"})}
ROOMS = [
    SMALL,
    _room("far", 200, "far", **STAGE),
    _room("wide", 500, **STAGE),
    _room("just", 150, **STAGE),
    _room("short", 100, **STAGE),
    _room("bare", 200),
    _room("same", 60, **STAGE),
    _room("elsewhere", 200, city="220200", **STAGE),
]


def _proposed(own: Placed = OWN, *others: Placed, rooms: list[RoomFacts] = ROOMS, seats: int = 120) -> list[str]:
    return [hall.room.code for hall in larger_halls(WEEK, [own, *others], own, rooms, seats, LEVELS)]


def test_the_smallest_that_holds_all_comes_first_and_those_of_the_venue_before_others() -> None:
    assert _proposed() == ["just", "wide", "short"]
    assert _proposed(rooms=ROOMS[:2]) == ["far"]
    assert larger_halls(WEEK, [OWN], OWN, ROOMS[:2], 120, LEVELS)[0].elsewhere


def test_where_none_holds_all_the_largest_comes_first() -> None:
    assert _proposed(seats=9_000) == ["wide", "just", "short"]


@pytest.mark.parametrize(("minutes", "free"), [(-60, True), (-30, False), (59, False), (60, True)])
def test_a_hall_must_be_empty_while_the_session_is_on(minutes: int, free: bool) -> None:
    other = _placed("other", ROOMS[3], NINE + timedelta(minutes=minutes))
    assert ("just" in _proposed(OWN, other)) is free


def test_wishes_for_venues_and_a_fixed_room_are_kept() -> None:
    assert _proposed(replace(OWN, venues=frozenset({"far"}))) == ["far"]
    assert _proposed(replace(OWN, fixed_room="small")) == []


def test_what_would_stop_the_release_is_not_proposed_and_other_new_problems_are_told() -> None:
    """Who speaks elsewhere until twenty to nine cannot be a way off at nine: that takes an hour."""
    assert _proposed(rooms=[_room("closed", 300, hours=((None, "13:00", "18:00"),), **STAGE)]) == []
    speaker = PersonFacts("p", Bilingual("王示例", ""))
    own = replace(OWN, people=(speaker,), expected=900)
    before = _placed("before", _room("hall", 60), NINE - timedelta(minutes=80), people=(speaker,))
    [hall] = larger_halls(WEEK, [own, before], own, ROOMS[:2], 120, LEVELS)
    assert [one.rule for one in hall.problems] == ["travel"], "it was too small before too"


def test_a_series_on_another_day_counts_and_a_stranger_there_does_not() -> None:
    later = NINE + timedelta(days=1)
    week = replace(WEEK, days=frozenset({DAY, later.date()}))
    own = replace(OWN, series=(("s", "linked", 1),))
    second = _placed("second", SMALL, later, series=(("s", "linked", 2),))
    stranger = _placed("stranger", ROOMS[3], later)
    [hall] = larger_halls(week, [own, second, stranger], own, ROOMS[3:4], 120, LEVELS)
    [alone] = larger_halls(week, [own, stranger], own, ROOMS[3:4], 120, LEVELS)
    assert [one.rule for one in hall.problems] == ["linked"] and alone.problems == ()
