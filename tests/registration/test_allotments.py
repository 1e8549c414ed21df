"""Allotments: a unit fills the seats that are kept for it, and whatever it leaves goes to who waits at the cut-off."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.audit.models import AuditEntry
from eventweek.delivery.mails import links_of
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.outbox.actions import claim_message
from eventweek.outbox.models import Message
from eventweek.registration.actions import (
    Allotment,
    Basket,
    Checked,
    Item,
    Made,
    Outcome,
    Successor,
    Terms,
    Unit,
    add_members,
    allot_seats,
    bound_allotments,
    cancel_member,
    cancel_registration,
    change_hold,
    change_seats,
    check_members,
    move_registration,
    register,
    register_group,
    release_hold,
    renew_link,
    settle_offerings,
    swap_member,
)
from eventweek.registration.actions.displacing import displace
from eventweek.registration.actions.holds import hold_seats
from eventweek.registration.actions.seats import lock
from eventweek.registration.guests import Guest
from eventweek.registration.members import Member
from eventweek.registration.models import PoolHold, RegistrationGroup
from eventweek.registration.queries.groups import find_group, list_live_members
from eventweek.registration.queries.invitations import find_invited, list_invited
from eventweek.registration.queries.offerings import load_offerings, read_pools
from tests.registration.test_invitations import hide
from tests.registration.test_races import race
from tests.registration.test_verify import broken
from tests.registration.world import book, counters, held, offering_of, phone, resize, state_of, week

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]
UNIT = Unit("吉林省示例光电有限公司", "王敏", email="wang@example.org", consent=True)
NAMES = "甲乙丙丁戊己庚辛壬癸"


def code() -> str:
    return offering_of("rs-ei-1").code


def allot(number: int, **more: Any) -> Made:
    """Keep seats of a demo session for a unit, for three days."""
    facts: dict[str, Any] = {"owner": "吉林省示例光电有限公司", "reason": "支持单位", "cls": "public"}
    facts |= {"expires": now() + timedelta(days=3)} | more
    return allot_seats(code(), Allotment(number, **facts), actor=SYSTEM)


def come(one: Made, number: int = 1, seats: int = 1) -> Outcome:
    """Let one of the unit register with its link."""
    items = (Item(code(), seats, invitation=one.row.code),)
    person: dict[str, Any] = {"name": "欧阳娜娜", "phone": phone(number), "consent": True}
    return register(Basket(week_id=week().id, items=items, **person), actor=VISITOR)[0]


def send(one: Made, number: int, first: int = 1, **more: Any) -> Checked:
    """Let the unit's leader register so many people by the link."""
    people = [Member(n, f"示例{NAMES[n // 10 % 10]}{NAMES[n % 10]}", phone(n)) for n in range(first, first + number)]
    return register_group(week().id, code(), UNIT, people, invitation=one.row.code, **more)


def kept() -> tuple[int | None, int] | None:
    """Return how many seats are allotted, and how many of them are still kept; None once nothing is."""
    db.session.rollback()
    row = db.session.scalar(select(PoolHold))
    return (row.allotted, row.seats) if row else None


def hold() -> str:
    db.session.rollback()
    return db.session.scalars(select(PoolHold.code)).one()


def why(act: Any) -> list[str]:
    """Return why something cannot be."""
    with pytest.raises(Refusal) as caught:
        act()
    errors = caught.value.errors if isinstance(caught.value, Invalid) else ()
    return [error.code for error in errors] or [caught.value.code]


def test_a_unit_fills_its_seats_while_others_wait(demo_app: Flask) -> None:
    resize(code(), 4)
    one = allot(3)
    assert held(code()) == 3 and book(code(), phone=phone(90))[0].state == "confirmed"
    assert book(code(), phone=phone(91))[0].state == "waitlisted"
    assert come(one, seats=2).state == "confirmed" and kept() == (3, 1)
    assert why(lambda: come(one, 2, seats=2)) == ["allotment.too_few"]
    assert send(one, 1, 5).count("confirmed") == 1 and kept() == (3, 0)
    assert why(lambda: come(one, 9)) == ["allotment.too_few"]
    assert counters(code()) == (4, 1) and held(code()) == 0 and broken() == []
    invited = find_invited(week().id, one.token)
    assert invited and (invited.facts.cap, invited.facts.taken, invited.facts.free) == (3, 3, 0)


