"""Any sequence of registering, cancelling, resizing leaves all invariants standing after each step."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.registration.actions import (
    cancel_registration,
    change_seats,
    close_offering,
    create_offering,
    settle_offerings,
)
from eventweek.registration.models import CapacityPool, Offering, Registration
from eventweek.registration.rules import Waiting, choose_promoted
from tests.conftest import scaled
from tests.databases import Server
from tests.registration.operations import KEYS, OPERATIONS, OVERTAKES, WEIGHTS, Ground, Hand, prepare
from tests.registration.replay import list_faults
from tests.registration.test_verify import broken
from tests.registration.world import book, offering_of, phone, resize, week

pytestmark = [pytest.mark.usefixtures("before_the_week")]


@dataclass(frozen=True)
class Do:
    """A step: what, on which of the registrations so far, with which number."""

    what: str
    which: int
    number: int


STEPS = st.builds(
    Do,
    st.sampled_from(["book", "book", "book", "cancel", "cancel", "seats", "cap"]),
    st.integers(0, 30),
    st.integers(1, 4),
)


@pytest.mark.database
@settings(
    max_examples=scaled(150),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)
@given(steps=st.lists(STEPS, min_size=5, max_size=18), cap=st.integers(2, 6), overtakes=st.integers(0, 2))
def test_every_invariant_holds_after_every_step(demo_app: Flask, steps: list[Do], cap: int, overtakes: int) -> None:
    db.session.rollback()
    week_id, old = week().id, offering_of("rs-ei-1", -1)
    session = old.sessions[0].session.code
    close_offering(old.code, actor=SYSTEM)
    values = {"sessions": [session], "mode": "open", "room_cap": cap, "class_cap": cap, "overtakes": overtakes}
    code = create_offering(week_id, values, actor=SYSTEM).code
    mine: list[str] = []
    for n, step in enumerate(steps):
        try:
            apply(step, n, code, mine)
        except Refusal as refusal:
            assert refusal.code in {"input.invalid", "registration.ended", "seat.full", "seat.cap_below_taken"}
        assert broken() == []
        assert_nobody_waits_beside_a_seat(code, overtakes)


def apply(step: Do, n: int, code: str, mine: list[str]) -> None:
    if step.what == "book":
        mine.append(book(code, phone=phone(n), seats=step.number)[0].registration)
    elif step.what == "cap":
        resize(code, step.number + 2)
    elif mine:
        own = mine[step.which % len(mine)]
        if step.what == "cancel":
            cancel_registration(own, actor=SYSTEM)
        else:
            change_seats(own, step.number, actor=SYSTEM)


def assert_nobody_waits_beside_a_seat(code: str, overtakes: int) -> None:
    """Whoever waits is too large for what is free, or a larger party ahead was overtaken often enough."""
    pool = db.session.scalars(
        select(CapacityPool).join(Offering, Offering.id == CapacityPool.offering_id).where(Offering.code == code)
    ).first()
    assert pool and pool.cap
    query = select(Registration).join(Registration.offering).where(Offering.code == code)
    queue = db.session.scalars(
        query.where(Registration.state == "waitlisted").order_by(Registration.queued_at, Registration.id)
    ).all()
    free = pool.cap + pool.overbook - pool.taken
    for row in queue:
        assert row.overtaken <= overtakes
        if row.seats <= pool.cap and row.overtaken >= overtakes:
            assert row.seats > free
            return
        assert row.seats > free


KINDS = [what for what, weight in zip(OPERATIONS, WEIGHTS, strict=True) for _ in range(weight)]


class Crowd(RuleBasedStateMachine):
    """Everything that people and organisers do to the crowded offerings of one database, while time goes on."""

    start_empty: Callable[[], Ground]

    @initialize()
    def open(self) -> None:
        """Begin five hours before the first session."""
        self.ground = self.start_empty()
        self.hand = Hand(self.ground, 1, random.Random(0))
        self.now = self.ground.starts - timedelta(hours=5)

    @rule(what=st.sampled_from(KINDS), choose=st.integers(0, 2**32))
    def act(self, what: str, choose: int) -> None:
        """Do one thing; a no is as good as a yes."""
        self.hand.source = random.Random(choose)
        with travel(self.now), suppress(Refusal):
            self.hand.act(what)

    @rule(minutes=st.sampled_from([1, 10, 30, 60]))
    def wait(self, minutes: int) -> None:
        """Let time pass; the worker looks each minute."""
        self.now += timedelta(minutes=minutes)
        with travel(self.now):
            settle_offerings()

    @invariant()
    def nothing_is_broken(self) -> None:
        """Check what `eventweek verify` checks, and recount the history."""
        if hasattr(self, "now"):
            with travel(self.now):
                assert broken() == []
            assert list_faults(self.ground.ids, OVERTAKES) == []


@pytest.mark.database
def test_a_state_machine_of_everything_that_people_and_organisers_do(
    demo_app: Flask, database_server: Server, loaded: str
) -> None:
    def renew() -> Ground:
        db.session.remove()
        db.engine.dispose()
        database_server.renew(demo_app.extensions["eventweek"].database, loaded)
        return prepare(KEYS)

    class Here(Crowd):
        start_empty = staticmethod(renew)

    rules = settings(max_examples=scaled(40), stateful_step_count=60, deadline=None, database=None)
    run_state_machine_as_test(Here, settings=rules)


@given(
    parties=st.lists(st.integers(1, 6), min_size=1, max_size=25),
    freed=st.lists(st.integers(1, 3), min_size=60, max_size=60),
    overtakes=st.integers(0, 3),
)
def test_nobody_is_overtaken_more_often_than_allowed_and_all_get_in(
    parties: list[int], freed: list[int], overtakes: int
) -> None:
    """The queue empties; a party above the largest size is skipped, not waited for."""
    queue = [Waiting(n, size, 0) for n, size in enumerate(parties)]
    free = 0
    for more in freed + [6] * 30:
        free += more
        promoted, passed = choose_promoted(queue, free, 5, overtakes)
        free -= sum(party.seats for party in queue if party.id in promoted)
        assert free >= 0
        queue = [Waiting(p.id, p.seats, passed.get(p.id, p.overtaken)) for p in queue if p.id not in promoted]
        assert all(party.overtaken <= overtakes for party in queue)
    assert all(party.seats > 5 for party in queue)


def test_a_queue_by_hand() -> None:
    """Four free: the family of five is passed twice by couples, then seats are saved for it."""
    queue = [Waiting(1, 5, 0), Waiting(2, 2, 0), Waiting(3, 1, 0), Waiting(4, 1, 0)]
    assert choose_promoted(queue, 4, 10, 2) == ([2, 3], {1: 2})
    assert choose_promoted([Waiting(1, 5, 2), Waiting(4, 1, 0)], 4, 10, 2) == ([], {})
    assert choose_promoted([Waiting(1, 5, 2), Waiting(4, 1, 0)], 5, 10, 2) == ([1], {})
    assert choose_promoted([Waiting(1, 5, 2), Waiting(4, 1, 0)], 4, 4, 2) == ([4], {})
    assert choose_promoted(queue, None, None, 2) == ([1, 2, 3, 4], {})
    assert choose_promoted(queue, 0, 10, 2) == ([], {})
