"""Classes with queues of their own, seats held back, moves between offerings, and the list at the door."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.audit.models import AuditEntry
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.registration.actions import (
    cancel_registration,
    drop_class,
    hold_seats,
    join_standby,
    move_registration,
    release_hold,
    release_unclaimed,
    seats,
    set_class,
    settle_offerings,
)
from eventweek.registration.actions.history import Step, take_step
from eventweek.registration.models import PoolHold, Registration
from eventweek.registration.queries import list_registrations, load_offerings
from eventweek.registration.queries.alternatives import list_alternatives
from tests.registration.test_verify import broken
from tests.registration.world import approval, book, counters, held, offering_of, phone, resize, state_of, week

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]


def small(cap: int, **more: object) -> str:
    code = offering_of("rs-ei-1").code
    resize(code, cap, **more)
    return code


def code_of_refusal(act: object, *args: object, **more: object) -> str:
    with pytest.raises(Refusal) as refused:
        act(*args, **more)  # type: ignore[operator]
    return refused.value.code


def row_of(code: str) -> Registration:
    db.session.rollback()
    return db.session.scalars(select(Registration).where(Registration.code == code)).one()


def test_a_freed_seat_goes_to_its_own_class_then_in_the_organisers_order(demo_app: Flask) -> None:
    code = small(2)
    set_class(code, "invited", cap=2, rank=2, actor=SYSTEM)
    set_class(code, "media", cap=2, rank=1, actor=SYSTEM)
    first, guest = (book(code, phone=phone(n))[0] for n in (1, 2))
    move_registration(guest.registration, code, cls="invited", actor=SYSTEM)
    assert counters(code, "public") == counters(code, "invited") == (1, 0) and broken() == []
    waiting = {}
    for n, cls in ((3, "public"), (4, "invited"), (5, "media")):
        waiting[cls] = book(code, phone=phone(n))[0].registration
        put_into(waiting[cls], cls)
    cancel_registration(guest.registration, actor=SYSTEM)
    assert [state_of(waiting[c]) for c in ("public", "invited", "media")] == ["waitlisted", "confirmed", "waitlisted"]
    resize(code, 3)
    assert state_of(waiting["public"]) == "confirmed"
    cancel_registration(first.registration, actor=SYSTEM)
    assert state_of(waiting["media"]) == "confirmed" and broken() == []


def put_into(code: str, cls: str) -> None:
    """Let somebody wait in another class, as an invitation will: by the pools' own statements."""
    with transaction():
        row = db.session.scalars(select(Registration).where(Registration.code == code)).one()
        if row.cls == cls:
            return
        for name, k in ((row.cls, -row.seats), (cls, row.seats)):
            pools = seats.pools_of(row.offering, name)
            seats.wait(pools, k)
            row.cls = name
            take_step(row, pools, Step(row.state, "moved", waiting=k), actor=SYSTEM)  # type: ignore[arg-type]


def test_classes_are_checked_and_taken_away_only_while_unused(demo_app: Flask) -> None:
    code = small(5)
    for wrong in ({"cls": "room", "cap": 1}, {"cls": "x", "cap": 1}, {"cls": "media", "cap": 0}):
        with pytest.raises(Invalid):
            set_class(code, actor=SYSTEM, **wrong)  # type: ignore[arg-type]
    set_class(code, "media", cap=3, actor=SYSTEM)
    own = book(code, phone=phone(1))[0].registration
    assert code_of_refusal(drop_class, code, "public", actor=SYSTEM) == "class.in_use"
    drop_class(code, "media", actor=SYSTEM)
    set_class(code, "media", cap=3, actor=SYSTEM)
    move_registration(own, code, cls="media", actor=SYSTEM)
    assert code_of_refusal(drop_class, code, "media", actor=SYSTEM) == "class.in_use"
    resize(code, 4, mode="media")
    assert counters(code, "media") == (1, 0) and broken() == []


def test_held_seats_are_nobodys_until_they_are_released_or_their_time_is_over(demo_app: Flask) -> None:
    code = small(3)
    until = now() + timedelta(hours=2)
    first = hold_seats(code, "public", 2, owner="市科技局", reason="代表团", expires=until, actor=SYSTEM)
    second = hold_seats(code, "room", 1, owner="工作人员", reason="同传", expires=until, actor=SYSTEM)
    assert (held(code), held(code, "public")) == (3, 2) and broken() == []
    own = book(code, phone=phone(1), seats=2)[0].registration
    assert state_of(own) == "waitlisted"
    assert (
        code_of_refusal(hold_seats, code, "public", 1, owner="a", reason="b", expires=until, actor=SYSTEM)
        == "seat.none_free"
    )
    release_hold(code, first.code, actor=SYSTEM)
    assert state_of(own) == "confirmed" and broken() == []
    assert code_of_refusal(release_hold, code, first.code, actor=SYSTEM) == "hold.not_found"
    late = book(code, phone=phone(2))[0].registration
    with travel(until + timedelta(minutes=5)):
        assert "no hold is past its expiry" in broken()
        settle_offerings()
        assert state_of(late) == "confirmed" and held(code) == 0 and broken() == []
    verbs = db.session.scalars(select(AuditEntry.verb).where(AuditEntry.verb.like("hold.%")).order_by(AuditEntry.id))
    assert list(verbs) == ["hold.take", "hold.take", "hold.release", "hold.release"] and second.seats == 1