def test_what_is_left_at_the_cut_off_goes_to_who_waits(demo_app: Flask) -> None:
    resize(code(), 3)
    one = allot(3)
    group = send(one, 1).group
    waiting = [book(code(), phone=phone(n))[0].registration for n in (90, 91, 92)]
    own = find_group(group)
    assert own and own.cut_off == one.row.expires_at
    with travel(one.row.expires_at):
        assert settle_offerings() == 1 and kept() is None
        assert [state_of(row) for row in waiting] == ["confirmed", "confirmed", "waitlisted"]
        assert counters(code()) == (3, 1) and broken() == []
        assert why(lambda: come(one, 7)) == ["allotment.ended"]
        assert why(lambda: add_members(group, [Member(1, "示例甲", phone(8))])) == ["group.over"]
        told = db.session.scalars(select(Message.template).where(Message.template == "registration/promoted")).all()
        assert settle_offerings() == 0 and len(told) <= 2
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "hold.release")).one()
    assert (entry.changes["why"], entry.changes["seats"], entry.changes["allotted"]) == ("lapsed", 2, 3)


def test_a_seat_that_one_of_the_unit_gives_up_stays_with_the_unit(demo_app: Flask) -> None:
    resize(code(), 3)
    one = allot(3)
    group = send(one, 3).group
    late = book(code(), phone=phone(90))[0].registration
    own = find_group(group)
    assert own
    first, second, third = list_live_members(own.id)
    cancel_member(group, first.code)
    assert kept() == (3, 1) and state_of(late) == "waitlisted" and broken() == []
    assert add_members(group, [Member(1, "示例子", phone(8)), Member(2, "示例丑", phone(9))]).problems != []
    assert add_members(group, [Member(1, "示例子", phone(8))]).problems == [] and kept() == (3, 0)
    swap_member(group, second.code, Successor("司马相如", phone(60), consent=True))
    cancel_registration(third.code, actor=SYSTEM)
    assert kept() == (3, 1) and state_of(late) == "waitlisted" and broken() == []
    release_hold(code(), hold(), actor=SYSTEM)
    assert kept() is None and state_of(late) == "confirmed" and broken() == []
    assert why(lambda: add_members(group, [Member(1, "示例寅", phone(10))])) == ["allotment.ended"]
    cancel_member(group, second.code)
    assert counters(code()) == (2, 0) and broken() == []


def test_parties_grow_shrink_and_move_within_the_seats_of_their_unit(demo_app: Flask) -> None:
    one = allot(3)
    row = come(one, seats=2).registration
    change_seats(row, 3, actor=SYSTEM)
    assert kept() == (3, 0) and why(lambda: change_seats(row, 4, actor=SYSTEM)) == ["allotment.too_few"]
    change_seats(row, 1, actor=SYSTEM)
    assert kept() == (3, 2) and counters(code()) == (1, 0) and broken() == []
    move_registration(row, offering_of("rs-ei-2").code, actor=SYSTEM)
    assert kept() == (3, 3) and counters(code()) == (0, 0) and broken() == []
    move_registration(row, code(), actor=SYSTEM)
    assert kept() == (3, 3) and counters(code()) == (1, 0) and broken() == []


def test_who_loses_a_seat_to_a_smaller_room_takes_it_out_of_the_allotment(demo_app: Flask) -> None:
    one = allot(3)
    row = come(one, seats=2).registration
    with transaction():
        lock([offering_of("rs-ei-1").id])
        own = load_offerings([offering_of("rs-ei-1").id])[0]
        assert [gone.code for gone in displace(own, 2, actor=SYSTEM)] == [row]
    assert kept() == (1, 1) and state_of(row) == "waitlisted" and held(code()) == 1


