"""Jobs are rows: done once, tried again, laid aside; the engine only carries their ids."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek import worker
from eventweek.kernel.actions import claim_job, plan_housekeeping
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.kernel.jobs import Job, enqueue, enqueue_once, install_wake
from eventweek.kernel.leases import LEASE, PAUSES


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Give the list of what the job `test` was run with; "fail" and "refuse" end it so."""
    seen: list[Any] = []

    def run(what: str) -> None:
        seen.append(what)
        if what == "fail":
            raise ZeroDivisionError
        if what == "refuse":
            raise Refusal("week.not_found")

    monkeypatch.setitem(worker.JOBS, "test", run)
    return seen


def put(what: str) -> None:
    with transaction():
        enqueue("test", what=what)


def states() -> list[tuple[str, int, str]]:
    db.session.rollback()
    return [(j.state, j.attempts, j.error) for j in db.session.scalars(select(Job).order_by(Job.id))]


@pytest.mark.database
def test_a_job_is_done_once(app: Flask, ran: list[Any]) -> None:
    put("a")
    assert worker.work_off() == 1 and worker.work_off() == 0
    assert ran == ["a"] and states() == [("done", 1, "")]


@pytest.mark.database
def test_a_failing_job_pauses_and_a_refused_one_is_dead(app: Flask, ran: list[Any]) -> None:
    put("fail")
    put("refuse")
    assert worker.work_off() == 2
    assert states() == [("waiting", 1, "ZeroDivisionError"), ("dead", 1, "week.not_found")]
    assert worker.work_off() == 0
    with travel(now() + PAUSES[0]):
        assert worker.work_off() == 1


@pytest.mark.database
def test_a_job_whose_worker_died_is_run_by_the_next(app: Flask, ran: list[Any]) -> None:
    put("a")
    held = db.session.scalars(select(Job.id)).one()
    assert claim_job(held) and claim_job(held) is None and worker.work_off() == 0
    with travel(now() + LEASE + timedelta(seconds=1)):
        assert worker.work_off() == 1
    assert ran == ["a"] and states() == [("done", 2, "")]


@pytest.mark.database
def test_one_key_is_one_job(app: Flask) -> None:
    plan_housekeeping(worker.DAILY)
    plan_housekeeping(worker.DAILY)
    assert len(states()) == len(worker.DAILY) and worker.work_off() == len(worker.DAILY)
    with transaction():
        assert enqueue_once("a", "answers.purge") and not enqueue_once("a", "answers.purge")


def test_the_engine_is_told_after_the_commit_and_only_then(app: Flask) -> None:
    told: list[int] = []
    install_wake(lambda: told.append(len(states())))
    try:
        with transaction():
            enqueue("test", what="a")
            enqueue("test", what="b")
            assert told == []
        with pytest.raises(ZeroDivisionError), transaction():
            enqueue("test", what="c")
            raise ZeroDivisionError
        assert told == [2]
        install_wake(lambda: 1 / 0)
        put("d")
    finally:
        install_wake(None)
    assert len(states()) == 3


def test_the_engine_carries_what_was_written_and_what_it_lost(app: Flask, ran: list[Any]) -> None:
    """A row written before the engine existed is found by the sweep, a later one by the commit."""
    put("before")
    engine = worker.Engine(app)
    consumer = engine.consumer(quiet=True)
    consumer.start()
    try:
        engine.sweep()
        put("after")
        _wait_for(lambda: sorted(ran) == ["after", "before"])
    finally:
        install_wake(None)
        consumer.stop(graceful=True)
        engine.huey.storage.close()
    _wait_for(lambda: [s[0] for s in states()] == ["done", "done"])


def _wait_for(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)
