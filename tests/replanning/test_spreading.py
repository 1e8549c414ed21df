"""A session that is split: who registered first stays, the others are shared out, told and asked."""

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.kernel.db import db
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.registration.models import Registration
from eventweek.replanning.actions import give_up_place, spread_registrations
from eventweek.replanning.queries.spreading import plan_spread
from tests.registration.world import book, counters, offering_of, phone, resize, state_of, week
from tests.replanning.world import asked, broken, move, put_out, told

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]


def standing(registration: str) -> str:
    """Return the code of the offering that a registration stands for."""
    db.session.rollback()
    return db.session.scalars(select(Registration).where(Registration.code == registration)).one().offering.code


def test_the_newest_move_are_told_and_asked(demo_app: Flask) -> None:
    code, target = offering_of("rs-ei-1").code, offering_of("rs-ei-2").code
    resize(code, 4)
    got = [book(code, phone=phone(n), email=f"p{n}@example.org", seats=k)[0] for n, k in enumerate((1, 1, 2, 1))]
    assert [own.state for own in got] == ["confirmed"] * 3 + ["waitlisted"]
    plan = plan_spread(week().id, code, [target], actor=SYSTEM)
    assert [row.code for row, _to in plan.moves] == [got[2].registration] and plan.stay == 3
    assert standing(got[2].registration) == code
    spread_registrations(week().id, code, [target], actor=SYSTEM)
    assert [standing(own.registration) for own in got] == [code, code, target, code]
    assert state_of(got[3].registration) == "confirmed" and counters(code) == (3, 0) and counters(target) == (2, 0)
    own = asked(got[2].registration)
    assert (own.choice, own.release, own.offering) == ("open", 0, target)
    [message] = told("changed")
    assert message.recipient == "p2@example.org" and "分成几场" in message.context["changes"]
    give_up_place(got[2].registration, actor=VISITOR, owner=got[2].pass_id)
    assert counters(target) == (0, 0) and broken() == []


def test_nobody_is_moved_into_a_clash(demo_app: Flask) -> None:
    code, target, other = (offering_of(key).code for key in ("rs-ei-1", "rs-ei-2", "rs-stu"))
    book(code, phone=phone(1))
    [busy, _other] = book(code, other, phone=phone(2))
    assert plan_spread(week().id, code, [target], actor=SYSTEM).moves == []
    spread_registrations(week().id, code, [target], actor=SYSTEM)
    assert standing(busy.registration) == code and told("changed") == [] and broken() == []


def test_what_does_not_fit_is_refused(demo_app: Flask) -> None:
    code, exhibition = offering_of("rs-ei-1").code, offering_of("ex-main-1").code
    for targets in ([], [code], [exhibition], ["nothing"]):
        with pytest.raises(Invalid) as caught:
            spread_registrations(week().id, code, targets, actor=SYSTEM)
        assert [(error.field, error.code) for error in caught.value.errors] == [("targets", "spread.target")]
    with pytest.raises(Refusal, match="version.stale"):
        spread_registrations(week().id, code, [offering_of("rs-ei-2").code], actor=SYSTEM, version=99)
    with pytest.raises(Refusal, match="permission.denied"):
        spread_registrations(week().id, code, [offering_of("rs-ei-2").code], actor=VISITOR)


def test_a_question_that_was_open_is_about_the_new_place(demo_app: Flask) -> None:
    code, target = offering_of("rs-ei-1").code, offering_of("rs-ei-2").code
    got = [book(code, phone=phone(n), email=f"p{n}@example.org")[0] for n in range(2)]
    put_out(move("rs-ei-1", minutes=30))
    spread_registrations(week().id, code, [target], actor=SYSTEM)
    own = asked(got[1].registration)
    assert (own.choice, own.offering, len(own.changes)) == ("open", target, 1)
    assert asked(got[0].registration).offering == code and broken() == []