def test_the_organiser_changes_renews_and_releases(demo_app: Flask) -> None:
    resize(code(), 5)
    one = allot(3)
    assert come(one, seats=2).state == "confirmed"
    late = [book(code(), phone=phone(n))[0].registration for n in (90, 91, 92, 93)]
    change_hold(code(), hold(), Terms(seats=2, owner="换了名字"), actor=SYSTEM, version=1)
    assert kept() == (2, 0) and [state_of(row) for row in late].count("confirmed") == 3
    assert why(lambda: change_hold(code(), hold(), Terms(seats=1), actor=SYSTEM, version=2)) == [
        "allotment.below_taken"
    ]
    assert why(lambda: change_hold(code(), hold(), Terms(seats=9), actor=SYSTEM, version=2)) == ["seat.none_free"]
    assert why(lambda: change_hold(code(), hold(), Terms(), actor=SYSTEM, version=1)) == ["version.stale"]
    for wrong, found in (
        ({"seats": 0}, "number.range"),
        ({"owner": " "}, "field.required"),
        ({"expires": now()}, "hold.past"),
        ({"expires": load_offerings([offering_of("rs-ei-1").id])[0].starts + timedelta(seconds=1)}, "allotment.late"),
    ):
        assert why(lambda terms=wrong: change_hold(code(), hold(), Terms(**terms), actor=SYSTEM, version=None)) == [
            found
        ]
    other = renew_link(code(), hold(), actor=SYSTEM, version=2)
    assert why(lambda: come(one, 5)) == ["allotment.ended"] and other.token != one.token
    cancel_registration(late[0], actor=SYSTEM)
    cancel_registration(late[1], actor=SYSTEM)
    cancel_registration(late[2], actor=SYSTEM)
    change_hold(code(), hold(), Terms(seats=3, expires=now() + timedelta(days=4)), actor=SYSTEM, version=3)
    group = send(other, 1, 20).group
    own = find_group(group)
    assert own and own.cut_off == now() + timedelta(days=4) and broken() == []
    change_hold(code(), hold(), Terms(seats=4, expires=now() + timedelta(days=2)), actor=SYSTEM, version=4)
    again = renew_link(code(), hold(), actor=SYSTEM, version=None)
    assert again.row.expires_at == now() + timedelta(days=2)
    assert add_members(group, [Member(1, "示例子", phone(8))]).problems == []  # the leader's list follows the new link
    own = find_group(group)
    assert own and own.cut_off == now() + timedelta(days=2) and kept() == (4, 0) and broken() == []
    verbs = db.session.scalars(select(AuditEntry.verb).where(AuditEntry.verb.in_(("hold.edit", "allotment.link"))))
    assert sorted(verbs) == ["allotment.link"] * 3 + ["hold.edit"] * 3
    assert one.token not in str(db.session.scalars(select(AuditEntry.changes)).all())


def test_a_hidden_session_and_seats_of_its_own_open_by_the_link(demo_app: Flask) -> None:
    hide("rs-ei-1")
    one = allot(2, cls="invited", guest=Guest(email="unit@example.org"), locale="en")
    assert one.row.mailed and list_invited(week().id, [one.row.code])[0].facts.free == 2
    assert send(one, 2).count("confirmed") == 2
    pools = read_pools(offering_of("rs-ei-1").id)
    assert (pools["invited"].taken, pools["invited"].held, pools["public"].taken) == (2, 0, 0) and broken() == []
    message = db.session.scalars(select(Message).where(Message.template == "registration/invited")).one()
    assert one.token not in str(message.context)
    with demo_app.test_request_context():
        letter = claim_message(message.id)
        assert letter and one.token in str(links_of(letter))


