"""Sessions that people wait for are listed with larger halls that are free then: on the desk and over the API."""

from datetime import timedelta

import pytest
from flask import Flask

from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import db, transaction
from eventweek.programme.enums import PermitStatus
from eventweek.replanning.queries.halls import Crowded, list_crowded
from eventweek.scheduling.planning import Demand
from eventweek.scheduling.queries.drafts import find_placement
from tests.conftest import SignIn
from tests.factories.keys import make_key
from tests.registration.world import book, offering_of, phone, resize, week
from tests.replanning.world import move, session_of, small_room

KEY = "rs-ei-2"


@pytest.fixture
def crowded(demo_app: Flask, before_the_week: None) -> str:
    """Give a demo session in a room of three seats, all taken, and two people who wait; return its code."""
    offering = offering_of(KEY)
    book(offering.code, seats=3)
    resize(offering.code, 3)
    book(offering.code, phone=phone(2), seats=2)
    return move(KEY, room=small_room(KEY, 3))


def _only() -> Crowded:
    db.session.rollback()
    [found] = list_crowded(week())
    return found


def test_larger_halls_are_proposed_with_what_they_cost(crowded: str) -> None:
    found = _only()
    assert (found.code, found.demand, found.locked) == (crowded, Demand(3, 2), False)
    assert 0 < len(found.halls) <= 3
    for hall in found.halls:
        assert hall.room.capacity > found.room.capacity and hall.room.city == found.room.venue.city.code
        assert found.admits(hall) == 2 and not any(one.level.stops for one in hall.problems)


def test_who_would_find_a_seat_in_the_hall_as_it_is_needs_no_other(crowded: str) -> None:
    move(KEY, room=small_room(KEY, 5))
    assert _only().fits and _only().halls == ()


def test_what_is_locked_over_or_without_a_queue_has_no_proposal(crowded: str) -> None:
    with transaction():
        session_of(KEY).permit_status = PermitStatus.APPROVED
    assert _only().locked and not _only().halls
    place = find_placement(session_of(KEY).id)
    assert place
    with travel(place.start + timedelta(minutes=1)):
        assert now() > place.start and list_crowded(week()) == []


def test_the_desk_and_the_api_tell_them(demo_app: Flask, crowded: str, sign_in: SignIn) -> None:
    found, desk = _only(), sign_in(demo_app)
    names = [hall.room.name.zh for hall in found.halls]
    page = desk.get("/desk/w/jl2026/larger-halls").text
    assert "2 人候补" in page and "3 人有座" in page and all(name in page for name in names)
    assert "larger-halls" in desk.get("/desk/w/jl2026/planner").text
    assert "Larger hall" in desk.get("/en/desk/w/jl2026/larger-halls").text
    answer = demo_app.test_client().get("/api/v1/desk/weeks/jl2026/larger-halls", headers=make_key("jl2026")[1])
    [item] = answer.get_json()["items"]
    assert (item["session"], item["registered"], item["waiting"], item["locked"]) == (crowded, 3, 2, False)
    assert [hall["name"]["zh"] for hall in item["halls"]] == names
    assert {hall["admits"] for hall in item["halls"]} == {2}


def test_a_week_where_nobody_waits_says_so(demo_app: Flask, before_the_week: None, sign_in: SignIn) -> None:
    assert list_crowded(week()) == []
    assert "没有哪一场有人在候补" in sign_in(demo_app).get("/desk/w/jl2026/larger-halls").text
