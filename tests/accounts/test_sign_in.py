"""Signing in: one answer for every failure, the lock, the hash."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

from eventweek.accounts.actions.sign_in import change_password, sign_in
from eventweek.accounts.models import User
from eventweek.audit.actors import Actor
from eventweek.audit.models import AuditEntry
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db
from eventweek.kernel.errors import Invalid, Refusal
from tests.factories.accounts import PASSWORD, make_user

AT = datetime(2026, 10, 15, 4, tzinfo=UTC)


def refused(email: str, password: str) -> str:
    with pytest.raises(Refusal) as refusal:
        sign_in(email, password)
    return refusal.value.code


@pytest.mark.database
def test_five_failures_lock_and_a_quarter_of_an_hour_opens(app: Flask) -> None:
    user = make_user("wang@example.org")
    with travel(AT):
        assert [refused("wang@example.org", "wrong") for _ in range(5)] == ["sign_in.failed"] * 5
        assert refused("wang@example.org", PASSWORD) == "sign_in.failed"
    with travel(AT + timedelta(minutes=15, seconds=1)):
        assert sign_in(" Wang@Example.ORG ", PASSWORD).id == user.id
    row = db.session.scalars(select(User)).one()
    assert (row.failures, row.locked_until, row.last_sign_in) == (0, None, AT + timedelta(minutes=15, seconds=1))
    verbs = db.session.scalars(select(AuditEntry.verb).order_by(AuditEntry.id)).all()
    assert verbs == ["sign_in.fail"] * 6 + ["sign_in"]


@pytest.mark.database
def test_failures_sent_at_once_all_count(app: Flask) -> None:
    make_user("wang@example.org")

    def guess(n: int) -> str:
        with app.app_context():
            return refused("wang@example.org", f"guess {n}")

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(guess, range(5))) == {"sign_in.failed"}
    db.session.rollback()
    assert db.session.scalars(select(User.locked_until)).one() is not None


def test_disabled_and_unknown_are_answered_alike_after_the_same_work(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_user("wang@example.org")
    make_user("gone@example.org", disabled_at=AT)
    costs: list[str] = []
    verify = PasswordHasher.verify

    def noted(hasher: PasswordHasher, kept: str | bytes, password: str | bytes) -> bool:
        costs.append(str(kept).rsplit("$", 2)[0])
        return verify(hasher, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", noted)
    assert refused("gone@example.org", PASSWORD) == "sign_in.failed"
    assert refused("wang@example.org", "wrong wrong wrong") == "sign_in.failed"
    assert refused("nobody@example.org", "wrong wrong wrong") == "sign_in.failed"
    assert costs == ["$argon2id$v=19$m=19456,t=2,p=1"] * 3


@pytest.mark.parametrize("rubbish", ["", "\x00", "\ud83d", "a@b\r\nBcc: x", "x" * 100_000, "𠮷@example.org"])
def test_rubbish_is_refused_not_raised(app: Flask, rubbish: str) -> None:
    assert refused(rubbish, rubbish) == "sign_in.failed"


def test_an_old_hash_is_renewed_at_sign_in(app: Flask) -> None:
    make_user("wang@example.org", password_hash=PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD))
    assert "m=19456,t=2,p=1" in sign_in("wang@example.org", PASSWORD).password_hash


@pytest.mark.database
def test_a_changed_password_ends_every_session(app: Flask) -> None:
    user = make_user("wang@example.org")
    actor, epoch = Actor(user.code, user.id), user.epoch
    new = "七月 的 雨 落在 伊通河"
    for old, wanted, field, code in [
        ("wrong", new, "old", "password.wrong"),
        (PASSWORD, "short", "new", "password.short"),
    ]:
        with pytest.raises(Invalid) as invalid:
            change_password(old, wanted, actor=actor)
        assert [(e.field, e.code) for e in invalid.value.errors] == [(field, code)]
    assert change_password(PASSWORD, new, actor=actor).epoch == epoch + 1
    assert sign_in("wang@example.org", new).id == user.id
    assert refused("wang@example.org", PASSWORD) == "sign_in.failed"
