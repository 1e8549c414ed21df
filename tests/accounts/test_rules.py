"""Passwords that are taken, and locks."""

from datetime import UTC, datetime, timedelta

import pytest

from eventweek.accounts.enums import PasswordReason
from eventweek.accounts.rules import after_failure, is_locked, why_no_password
from eventweek.language import CATALOGUE

AT = datetime(2026, 10, 15, 4, tzinfo=UTC)


def why(password: str) -> str | None:
    reason = why_no_password(password, email="wang.min@example.org", name="王敏")
    return reason[0].removeprefix("password.") if reason else None


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "short"),
        ("elf zeichen", "short"),
        ("x" * 201, "long"),
        ("wang.min2026", "personal"),
        ("wang.min@example.org", "personal"),
        ("王敏王敏王敏王敏王敏王敏", "personal"),
        ("Password1234", "common"),
        ("password!!!!!!", "common"),
        ("123456789012", "common"),
        ("aaaaaaaaaaaaa", "common"),
        ("qwertyqwerty", "common"),
        ("EventWeek2026", "common"),
        ("雪 松花江 火车 七点半 玉米", None),
        ("correct horse battery", None),
        ("王敏 的 自行车 停在 老图书馆 后面", None),
        ("𠮷" * 3 + "野村三月的热豆浆好喝", None),
    ],
)
def test_password(password: str, reason: str | None) -> None:
    assert why(password) == reason


def test_each_reason_has_a_sentence() -> None:
    assert set(PasswordReason) <= set(CATALOGUE)


def test_the_fifth_failure_locks_for_a_quarter_of_an_hour() -> None:
    assert after_failure(3, AT) == (4, None)
    assert after_failure(4, AT) == (0, AT + timedelta(minutes=15))
    assert is_locked(AT + timedelta(seconds=1), AT) and not is_locked(AT, AT) and not is_locked(None, AT)
