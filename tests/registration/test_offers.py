"""Offers: after the cut-off, or where a class wants to be asked; taken, declined, lapsed; and letting in by hand."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.audit.models import AuditEntry
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.outbox.models import Message
from eventweek.registration.actions import (
    Outcome,
    accept_offer,
    cancel_registration,
    change_seats,
    promote_registration,
    seats,
    set_class,
    settle_offerings,
)
from eventweek.registration.models import Registration
from eventweek.registration.queries import list_registrations, load_offerings
from tests.registration.test_verify import broken
from tests.registration.world import book, counters, held, offering_of, phone, resize, state_of
from tests.replanning.world import move, put_out

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]


def queue(cap: int, *parties: int, **more: object) -> tuple[str, list[Outcome]]:
    """Fill an offering and let parties wait; the first `cap` single people are in."""
    code = offering_of("rs-ei-1").code
    resize(code, cap, **more)
    sizes = [1] * cap + list(parties)
    return code, [book(code, phone=phone(n), seats=size, email=f"p{n}@example.org")[0] for n, size in enumerate(sizes)]


def starts(code: str) -> datetime:
    return load_offerings([offering_of("rs-ei-1").id])[0].starts


@contextmanager
def before_start(code: str, minutes: float) -> Iterator[datetime]:
    moment = starts(code) - timedelta(minutes=minutes)
    with travel(moment):
        yield moment


def expiry(code: str) -> datetime | None:
    db.session.rollback()
    return db.session.scalars(select(Registration.offer_expires_at).where(Registration.code == code)).one()


def told() -> list[str]:
    db.session.rollback()
    return [name.removeprefix("registration/") for name in db.session.scalars(select(Message.template))]


def test_after_the_cut_off_a_freed_seat_is_offered_for_a_quarter_of_the_time_left(demo_app: Flask) -> None:
    code, (first, second) = queue(1, 1)
    with before_start(code, 100) as moment:
        cancel_registration(first.registration, actor=SYSTEM)
        assert state_of(second.registration) == "offered"
        assert expiry(second.registration) == moment + timedelta(minutes=25)
        assert (counters(code), held(code), held(code, "public")) == ((0, 0), 1, 1) and broken() == []
        for _again in range(2):
            accept_offer(second.registration, actor=VISITOR, owner=second.pass_id)
        assert (state_of(second.registration), counters(code), held(code)) == ("confirmed", (1, 0), 0)
    assert broken() == [] and told() == ["confirmed", "waitlisted", "cancelled", "offered", "promoted"]


def test_the_policy_bounds_an_offer_and_zero_keeps_the_seats_for_the_door(demo_app: Flask) -> None:
    code, (first, second, third) = queue(2, 1, offer_minutes=10)
    with before_start(code, 100) as moment:
        cancel_registration(first.registration, actor=SYSTEM)
        assert expiry(third.registration) == moment + timedelta(minutes=10)
    resize(code, 2, offer_minutes=0)
    [late] = book(code, phone=phone(9))
    with before_start(code, 90):
        cancel_registration(second.registration, actor=SYSTEM)
        assert state_of(late.registration) == "waitlisted"


def test_nobody_is_asked_when_there_is_no_time_to_answer(demo_app: Flask) -> None:
    code, (first, second) = queue(1, 1)
    with before_start(code, 19):
        cancel_registration(first.registration, actor=SYSTEM)
        assert state_of(second.registration) == "waitlisted" and broken() == []


def test_a_declined_or_lapsed_offer_goes_to_the_next_in_the_same_transaction(demo_app: Flask) -> None:
    code, (first, second, third, fourth) = queue(1, 1, 1, 1)
    with before_start(code, 100):
        cancel_registration(first.registration, actor=SYSTEM)
        cancel_registration(second.registration, actor=VISITOR, owner=second.pass_id)
        assert [state_of(one.registration) for one in (second, third)] == ["cancelled", "offered"]
        with pytest.raises(Refusal, match="offer.none"):  # a seat that was passed on is not taken back
            accept_offer(second.registration, actor=VISITOR, owner=second.pass_id)
        assert (state_of(second.registration), held(code)) == ("cancelled", 1) and broken() == []
    with before_start(code, 60):
        [facts] = list_registrations(third.pass_id)
        assert (facts.state, facts.end_reason, facts.offer_until) == ("cancelled", "lapsed", None)
        with pytest.raises(Refusal) as refused:
            accept_offer(third.registration, actor=VISITOR, owner=third.pass_id)
        assert refused.value.code == "offer.expired"
        assert "no offer is past its expiry" in broken()
        assert settle_offerings() == 1
        assert [state_of(one.registration) for one in (third, fourth)] == ["cancelled", "offered"] and broken() == []
    rows = db.session.scalars(select(Registration.end_reason).order_by(Registration.id)).all()
    assert rows == ["organiser", "declined", "lapsed", ""]


def test_who_does_not_answer_waits_on_at_the_tail_if_the_organiser_says_so(demo_app: Flask) -> None:
    code, (first, second, third) = queue(1, 1, 1, offer_requeues=True)
    with before_start(code, 110):
        cancel_registration(first.registration, actor=SYSTEM)
    with before_start(code, 80):
        settle_offerings()
        assert [state_of(one.registration) for one in (second, third)] == ["waitlisted", "offered"]
        assert counters(code) == (0, 1) and broken() == []
    with before_start(code, 55):
        settle_offerings()
        assert [state_of(one.registration) for one in (second, third)] == ["offered", "waitlisted"]
    with before_start(code, 40):
        settle_offerings()
        assert [state_of(one.registration) for one in (second, third)] == ["cancelled", "offered"] and broken() == []


def test_the_sweep_finds_a_free_seat_that_nothing_gave_out(demo_app: Flask) -> None:
    code, (_first, second) = queue(1, 1)
    with transaction():  # as if whoever made room had been killed before they looked at the queue
        for pool in offering_of("rs-ei-1").pools:
            assert seats.set_cap(pool.id, 2, 0)
    assert state_of(second.registration) == "waitlisted" and "nobody waits beside a free seat" in broken()
    assert settle_offerings() == 1 and state_of(second.registration) == "confirmed"
    assert settle_offerings() == 0 and broken() == []


def test_no_offer_outlasts_the_start_of_a_session_that_is_moved_forward(demo_app: Flask) -> None:
    code, (first, second, third) = queue(2, 1)
    with before_start(code, 100) as moment:
        cancel_registration(first.registration, actor=SYSTEM)
        assert expiry(third.registration) == moment + timedelta(minutes=25)
        put_out(move("rs-ei-1", minutes=-90))
        assert starts(code) == moment + timedelta(minutes=10)
        assert expiry(third.registration) == starts(code) and broken() == []
    with transaction():
        row = db.session.scalars(select(Registration).where(Registration.code == third.registration)).one()
        row.offer_expires_at = starts(code) + timedelta(hours=1)
    with before_start(code, 0):
        cancel_registration(second.registration, actor=SYSTEM)
        assert state_of(third.registration) == "cancelled" and held(code) == 0 and broken() == []


def test_a_party_is_overtaken_so_often_and_then_seats_are_saved_for_it(demo_app: Flask) -> None:
    code, (*seated, party, first, second, third) = queue(3, 3, 1, 1, 1, overtakes=2)
    for gone, passing in zip(seated[:2], (first, second), strict=True):
        cancel_registration(gone.registration, actor=SYSTEM)
        assert (state_of(passing.registration), state_of(party.registration)) == ("confirmed", "waitlisted")
    for saved, gone in enumerate((seated[2], first), 1):
        cancel_registration(gone.registration, actor=SYSTEM)
        assert (state_of(third.registration), counters(code)) == ("waitlisted", (3 - saved, 4))
    [facts] = list_registrations(third.pass_id)
    assert facts.why_waiting and facts.why_waiting.code == "waiting.saved"
    cancel_registration(second.registration, actor=SYSTEM)
    assert (state_of(party.registration), state_of(third.registration)) == (
        "confirmed",
        "waitlisted",
    ) and broken() == []


def test_a_class_that_wants_to_be_asked_is_offered_before_the_cut_off(demo_app: Flask) -> None:
    code, (first, second) = queue(1, 1)
    set_class(code, "public", cap=1, consent=True, actor=SYSTEM)
    cancel_registration(first.registration, actor=SYSTEM)
    assert state_of(second.registration) == "offered" and broken() == []
    with pytest.raises(Refusal) as refused:
        change_seats(second.registration, 2, actor=VISITOR, owner=second.pass_id)
    assert refused.value.code == "seat.full"
    resize(code, 1, offer_minutes=0)
    with pytest.raises(Invalid):
        set_class(code, "public", cap=1, consent=True, actor=SYSTEM)


def test_accepting_and_lapsing_at_the_same_moment_do_one_of_both(demo_app: Flask) -> None:
    code, (first, second, third) = queue(1, 1, 1)
    with before_start(code, 100):
        cancel_registration(first.registration, actor=SYSTEM)
        end = expiry(second.registration)
    assert end

    def accept() -> str:
        with demo_app.app_context(), travel(end - timedelta(seconds=1)):
            try:
                accept_offer(second.registration, actor=VISITOR, owner=second.pass_id)
            except Refusal as refusal:
                return refusal.code
            return "accepted"

    def settle() -> str:
        with demo_app.app_context(), travel(end):
            settle_offerings()
            return "settled"

    db.session.remove()
    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(copy_context().run, act) for act in (accept, settle, accept, settle)]
        answers = [run.result() for run in runs]
    with travel(end):
        assert broken() == []
        states = [state_of(one.registration) for one in (second, third)]
    assert states in (["confirmed", "waitlisted"], ["cancelled", "offered"])
    assert ("accepted" in answers) == (states[0] == "confirmed")


def test_letting_in_by_hand_needs_a_seat_and_a_reason_and_is_in_the_audit(demo_app: Flask) -> None:
    code, (first, _one, other, large, second) = queue(3, 3, 1)
    with pytest.raises(Refusal) as refused:
        promote_registration(second.registration, reason="主讲人的同事", actor=SYSTEM)
    assert refused.value.code == "seat.none_free"
    with before_start(code, 10):
        for free in (first, other):
            cancel_registration(free.registration, actor=SYSTEM)
        assert state_of(second.registration) == "waitlisted"
        with pytest.raises(Invalid):
            promote_registration(second.registration, reason=" ", actor=SYSTEM)
        promote_registration(second.registration, reason="主讲人的同事", actor=SYSTEM)
        assert state_of(second.registration) == "confirmed" and state_of(large.registration) == "waitlisted"
        assert broken() == []
        with pytest.raises(Refusal) as refused:
            promote_registration(second.registration, reason="主讲人的同事", actor=SYSTEM)
        assert refused.value.code == "registration.not_waiting"
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "registration.promote"))
    assert entry.changes["before"] == 1 and entry.changes["reason"] == "主讲人的同事"


def test_both_sides_read_why_somebody_waits(demo_app: Flask) -> None:
    code, outcomes = queue(3, 3, 1, overtakes=0)

    def whys() -> list[str]:
        found = [facts.why_waiting for one in outcomes[3:] for facts in list_registrations(one.pass_id)]
        return [why.code for why in found if why]

    assert whys() == ["waiting.first", "waiting.full"]
    for one in outcomes[:2]:
        cancel_registration(one.registration, actor=SYSTEM)
    assert whys() == ["waiting.party", "waiting.saved"] and broken() == []
    with before_start(code, 30):
        assert whys() == ["waiting.party", "waiting.saved"]
    with before_start(code, 10):
        assert whys() == ["waiting.cut_off", "waiting.cut_off"]
    resize(code, 2)
    assert whys() == ["waiting.too_large"] and broken() == []
