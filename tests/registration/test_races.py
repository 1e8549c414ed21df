"""Many at once: no seat is sold twice, none is lost. The same race without the guard oversells, so the test bites."""

import multiprocessing
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from multiprocessing.synchronize import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.audit.models import AuditEntry
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.registration.actions import (
    Successor,
    accept_offer,
    cancel_registration,
    change_seats,
    hand_over,
    registering,
    seats,
    set_class,
)
from eventweek.registration.models import Offering, Registration
from eventweek.registration.verify import list_findings
from tests.conftest import scaled
from tests.registration.test_verify import broken
from tests.registration.world import book, counters, offering_of, phone, resize

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]

SEATS, PROCESSES = 50, 8


def guarded(code: str, number: int) -> None:
    """Register as the application does."""
    book(code, phone=phone(number))


def count_then_insert(code: str, number: int) -> None:
    """Register as a careless application does: look whether there is room, then write."""
    query = select(func.coalesce(func.sum(Registration.seats), 0)).join(Registration.offering)
    taken = db.session.scalar(query.where(Offering.code == code, Registration.state == "confirmed")) or 0
    seats.take = lambda _pools, wanted: taken + wanted <= SEATS  # type: ignore[assignment]
    registering.promote = lambda *_: []  # type: ignore[attr-defined]
    book(code, phone=phone(number))


def racer(app: Flask, code: str, own: int, attempts: int, start: Barrier, act: Callable[[str, int], None]) -> None:
    """Attempt to register, in a process of its own."""
    with app.app_context():
        start.wait()
        for n in range(attempts):
            try:
                act(code, own * 10_000 + n)
            except Refusal:
                db.session.rollback()


def race(app: Flask, code: str, attempts: int, act: Callable[[str, int], None]) -> int:
    """Let 8 processes register at once; return the confirmed seats."""
    db.session.remove()
    db.engine.dispose()
    fork = multiprocessing.get_context("fork")
    start = fork.Barrier(PROCESSES)
    runners = [fork.Process(target=racer, args=(app, code, n, attempts, start, act)) for n in range(PROCESSES)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert [runner.exitcode for runner in runners] == [0] * PROCESSES
    query = select(func.sum(Registration.seats)).join(Registration.offering)
    return db.session.scalar(query.where(Offering.code == code, Registration.state == "confirmed")) or 0


def test_the_last_seat_is_sold_once(demo_app: Flask) -> None:
    code, attempts = offering_of("rs-ei-1").code, scaled(200)
    resize(code, SEATS)
    assert race(demo_app, code, attempts, guarded) == SEATS
    assert counters(code) == counters(code, "public") == (SEATS, PROCESSES * attempts - SEATS)
    assert broken() == []


def test_the_same_race_without_the_guard_oversells(demo_app: Flask) -> None:
    code, attempts = offering_of("rs-ei-1").code, scaled(100)
    resize(code, SEATS, queue_open=False)
    assert race(demo_app, code, attempts, count_then_insert) > SEATS
    assert "confirmed seats fit the size of each pool" in broken()


def test_threads_that_register_cancel_and_resize_leave_every_count_right(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    resize(code, 10)

    def live(own: int) -> None:
        choose = random.Random(own)
        with demo_app.app_context():
            mine: list[str] = []
            for n in range(scaled(60)):
                try:
                    if not mine or choose.random() < 0.5:
                        party = choose.randint(1, 3)
                        mine.append(book(code, phone=phone(own * 1000 + n), seats=party)[0].registration)
                    elif choose.random() < 0.7:
                        cancel_registration(mine.pop(choose.randrange(len(mine))), actor=SYSTEM)
                    elif choose.random() < 0.7:
                        change_seats(choose.choice(mine), choose.randint(1, 4), actor=SYSTEM)
                    else:
                        resize(code, choose.randint(8, 14))
                except Refusal as refusal:
                    assert refusal.code in {"seat.full", "seat.cap_below_taken", "version.stale"}

    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(copy_context().run, live, n) for n in range(6)]:
            done.result()
    assert broken() == []


def written(verb: str) -> int:
    """Return how many audit entries have a verb."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(AuditEntry.verb == verb)) or 0


def test_one_place_handed_to_many_at_once_has_one_new_holder(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    [mine] = book(code, seats=2)

    def give(_code: str, number: int) -> None:
        successor = Successor("司马相如", phone(number), consent=True)
        hand_over(mine.registration, successor, actor=VISITOR, owner=mine.pass_id)

    assert race(demo_app, code, 1, give) == 2
    assert written("registration.hand_over") == 1 and broken() == []


def test_one_offer_accepted_and_declined_by_many_at_once_ends_in_one_of_both(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    resize(code, 1)
    set_class(code, "public", cap=1, consent=True, actor=SYSTEM)
    [first], [second], _third = (book(code, phone=phone(n)) for n in range(3))
    cancel_registration(first.registration, actor=SYSTEM)

    def answer(_code: str, number: int) -> None:
        act = accept_offer if number < 40_000 else cancel_registration
        act(second.registration, actor=VISITOR, owner=second.pass_id)

    race(demo_app, code, 1, answer)
    accepted, ended = written("registration.accept"), written("registration.cancel") - 1
    assert accepted <= 1 and ended <= 1 and accepted + ended >= 1
    assert broken() == []


def test_two_requests_with_one_key_at_once_make_one_registration(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code

    def send() -> str:
        with demo_app.app_context():
            return book(code, key="same")[0].registration

    with ThreadPoolExecutor(6) as pool:
        codes = {done.result() for done in [pool.submit(copy_context().run, send) for _ in range(12)]}
    assert len(codes) == 1
    assert counters(code) == (1, 0)
    assert all(not finding.rows for finding in list_findings())
