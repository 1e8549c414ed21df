"""One key, one answer; also when two requests come at once."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.audit.actions import record
from eventweek.audit.actors import SYSTEM
from eventweek.audit.models import AuditEntry
from eventweek.kernel.actions import purge_answers
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.kernel.idempotency import StoredAnswer, answer_once, request_hash


def ask(key: str, request: Any, *, fail: bool = False, wait: float = 0) -> tuple[int, Any]:
    def produce() -> tuple[int, Any]:
        record(SYSTEM, "produce", "test", "x")
        time.sleep(wait)
        if fail:
            raise Refusal("week.not_found")
        return 201, {"number": next(NUMBERS), "说": "好"}

    with transaction():
        return answer_once("test", key, request_hash(request), produce)


NUMBERS = count(1)


def produced() -> int:
    return db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0


@pytest.mark.database
def test_the_second_request_gets_the_first_answer(app: Flask) -> None:
    first = ask("k1", {"a": 1, "b": [2]})
    assert ask("k1", {"b": [2], "a": 1}) == first and first[0] == 201
    assert ask("k2", {"a": 1, "b": [2]}) != first
    with pytest.raises(Refusal, match="idempotency.mismatch"):
        ask("k1", {"a": 2})
    assert produced() == 2


@pytest.mark.database
def test_a_refused_request_keeps_nothing_and_may_be_sent_again(app: Flask) -> None:
    with pytest.raises(Refusal, match="week.not_found"):
        ask("k1", {}, fail=True)
    assert produced() == 0
    assert ask("k1", {})[0] == 201


@pytest.mark.database
def test_requests_at_once_produce_once(app: Flask) -> None:
    def one(n: int) -> tuple[int, Any]:
        with app.app_context():
            return ask("k1", {}, wait=0.1)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(one, range(4)))
    assert answers == answers[:1] * 4 and produced() == 1


@pytest.mark.parametrize("key", ["", "x" * 81, "a\nb", "a\x00"])
def test_a_bad_key_is_said(app: Flask, key: str) -> None:
    with pytest.raises(Refusal, match="idempotency.key"):
        ask(key, {})


@pytest.mark.database
def test_old_answers_go(app: Flask) -> None:
    ask("old", {})
    with travel(now() + timedelta(days=1)):
        ask("young", {})
    with travel(now() + timedelta(days=2, seconds=5)):
        assert purge_answers() == 1
    assert db.session.scalars(select(StoredAnswer.key)).all() == ["young"]
