"""Applications: let in, sent back, refused; by one reviewer or two; with a seat held or not."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM, VISITOR, Actor, GrantValue
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import db
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.outbox.models import Message
from eventweek.registration.actions import Reviewed, cancel_registration, resubmit, review_registrations
from eventweek.registration.enums import Verdict
from eventweek.registration.models import Registration, RegistrationEvent
from tests.registration.test_verify import broken
from tests.registration.world import applied, approval, book, counters, held, phone, resize, state_of, week

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]

FIRST, SECOND = (Actor(f"user:{n}", id=900 + n, grants=(GrantValue("committee"),)) for n in (1, 2))


def decide(verdict: Verdict, *codes: str, actor: Actor = FIRST, reason: str = "材料不全") -> list[Reviewed]:
    return review_registrations(week().id, codes, verdict, actor=actor, reason=reason)


def test_an_application_takes_no_seat_until_it_is_approved(demo_app: Flask) -> None:
    code = approval(2)
    first, second, third = (applied(code, n, 1) for n in (1, 2, 3))
    assert counters(code) == (0, 0) and held(code) == 0
    results = decide(Verdict.APPROVE, first, second, third)
    assert [one.state for one in results] == ["confirmed", "confirmed", "waitlisted"]
    assert counters(code) == counters(code, "public") == (2, 1) and broken() == []
    cancel_registration(first, actor=SYSTEM)
    assert state_of(third) == "confirmed" and broken() == []


def test_a_pending_review_holds_its_seat_only_where_the_offering_says_so(demo_app: Flask) -> None:
    code = approval(2, review_holds=True)
    first, second = applied(code, 1, 2), applied(code, 2, 1)
    assert held(code) == held(code, "public") == 2 and broken() == []
    assert [one.state for one in decide(Verdict.APPROVE, second)] == ["waitlisted"]
    decide(Verdict.REJECT, first)
    assert (state_of(first), state_of(second)) == ("rejected", "confirmed")
    assert held(code) == 0 and counters(code) == (1, 0) and broken() == []


def test_two_must_agree_and_be_two(demo_app: Flask) -> None:
    code = approval(5, review_steps=2)
    own = applied(code, 1, 1)
    [once] = decide(Verdict.APPROVE, own)
    assert (once.state, once.why_not) == ("applied", None)
    key = Actor("key:abc", id=FIRST.id, grants=(GrantValue("committee"),))
    for same in (FIRST, key):
        [again] = decide(Verdict.APPROVE, own, actor=same)
        assert again.why_not and again.why_not.code == "review.same_person"
    assert [one.state for one in decide(Verdict.APPROVE, own, actor=SECOND)] == ["confirmed"]
    [late] = decide(Verdict.REJECT, own)
    assert late.why_not and late.why_not.code == "review.not_waiting" and broken() == []


def test_a_returned_application_is_corrected_and_begins_anew(demo_app: Flask) -> None:
    code = approval(5, review_steps=2, review_holds=True)
    [outcome] = book(code, phone=phone(1), email="a@example.org")
    own = outcome.registration
    decide(Verdict.APPROVE, own)
    decide(Verdict.RETURN, own, reason="请写明单位")
    row = db.session.scalars(select(Registration).where(Registration.code == own)).one()
    assert (row.state, row.answer, row.review_step, held(code)) == ("returned", "请写明单位", 0, 1)
    with pytest.raises(Refusal) as refused:
        resubmit(own, actor=VISITOR, owner=outcome.pass_id + 1)
    assert refused.value.code == "registration.not_found"
    resubmit(own, actor=VISITOR, owner=outcome.pass_id, seats_wanted=2, remark="吉林大学")
    assert (state_of(own), held(code)) == ("applied", 2) and broken() == []
    with pytest.raises(Refusal) as refused:
        resubmit(own, actor=VISITOR, owner=outcome.pass_id)
    assert refused.value.code == "registration.not_returned"
    decide(Verdict.APPROVE, own)
    decide(Verdict.APPROVE, own, actor=SECOND)
    steps = db.session.scalars(
        select(RegistrationEvent.to_state)
        .join(Registration, Registration.id == RegistrationEvent.registration_id)
        .where(Registration.code == own)
        .order_by(RegistrationEvent.id)
    ).all()
    assert steps == ["applied", "applied", "returned", "returned", "applied", "applied", "confirmed"]
    told = db.session.scalars(select(Message.template).order_by(Message.id)).all()
    assert told == [f"registration/{name}" for name in ("applied", "returned", "approved")]


def test_who_corrects_an_application_stands_where_they_applied(demo_app: Flask) -> None:
    code = approval(1)
    [first] = book(code, phone=phone(1))
    with travel(now() + timedelta(hours=1)):
        second = applied(code, 2, 1)
        decide(Verdict.RETURN, first.registration)
    with travel(now() + timedelta(hours=2)):
        resubmit(first.registration, actor=VISITOR, owner=first.pass_id)
        assert [(one.registration, one.state) for one in decide(Verdict.APPROVE, second, first.registration)] == [
            (first.registration, "confirmed"),
            (second, "waitlisted"),
        ]


def test_what_was_sent_back_is_not_let_in_before_it_comes_again(demo_app: Flask) -> None:
    own = applied(approval(2), 1, 1)
    decide(Verdict.RETURN, own)
    for verdict in (Verdict.APPROVE, Verdict.RETURN):
        [late] = decide(verdict, own)
        assert late.why_not and late.why_not.code == "review.not_waiting"
    assert state_of(own) == "returned" and broken() == []
    assert [one.state for one in decide(Verdict.REJECT, own)] == ["rejected"]


def test_a_refusal_needs_a_reason_and_a_list_somebody(demo_app: Flask) -> None:
    own = applied(approval(5), 1, 1)
    for verdict in (Verdict.REJECT, Verdict.RETURN):
        with pytest.raises(Invalid):
            decide(verdict, own, reason="  ")
    for codes, code in (((), "review.nobody"), ([str(n) for n in range(501)], "review.too_many")):
        with pytest.raises(Refusal) as refused:
            decide(Verdict.APPROVE, *codes)
        assert refused.value.code == code
    assert decide(Verdict.APPROVE, "none", "\x00") == [] and state_of(own) == "applied"


def test_who_may_review_is_a_permission_and_reaches_as_far_as_the_role(demo_app: Flask) -> None:
    own = applied(approval(5), 1, 1)
    reader = Actor("user:9", id=909, grants=(GrantValue("reader"),))
    with pytest.raises(Refusal) as refused:
        decide(Verdict.APPROVE, own, actor=reader)
    assert refused.value.code == "permission.denied"
    elsewhere = Actor("user:8", id=908, grants=(GrantValue("city", scope_kind="city", scope_code="220800"),))
    [out] = decide(Verdict.APPROVE, own, actor=elsewhere)
    assert out.why_not and out.why_not.code == "registration.not_found" and state_of(own) == "applied"


def test_a_smaller_list_lets_in_by_the_order_of_applying(demo_app: Flask) -> None:
    code = approval(1)
    first, second = applied(code, 1, 1), applied(code, 2, 1)
    assert [one.state for one in decide(Verdict.APPROVE, second, first)] == ["confirmed", "waitlisted"]
    assert state_of(first) == "confirmed"
    resize(code, 2)
    assert state_of(second) == "confirmed" and broken() == []