def test_a_group_registers_all_of_its_people_within_the_allotment_or_nobody(demo_app: Flask) -> None:
    one = allot(2)
    people = [Member(n, f"示例{NAMES[n]}", phone(n)) for n in range(3)]
    for act in (
        lambda: check_members(week().id, code(), people, invitation=one.row.code),
        lambda: register_group(week().id, code(), UNIT, people, invitation=one.row.code),
    ):
        assert [(own.row, own.error.code) for own in act().problems] == [(2, "allotment.too_few")]
    assert kept() == (2, 2) and db.session.scalar(select(func.count()).select_from(RegistrationGroup)) == 0
    plain = hold_seats(
        code(), "public", 1, owner="某单位", reason="代表团", expires=now() + timedelta(days=1), actor=SYSTEM
    )
    assert why(lambda: renew_link(code(), plain.code, actor=SYSTEM, version=None)) == ["allotment.none"]
    for wrong in ("none", "\0"):
        with pytest.raises(Refusal, match="offering.not_found"):
            register_group(week().id, code(), UNIT, people, invitation=wrong)


def test_why_seats_cannot_be_allotted(demo_app: Flask) -> None:
    resize(code(), 3)
    starts = load_offerings([offering_of("rs-ei-1").id])[0].starts
    for wish, found in (
        ({"expires": now()}, "hold.past"),
        ({"expires": starts + timedelta(minutes=1)}, "allotment.late"),
        ({"cls": "room"}, "class.unknown"),
        ({"cls": "standby"}, "class.unknown"),
        ({"owner": ""}, "field.required"),
    ):
        assert why(lambda facts=wish: allot(1, **facts)) == [found]
    assert why(lambda: allot(4)) == ["seat.none_free"] and why(lambda: allot(0)) == ["number.range"]
    assert kept() is None and held(code()) == 0 and broken() == []


def test_no_allotment_lasts_into_a_session_that_was_moved(demo_app: Flask) -> None:
    starts = load_offerings([offering_of("rs-ei-1").id])[0].starts
    one = allot(2, expires=starts)
    with transaction():
        offering_of("rs-ei-1").slot_start = starts - timedelta(hours=2)
    with transaction():
        bound_allotments(week().id)
    assert find_invited(week().id, one.token).row.expires_at == starts - timedelta(hours=2)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("UPDATE pool_hold SET allotted = allotted + 1", "seats of an allotment are kept"),
        ("DELETE FROM allotment_seat", "seats of an allotment are kept"),
        ("UPDATE registration SET class = 'media'", "whoever sits on an allotment"),
    ],
)
def test_a_broken_allotment_is_found(demo_app: Flask, damage: str, found: str) -> None:
    come(allot(3), seats=2)
    assert broken() == []
    with transaction():
        db.session.execute(text(damage))
    assert any(name.startswith(found) for name in broken())


def test_no_race_gives_a_unit_more_than_its_seats(demo_app: Flask) -> None:
    resize(code(), 20)
    name, offering = allot(5).row.code, code()

    def act(own: str, number: int) -> None:
        items = (Item(own, invitation=name),)
        person: dict[str, Any] = {"name": "欧阳娜娜", "phone": phone(number), "consent": True}
        row = register(Basket(week_id=week().id, items=items, **person), actor=VISITOR)[0]
        if number % 3 == 0:
            cancel_registration(row.registration, actor=SYSTEM)

    taken = race(demo_app, offering, 4, act)
    assert kept() == (5, 5 - taken) and taken > 0 and counters(offering) == (taken, 0) and broken() == []


def test_from_the_cut_off_on_the_link_opens_nothing_though_no_worker_has_come_by(demo_app: Flask) -> None:
    one = allot(2, expires=now() + timedelta(hours=1))
    with travel(now() + timedelta(minutes=59)):
        assert come(one).state == "confirmed"
    with travel(now() + timedelta(hours=1)):
        assert why(lambda: come(one, 2)) == ["allotment.over"] and why(lambda: send(one, 1, 3)) == ["allotment.over"]
        assert kept() == (2, 1)
