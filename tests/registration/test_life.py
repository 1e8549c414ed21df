"""Any sequence of applying, deciding, offering, holding, moving, while time goes by, leaves all invariants standing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.registration.actions import (
    accept_offer,
    cancel_registration,
    change_seats,
    close_offering,
    create_offering,
    hold_seats,
    join_standby,
    move_registration,
    promote_registration,
    release_hold,
    release_unclaimed,
    resubmit,
    review_registrations,
    set_class,
    settle_offerings,
)
from eventweek.registration.enums import Verdict
from eventweek.registration.models import Offering, Pass, PoolHold, Registration
from eventweek.registration.queries import load_offerings
from tests.conftest import scaled
from tests.registration.test_verify import broken
from tests.registration.world import book, offering_of, phone, resize, week

pytestmark = [pytest.mark.usefixtures("before_the_week")]


@dataclass
class Life:
    """Two offerings, one of them reviewed, and what happens to those who register for them."""

    codes: tuple[str, str]
    moment: datetime
    mine: list[str] = field(default_factory=list)

    def act(self, what: str, which: int, number: int) -> None:
        """Do one thing to one of the registrations so far."""
        one = self.codes[which % 2]
        if what == "book":
            self.mine.append(book(one, phone=phone(len(self.mine)), seats=number)[0].registration)
        elif what == "time":
            self.moment += timedelta(minutes=7 * number)
        elif what == "cap":
            resize(one, number + 1)
        elif what == "hold":
            until = self.moment + timedelta(minutes=10 * number)
            hold_seats(one, "public", 1, owner="a", reason="b", expires=until, actor=SYSTEM)
        elif what == "release":
            self.release()
        elif self.mine:
            OF_ONE[what](self.mine[which % len(self.mine)], number, one)

    def release(self) -> None:
        """Release the first hold."""
        db.session.rollback()
        row = db.session.scalars(select(PoolHold).order_by(PoolHold.id)).first()
        if row:
            pools = select(Offering.code).join(Offering.pools).where(Offering.pools.any(id=row.pool_id))
            release_hold(db.session.scalars(pools).first() or "", row.code, actor=SYSTEM)


def decide(code: str, number: int, _offering: str) -> None:
    verdict = list(Verdict)[number % 3]
    review_registrations(week().id, [code], verdict, reason="理由", actor=SYSTEM)


def again(code: str, number: int, _offering: str) -> None:
    row = db.session.scalars(select(Registration).where(Registration.code == code)).one()
    own = [p for p in _passes(row.attendee_id)]
    resubmit(code, actor=VISITOR, owner=own[0], seats_wanted=number)


def _passes(attendee_id: int) -> list[int]:
    return list(db.session.scalars(select(Pass.id).where(Pass.attendee_id == attendee_id)))


OF_ONE: dict[str, Callable[[str, int, str], object]] = {
    "cancel": lambda code, _n, _o: cancel_registration(code, actor=SYSTEM),
    "seats": lambda code, n, _o: change_seats(code, n, actor=SYSTEM),
    "decide": decide,
    "again": again,
    "accept": lambda code, _n, _o: accept_offer(code, actor=SYSTEM),
    "promote": lambda code, _n, _o: promote_registration(code, reason="理由", actor=SYSTEM),
    "move": lambda code, _n, offering: move_registration(code, offering, actor=SYSTEM),
    "standby": lambda code, _n, _o: join_standby(week().id, code, actor=SYSTEM),
}
STEP = st.tuples(
    st.sampled_from(["book"] * 4 + ["cancel", "time", "time", "cap", "hold", "release", "decide", "decide", *OF_ONE]),
    st.integers(0, 30),
    st.integers(1, 3),
)
SAID = {
    "registration.ended", "seat.full", "seat.cap_below_taken", "input.invalid", "registration.not_waiting",
    "registration.not_confirmed", "registration.not_returned", "offer.none", "offer.expired", "seat.none_free",
    "move.same", "registration.started", "party.too_large", "standby.not_yet", "standby.over", "offering.over",
    "registration.already", "version.stale",
}  # fmt: skip


@pytest.mark.database
@settings(
    max_examples=scaled(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)
@given(
    steps=st.lists(STEP, min_size=6, max_size=20),
    cap=st.integers(2, 4),
    consent=st.booleans(),
    requeues=st.booleans(),
    holds=st.booleans(),
)
def test_every_invariant_holds(
    demo_app: Flask, steps: list[tuple[str, int, int]], cap: int, consent: bool, requeues: bool, holds: bool
) -> None:
    db.session.rollback()
    both = []
    for key, mode in (("rs-ei-1", "open"), ("rs-nm-1", "approval")):
        old = offering_of(key, -1)
        session = old.sessions[0].session.code
        close_offering(old.code, actor=SYSTEM)
        values = {"sessions": [session], "mode": mode, "room_cap": cap, "class_cap": cap, "review_holds": holds}
        values |= {"offer_requeues": requeues, "standby_after_min": 0}
        both.append(create_offering(week().id, values, actor=SYSTEM).code)
        set_class(both[-1], "public", cap=cap, consent=consent, actor=SYSTEM)
    own = load_offerings([offering_of("rs-ei-1", -1).id])[0]
    life = Life((both[0], both[1]), own.starts - timedelta(minutes=140))
    for what, which, number in steps:
        with travel(life.moment):
            try:
                life.act(what, which, number)
            except Refusal as refusal:
                assert refusal.code in SAID
        with travel(life.moment):
            settle_offerings()
            release_unclaimed(own.offering.id, life.mine[:1])
            assert broken() == []
