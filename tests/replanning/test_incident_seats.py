"""What a lost hall does to people who registered: told once, entitled in the new hall, never left undecided."""

from collections.abc import Iterator

import pytest
from flask import Flask

from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.checkin.queries.sessions import find_session
from eventweek.kernel.db import db
from eventweek.kernel.errors import Invalid
from eventweek.registration.actions import Basket, Item, register
from eventweek.registration.actions.offerings import open_offerings
from eventweek.registration.queries.desk import list_week_offerings
from eventweek.replanning.actions.deciding import Choice, decide_incident
from eventweek.replanning.enums import Settling, Way
from tests.registration.world import counters, resize, state_of
from tests.replanning.halls import Halls, make_halls, on_the_day
from tests.replanning.world import asked, broken, told

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with on_the_day():
        yield


@pytest.fixture
def halls(app: Flask) -> Halls:
    """Give the small week; the offerings of its sessions are open."""
    own = make_halls()
    open_offerings(own.id, actor=SYSTEM)
    db.session.rollback()
    return own


def offering(halls: Halls, name: str) -> str:
    code = halls.sessions[name]
    every = list_week_offerings(halls.id, actor=SYSTEM)
    return next(own.offering.code for own in every if code in {session.code for session in own.sessions})


def enter(halls: Halls, name: str, number: int, seats: int) -> str:
    person = {"name": "示例甲", "phone": f"1390013{number:04d}", "email": f"p{number}@example.org"}
    basket = Basket(week_id=halls.id, items=(Item(offering(halls, name), seats),), **person, consent=True)  # type: ignore[arg-type]
    (booked,) = register(basket, actor=VISITOR)
    return str(booked.registration)


def crowded(halls: Halls) -> list[str]:
    """Let 65 people register for 乙, for which the small hall has 60 seats."""
    resize(offering(halls, "乙"), 100)
    return [enter(halls, "乙", n, 5) for n in range(13)]


def test_people_are_told_once_and_their_seats_go_with_them(halls: Halls) -> None:
    mine, other = enter(halls, "乙", 1, 2), enter(halls, "丙", 2, 1)
    code = halls.found("one")
    assert halls.situation(code).people == 2
    way = halls.way(code, Way.ROOMS)
    assert (way.people.people, way.registered, way.short) == (1, 2, 0)
    decide_incident(halls.id, code, Choice(Way.ROOMS, halls.situation(code).basis), actor=SYSTEM)
    assert state_of(mine) == state_of(other) == "confirmed" and asked(mine).choice == "open"
    [message] = told("changed")
    assert message.recipient == "p1@example.org" and "三号厅" in str(message.context)
    door = find_session(halls.id, halls.sessions["乙"])
    assert door and door.room.zh == "三号厅" and door.capacity == 60
    assert broken() == []


def test_what_is_called_off_ends_its_registrations(halls: Halls) -> None:
    mine, other = enter(halls, "乙", 1, 2), enter(halls, "丙", 2, 1)
    code = halls.found("one")
    assert halls.way(code, Way.CANCEL).people.cancelled == 1
    decide_incident(halls.id, code, Choice(Way.CANCEL, halls.situation(code).basis), actor=SYSTEM)
    assert (state_of(mine), state_of(other)) == ("cancelled", "confirmed")
    assert [message.recipient for message in told("session_cancelled")] == ["p1@example.org"]
    assert broken() == []


@pytest.mark.stated
@pytest.mark.parametrize(("how", "state"), [(Settling.OVERBOOK, "confirmed"), (Settling.REQUEUE, "waitlisted")])
def test_short_seats_wait_for_a_decision(halls: Halls, how: Settling, state: str) -> None:
    """The hall of 200 is taken at that time, so that only the one of 60 is left near by."""
    people = crowded(halls)
    for room in ("two", "far"):
        halls.alarm(room)
    code = halls.found("one")
    way = halls.way(code, Way.NEAR)
    [shift] = [one for one in way.shifts if one.own.title.zh == "乙"]
    assert shift.room.code == halls.rooms["three"] and (shift.short, way.short) == (5, 5)
    assert [one.own.title.zh for one in halls.way(code, Way.ROOMS).gone] == ["甲", "乙"], "there seats never lack"
    seen = halls.situation(code).basis
    with pytest.raises(Invalid) as refused:
        decide_incident(halls.id, code, Choice(Way.NEAR, seen), actor=SYSTEM)
    assert [(e.field, e.code, e.facts) for e in refused.value.errors] == [("short", "incident.short", {"seats": 5})]
    assert state_of(people[-1]) == "confirmed"
    decide_incident(halls.id, code, Choice(Way.NEAR, seen, short=how), actor=SYSTEM)
    assert state_of(people[-1]) == state and counters(offering(halls, "乙"))[0] == (65 if how == "overbook" else 60)
    assert broken() == []
