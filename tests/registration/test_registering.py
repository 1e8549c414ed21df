"""Register, wait, cancel: seats follow, nobody is told what is not theirs."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from eventweek.audit.actors import SYSTEM, VISITOR, Actor
from eventweek.audit.models import AuditEntry
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.programme.enums import RegistrationMode
from eventweek.registration.actions import (
    Basket,
    Item,
    Successor,
    accept_offer,
    cancel_registration,
    change_seats,
    correct_answers,
    hand_over,
    move_registration,
    register,
    resubmit,
    seats,
)
from eventweek.registration.models import (
    Attendee,
    Consent,
    Offering,
    Pass,
    PassToken,
    Registration,
    RegistrationEvent,
    SeatDelta,
)
from eventweek.registration.queries import list_offerings, list_registrations
from tests.registration.world import book, counters, offering_of, phone, resize, set_week_state, state_of, week

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]


def errors_of(caught: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(error.field, error.code) for error in caught.value.errors]


def test_a_basket_is_confirmed_whole_with_one_pass(demo_app: Flask) -> None:
    codes = [offering_of("rs-ei-1").code, offering_of("ex-main-2", 1).code]
    outcomes = book(*codes, seats=2, email="OuYang@Example.org")
    assert [(o.offering, o.state, o.seats, o.position) for o in outcomes] == [(c, "confirmed", 2, 0) for c in codes]
    assert [counters(code) for code in codes] == [(2, 0), (2, 0)]
    held = list_registrations(outcomes[0].pass_id)
    assert {own.code for own in held} == {o.registration for o in outcomes} and all(own.entitled for own in held)
    who = db.session.scalars(select(Attendee)).one()
    assert (who.phone_e164, who.email) == ("+8613800138000", "ouyang@example.org")
    assert db.session.scalar(select(func.count()).select_from(Consent)) == 1
    assert db.session.scalars(select(PassToken.status)).all() == ["active"]


def test_full_means_waiting_and_a_freed_seat_goes_to_the_first_who_fits(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    resize(code, 2)
    [first] = book(code, phone=phone(1), seats=2)
    [family] = book(code, phone=phone(2), seats=2)
    [single] = book(code, phone=phone(3))
    assert [(o.state, o.position) for o in (first, family, single)] == [
        ("confirmed", 0),
        ("waitlisted", 1),
        ("waitlisted", 2),
    ]
    change_seats(first.registration, 1, actor=VISITOR, owner=first.pass_id)
    assert [state_of(o.registration) for o in (family, single)] == ["waitlisted", "confirmed"]
    cancel_registration(first.registration, actor=VISITOR, owner=first.pass_id)
    cancel_registration(single.registration, actor=SYSTEM)
    assert state_of(family.registration) == "confirmed"
    assert counters(code) == counters(code, "public") == (2, 0)
    sums = select(func.sum(SeatDelta.taken), func.sum(SeatDelta.waiting)).group_by(SeatDelta.pool_id)
    assert [tuple(row) for row in db.session.execute(sums)] == [(2, 0), (2, 0)]
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "registration.cancel"))
    told = {(entry.code, entry.actor, entry.changes["reason"]) for entry in entries}
    ended = (first.registration, VISITOR, "person"), (single.registration, SYSTEM, "organiser")
    assert told == {(code, actor.label, reason) for code, actor, reason in ended}


def test_nobody_jumps_the_queue_and_the_cut_off_ends_it(demo_app: Flask) -> None:
    own = offering_of("rs-ei-1")
    code, starts = own.code, list_offerings([own.sessions[0].session.code])[own.sessions[0].session.code][0].starts
    resize(code, 3)
    [first] = book(code, phone=phone(1), seats=2)
    [family] = book(code, phone=phone(2), seats=3)
    assert family.position == 1
    resize(code, 3, overtakes=0)
    [late] = book(code, phone=phone(3))
    assert (late.state, late.position) == ("waitlisted", 2)
    with travel(starts):
        with pytest.raises(Refusal, match="registration.started"):
            cancel_registration(first.registration, actor=VISITOR, owner=first.pass_id)
        cancel_registration(first.registration, actor=SYSTEM)
    assert [state_of(o.registration) for o in (family, late)] == ["waitlisted", "waitlisted"]


def test_a_refused_basket_changes_nothing(demo_app: Flask) -> None:
    good, full = offering_of("rs-ei-1").code, offering_of("rs-nm-1").code
    resize(full, 1, queue_open=False)
    book(full, phone=phone(1))
    with pytest.raises(Invalid) as caught:
        book(good, full, phone=phone(2))
    assert errors_of(caught) == [(full, "seat.full")]
    assert counters(good) == (0, 0)
    assert db.session.scalar(select(func.count()).select_from(Attendee)) == 1


def test_one_contact_once_and_only_the_owner_is_told(demo_app: Flask) -> None:
    code, slots = offering_of("rs-ei-1").code, [offering_of("ex-main-2", n).code for n in (0, 1)]
    [mine, _slot] = book(code, slots[0])
    with pytest.raises(Invalid) as caught:
        book(code, phone="+86 138 0013 8000", name="陌生人")
    assert errors_of(caught) == [("proof", "contact.unproven")]
    with pytest.raises(Invalid) as caught:
        book(code, slots[1], pass_id=mine.pass_id, phone="")
    assert sorted(errors_of(caught)) == sorted([(code, "registration.already"), (slots[1], "registration.one_slot")])
    with pytest.raises(Invalid) as caught:
        book(*slots, phone=phone(5))
    assert caught.value.errors[0].code == "registration.one_slot"
    [more] = book(offering_of("rs-nm-1").code, pass_id=mine.pass_id, name="", phone="", consent=False)
    assert more.pass_id == mine.pass_id
    cancel_registration(mine.registration, actor=VISITOR, owner=mine.pass_id)
    [again] = book(code, pass_id=mine.pass_id)
    assert again.registration != mine.registration
    assert db.session.scalar(select(func.count()).select_from(Pass)) == 1


def test_a_repeated_request_is_answered_with_the_first_answer(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    first = book(code, key="k-1")
    assert [book(code, key="k-1") for _ in range(3)] == [first] * 3
    assert counters(code) == (1, 0)
    with pytest.raises(Refusal, match="idempotency.mismatch"):
        book(code, key="k-1", seats=2)
    for key in ("", "x" * 81, "a\nb"):
        with pytest.raises(Refusal, match="idempotency.key"):
            book(code, key=key)
    elsewhere = Basket(week_id=10**6, items=(Item(code),), name="欧阳娜娜", phone=phone(1), consent=True)
    with pytest.raises(Refusal, match="week.not_found"):  # a key counts in its week
        register(elsewhere, actor=VISITOR, key="k-1")


@pytest.mark.database
def test_a_repeated_request_gets_its_answer_though_a_new_one_were_refused(demo_app: Flask) -> None:
    code, other = offering_of("rs-ei-1").code, offering_of("rs-nm-1").code
    resize(code, 1, queue_open=False)
    first = book(code, key="k-1")
    assert book(code, key="k-1") == first
    with pytest.raises(Invalid, match="input.invalid"):
        book(code, key="k-2", phone=phone(2))
    with pytest.raises(Refusal, match="idempotency.mismatch"):
        book(other, key="k-1")
    cancel_registration(first[0].registration, actor=VISITOR, owner=first[0].pass_id)
    assert book(code, key="k-1") == first
    assert counters(code) == (0, 0) and counters(other) == (0, 0)


@pytest.mark.database
def test_requests_that_arrive_late_or_in_another_order_change_nothing(demo_app: Flask) -> None:
    code, other = offering_of("rs-ei-1").code, offering_of("rs-nm-1").code
    [mine] = first = book(code, key="k-1", seats=2)
    own, holder = mine.registration, mine.pass_id
    for _twice in range(2):
        cancel_registration(own, actor=VISITOR, owner=holder)
    next_one = Successor("司马相如", phone(9), consent=True)
    late: dict[str, Callable[[], object]] = {
        "registration.ended": lambda: change_seats(own, 3, actor=VISITOR, owner=holder),
        "registration.not_confirmed": lambda: move_registration(own, other, actor=VISITOR, owner=holder),
        "handover.not_confirmed": lambda: hand_over(own, next_one, actor=VISITOR, owner=holder),
        "offer.none": lambda: accept_offer(own, actor=VISITOR, owner=holder),
        "registration.not_returned": lambda: resubmit(own, actor=VISITOR, owner=holder),
        "^registration.ended$": lambda: correct_answers(own, {}, actor=VISITOR, owner=holder),
    }
    for why, act in late.items():
        with pytest.raises(Refusal, match=why):
            act()
    assert book(code, key="k-1", seats=2) == first  # answered as it was, not registered anew
    assert (counters(code), counters(other), state_of(own)) == ((0, 0), (0, 0), "cancelled")
    assert db.session.scalar(select(func.count()).select_from(RegistrationEvent)) == 2


def test_modes_and_times_say_why_one_cannot_register(demo_app: Flask) -> None:
    invited = offering_of("op-main").code
    with pytest.raises(Invalid) as caught:
        book(invited)
    assert errors_of(caught) == [(invited, "mode.invite")]
    code = offering_of("rs-ei-1").code
    set_week_state("draft")
    with pytest.raises(Invalid) as caught:
        book(code)
    assert errors_of(caught) == [(code, "offering.week_not_open")]
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 0


def test_what_is_not_public_or_not_theirs_is_not_found(demo_app: Flask) -> None:
    hidden = db.session.scalars(select(Offering).where(Offering.mode == RegistrationMode.MEDIA)).first()
    assert hidden
    for code in (hidden.code, "nothing"):
        with pytest.raises(Refusal, match="offering.not_found"):
            book(code)
    code = offering_of("rs-ei-1").code
    [mine], [other] = book(code, phone=phone(1)), book(code, phone=phone(2))
    with pytest.raises(Refusal, match="registration.not_found"):
        cancel_registration(mine.registration, actor=VISITOR, owner=other.pass_id)
    with pytest.raises(Refusal, match="permission.denied"):
        cancel_registration(mine.registration, actor=Actor("somebody"))
    with pytest.raises(Refusal, match="pass.not_found"):
        book(code, pass_id=10**6)
    assert counters(code) == (2, 0)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"name": "", "phone": "1"}, [("name", "name.required"), ("phone", "phone.invalid")]),
        ({"name": "王"}, [("name", "name.length")]),
        ({"name": "王" * 51}, [("name", "name.length")]),
        ({"name": "王" * 100_000}, [("name", "text.too_long")]),
        ({"name": "<b>x</b>"}, [("name", "name.letters")]),
        ({"name": "--"}, [("name", "name.letters")]),
        ({"phone": "12345"}, [("phone", "phone.invalid")]),
        ({"phone": "138 0013 800"}, [("phone", "phone.digits")]),
        ({"phone": "１３８００１３８００００"}, [("phone", "phone.digits")]),
        ({"phone": "nan"}, [("phone", "phone.invalid")]),
        ({"phone": "", "email": ""}, [("phone", "contact.required")]),
        ({"email": "a@@b"}, [("email", "email.invalid")]),
        ({"consent": False}, [("consent", "consent.required")]),
        ({"organisation": "x" * 101}, [("organisation", "text.too_long")]),
    ],
)
def test_bad_input_is_said_at_its_field(
    demo_app: Flask, fields: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    with pytest.raises(Invalid) as caught:
        book(offering_of("rs-ei-1").code, **fields)
    assert errors_of(caught) == expected


@pytest.mark.parametrize("seats", [0, -1, 6, 10**30])
def test_a_party_has_a_sensible_size(demo_app: Flask, seats: int) -> None:
    code = offering_of("rs-ei-1").code
    with pytest.raises(Invalid) as caught:
        book(code, seats=seats)
    assert errors_of(caught) == [(code, "party.empty" if seats < 1 else "party.too_large")]


def test_a_party_that_no_seats_could_ever_hold_does_not_wait_for_them(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    resize(code, 3)
    with pytest.raises(Invalid) as caught:
        book(code, seats=4)
    [error] = caught.value.errors
    assert (error.field, error.code, error.facts) == (code, "party.too_large", {"most": 3})
    assert book(code, seats=3)[0].state == "confirmed"


@pytest.mark.parametrize(
    ("name", "phone", "kept"),
    [
        ("阿卜杜拉・买买提", "１３８ ００１３ ８０００", "阿卜杜拉·买买提"),
        ("𠮷野\u200b家", "0086-138-0013-8000", "𠮷野家"),
        ("Jean-Luc O’Neil", "+33 6 12 34 56 78", "Jean-Luc O’Neil"),
        ("中奖www.example.com", "13800138000", "中奖www. example. com"),
        ("张\0三\r\n", "138\ud80000138000", "张三"),
    ],
)
def test_names_and_phones_are_brought_to_one_form(demo_app: Flask, name: str, phone: str, kept: str) -> None:
    book(offering_of("rs-ei-1").code, name=name, phone=phone)
    who = db.session.scalars(select(Attendee)).one()
    assert who.name == kept
    assert who.phone_e164 in {"+8613800138000", "+33612345678"}


def test_baskets_are_checked(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    week_id = week().id
    for items, refusal in (
        ((), "basket.empty"),
        ((Item(code), Item(code)), "basket.twice"),
        (tuple(Item(str(n)) for n in range(21)), "basket.too_long"),
    ):
        with pytest.raises(Refusal, match=refusal):
            register(Basket(week_id=week_id, items=items, name="张三", phone=phone(1), consent=True), actor=VISITOR)
    with pytest.raises(Refusal, match="week.not_found"):
        register(Basket(week_id=10**6, items=(Item(code),)), actor=VISITOR)


def test_my_week_needs_the_same_statements_for_any_number(
    demo_app: Flask, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    codes = [offering_of(key).code for key in ("rs-ei-1", "rs-nm-1", "ex-main-2", "ex-main-3", "ex-main-4")]
    resize(codes[0], 1)
    book(codes[0], phone=phone(9))
    few, many = book(*codes[:2], phone=phone(1)), book(*codes, phone=phone(2))
    counted = []
    for outcomes in (few, many):
        with statements() as seen:
            held = list_registrations(outcomes[0].pass_id)
        assert {own.offering: own.position for own in held} == {o.offering: o.position for o in outcomes}
        counted.append(len(seen))
    assert counted[0] == counted[1] <= 6
    assert [own.position for own in held if own.state == "waitlisted"] == [2]


def test_who_joins_behind_a_party_too_large_for_the_seats_left_gets_one_at_once(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    resize(code, 3, overtakes=1)
    book(code, phone=phone(1), seats=2)
    [party] = book(code, phone=phone(2), seats=2)
    [single] = book(code, phone=phone(3))
    assert (party.state, single.state, single.position) == ("waitlisted", "confirmed", 0)
    [late] = book(code, phone=phone(4))
    assert (state_of(party.registration), late.state, counters(code)) == ("waitlisted", "waitlisted", (3, 3))


def test_nobody_gets_in_by_a_mode_that_was_just_changed(demo_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    code, take = offering_of("rs-ei-1").code, seats.take

    def change_first(pools: seats.Pools, wanted: int) -> bool:
        db.session.execute(update(Offering).where(Offering.code == code).values(mode="approval"))
        return take(pools, wanted)

    monkeypatch.setattr(seats, "take", change_first)
    with pytest.raises(Invalid) as caught:
        book(code)
    assert errors_of(caught) == [(code, "offering.closed")]
    assert counters(code) == (0, 0)