def test_a_hold_says_for_whom_and_until_when(demo_app: Flask) -> None:
    code = small(3)
    with pytest.raises(Invalid) as caught:
        hold_seats(code, "media", 0, owner=" ", reason="", expires=now(), actor=SYSTEM)
    assert {error.code for error in caught.value.errors} == {
        "field.required",
        "class.unknown",
        "number.range",
        "hold.past",
    }
    assert db.session.scalars(select(PoolHold)).all() == []


def test_a_cap_stays_above_held_seats_unless_overbooking_is_recorded(demo_app: Flask) -> None:
    code = small(3)
    hold_seats(code, "public", 3, owner="a", reason="b", expires=now() + timedelta(hours=1), actor=SYSTEM)
    assert code_of_refusal(resize, code, 2) == "seat.cap_below_taken"
    resize(code, 2, overbook=1)
    assert held(code) == 3 and broken() == []


def test_a_move_takes_the_new_seats_before_it_gives_the_old_ones_back(demo_app: Flask) -> None:
    one, other = offering_of("ex-main-1", 0).code, offering_of("ex-main-1", 1).code
    resize(one, 2)
    resize(other, 1)
    [mine] = book(one, phone=phone(1), seats=2)
    [waits] = book(one, phone=phone(2))
    assert list_alternatives(row_of(mine.registration)) != []
    move = dict(actor=VISITOR, owner=mine.pass_id)
    assert code_of_refusal(move_registration, mine.registration, other, **move) == "seat.full"
    assert counters(one) == (2, 1) and counters(other) == (0, 0) and broken() == []
    resize(other, 2)
    move_registration(mine.registration, other, **move)  # type: ignore[arg-type]
    assert (counters(one), counters(other), state_of(waits.registration)) == ((1, 0), (2, 0), "confirmed")
    [facts] = list_registrations(mine.pass_id)
    assert (facts.offering, facts.state) == (other, "confirmed") and broken() == []
    assert code_of_refusal(move_registration, mine.registration, other, **move) == "move.same"


def test_a_holder_moves_only_where_one_gets_in_at_once(demo_app: Flask) -> None:
    reviewed = approval(5)
    [mine] = book(offering_of("rs-nm-1").code, phone=phone(1))
    assert (
        code_of_refusal(move_registration, mine.registration, reviewed, actor=VISITOR, owner=mine.pass_id)
        == "move.not_open"
    )
    assert code_of_refusal(move_registration, mine.registration, "none", actor=SYSTEM) == "offering.not_found"
    move_registration(mine.registration, reviewed, actor=SYSTEM, reason="应本人要求")
    assert counters(reviewed) == (1, 0) and broken() == []
    [twice] = book(offering_of("rs-nm-1").code, pass_id=mine.pass_id)
    assert code_of_refusal(move_registration, twice.registration, reviewed, actor=SYSTEM) == "registration.already"
    assert counters(reviewed) == (1, 0) and broken() == []


def test_the_list_at_the_door_gets_the_seats_of_those_who_have_not_come(demo_app: Flask) -> None:
    code = small(3, standby_after_min=10)
    seated = [book(code, phone=phone(n))[0].registration for n in range(3)]
    waits = [book(code, phone=phone(n))[0].registration for n in (3, 4)]
    own = load_offerings([offering_of("rs-ei-1").id])[0]
    assert code_of_refusal(join_standby, week().id, waits[0], actor=SYSTEM) == "standby.not_yet"
    with travel(own.starts - timedelta(minutes=30)):
        for code_of_one in (*waits, waits[0]):
            join_standby(week().id, code_of_one, actor=SYSTEM)
        assert counters(code, "standby") == (0, 2) and counters(code, "public") == (3, 0) and broken() == []
        assert code_of_refusal(join_standby, week().id, seated[0], actor=SYSTEM) == "registration.not_waiting"
    with travel(own.starts + timedelta(minutes=9)):
        assert release_unclaimed(own.offering.id, seated[2:]) == 0
    with travel(own.starts + timedelta(minutes=10)):
        cancel_registration(waits[1], actor=SYSTEM)
        assert release_unclaimed(own.offering.id, seated[2:]) == 1
        assert [state_of(one) for one in (*seated, waits[0])] == ["confirmed", "cancelled", "confirmed", "confirmed"]
        assert row_of(seated[1]).end_reason == "unclaimed" and counters(code) == (3, 0) and broken() == []
        assert release_unclaimed(own.offering.id, seated[2:]) == 0


def test_who_came_to_the_door_first_does_not_pass_who_waited_longer(demo_app: Flask) -> None:
    code = small(1)
    [seated], [early] = book(code, phone=phone(0)), book(code, phone=phone(1))
    with travel(now() + timedelta(minutes=1)):
        [late] = book(code, phone=phone(2))
    own = load_offerings([offering_of("rs-ei-1").id])[0]
    for minutes, waits in ((60, late), (30, early)):
        with travel(own.starts - timedelta(minutes=minutes)):
            join_standby(week().id, waits.registration, actor=SYSTEM)
    with travel(own.starts - timedelta(minutes=20)):
        cancel_registration(seated.registration, actor=SYSTEM)
    assert [state_of(one.registration) for one in (early, late)] == ["confirmed", "waitlisted"] and broken() == []
