"""A proof of work is ours, in time, right, and taken once."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import transaction
from eventweek.kernel.errors import Refusal
from eventweek.kernel.work import LIFE, new_challenge, spend
from tests.factories.codes import packed, solved

pytestmark = pytest.mark.database


def _spent(payload: str) -> str:
    try:
        with transaction():
            spend(payload)
    except Refusal as refusal:
        return refusal.code
    return "taken"


def test_a_solution_is_taken_once_and_a_refused_request_does_not_spend_it(app: Flask) -> None:
    payload = solved()
    with pytest.raises(RuntimeError), transaction():
        spend(payload)
        raise RuntimeError
    assert [_spent(payload), _spent(payload)] == ["taken", "work.used"]


def test_a_solution_ends_with_its_challenge(app: Flask) -> None:
    payload = solved()
    with travel(now() + LIFE + timedelta(seconds=1)):
        assert _spent(payload) == "work.expired"


def test_nothing_but_our_challenge_and_its_key_is_taken(app: Flask) -> None:
    challenge = new_challenge()
    right: dict[str, Any] = {"counter": 1, "derivedKey": challenge["parameters"]["keyPrefix"].ljust(64, "0")}
    later, foreign = deepcopy(challenge), deepcopy(challenge)
    later["parameters"]["expiresAt"] += 3600
    foreign["signature"] = "0" * 64
    wrong = [packed(challenge, right), packed(later, right), packed(foreign, right), packed(challenge, {})]
    wrong += [packed([], right), packed({"parameters": {"a": float("nan")}, "signature": 1}, right), packed({}, [])]
    wrong += ["x", "\ud800", "é" * 10, "A" * 5000, packed({"parameters": "x" * 3000, "signature": "\ud800"}, right)]
    assert [_spent(payload) for payload in wrong] == ["work.wrong"] * len(wrong)
    assert _spent("") == "work.missing"
