"""Counting requests: in memory, in Redis, and when Redis goes away."""

import shutil
import threading
import time

import pytest
import redis

from eventweek.kernel import limits
from eventweek.kernel.errors import Refusal
from eventweek.kernel.limits import init_limits, limited
from tests.databases import redis_server


def asked(key: str, times: int, name: str = "test") -> int:
    """Return how many of so many requests were let through."""
    through = 0
    for _ in range(times):
        try:
            limited(name, "3/minute;4/hour", key)
            through += 1
        except Refusal as refusal:
            assert refusal.code == "limit.reached" and 0 < refusal.facts["seconds"] <= 3600
    return through


def test_each_key_and_name_has_its_own_count() -> None:
    init_limits("")
    assert asked("13800000000", 6) == 3
    assert asked("13800000001", 2) == 2
    assert asked("13800000000", 1, "other") == 1
    init_limits("")
    assert asked("13800000000", 1) == 1


def test_requests_start_no_threads_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sweep serves many requests, and takes away what has expired."""
    monkeypatch.setattr(limits, "_SWEEP_S", 0.2)
    init_limits("")
    storage = limits._counts.memory.storage
    started = list[threading.Timer]()
    for number in range(300):
        limited("test", "3/second", str(number))
        if storage.timer not in started:  # type: ignore[attr-defined]
            started.append(storage.timer)  # type: ignore[attr-defined]
    assert len(started) < 30 and len(storage.storage) == 300  # type: ignore[attr-defined]
    time.sleep(2.1)
    limited("test", "3/second", "0")
    storage.timer.join()  # type: ignore[attr-defined]
    assert set(storage.storage.values()) == {1} and len(storage.storage) == 1  # type: ignore[attr-defined]


def test_redis_counts_for_several_processes_and_its_loss_is_survived(
    caplog: pytest.LogCaptureFixture,
) -> None:
    program = shutil.which("redis-server") or pytest.skip("needs Redis: apt-get install redis-server")
    with redis_server(program) as url:
        init_limits(url)
        assert asked("13800000000", 2) == 2
        init_limits(url)
        assert asked("13800000000", 2) == 1
        keys = redis.Redis.from_url(url).keys()
        assert keys and not any(b"13800000000" in key for key in keys)
    assert asked("13800000000", 5) == 3
    assert [record.message for record in caplog.records] == ["limits: Redis is gone, counting in this process"]
    init_limits("")
