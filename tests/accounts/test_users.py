"""What administrators do to users, and that one administrator always stays."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.accounts.actions.users import disable_user, enable_user, set_administrator
from eventweek.accounts.models import User
from eventweek.audit.actors import SYSTEM, Actor
from eventweek.audit.models import AuditEntry
from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from tests.factories.accounts import make_user

STRANGER = Actor("stranger", 999)


def administrators() -> int:
    db.session.rollback()
    active = select(func.count()).select_from(User).where(User.administrator, User.disabled_at.is_(None))
    return db.session.scalar(active) or 0


@pytest.mark.database
def test_disabling_ends_sessions_and_enabling_opens_again(app: Flask) -> None:
    make_user("root@example.org", administrator=True)
    user = make_user("wang@example.org", failures=3, locked_until=now())
    for _ in range(2):
        changed = disable_user(user.code, actor=SYSTEM)
    assert changed.disabled_at and changed.epoch == 2
    assert enable_user(user.code, actor=SYSTEM).locked_until is None
    with pytest.raises(Refusal, match="user.own_account"):
        disable_user(user.code, actor=Actor(user.code, user.id, administrator=True))
    verbs = db.session.scalars(select(AuditEntry.verb).order_by(AuditEntry.id)).all()
    assert verbs == ["user.disable", "user.enable"]


@pytest.mark.database
def test_the_last_active_administrator_stays(app: Flask) -> None:
    root = make_user("root@example.org", administrator=True)
    make_user("gone@example.org", administrator=True, disabled_at=now())
    for call in (
        lambda: disable_user(root.code, actor=SYSTEM),
        lambda: set_administrator(root.code, False, actor=SYSTEM),
    ):
        with pytest.raises(Refusal, match="user.last_administrator"):
            call()
    assert administrators() == 1
    other = make_user("li@example.org")
    assert set_administrator(other.code, True, actor=SYSTEM).epoch == 2
    assert not set_administrator(root.code, False, actor=SYSTEM).administrator
    assert administrators() == 1


@pytest.mark.database
def test_two_administrators_who_put_each_other_out_at_once_leave_one(app: Flask) -> None:
    pair = [make_user(f"{name}@example.org", administrator=True) for name in ("a", "b")]
    codes, start = [(pair[0].id, pair[1].code), (pair[1].id, pair[0].code)], Barrier(2)

    def put_out(who: int, code: str) -> str:
        with app.app_context():
            start.wait()
            try:
                disable_user(code, actor=Actor("x", who, administrator=True))
            except Refusal as refusal:
                return refusal.code
            return "done"

    with ThreadPoolExecutor(2) as pool:
        ends = sorted(pool.map(put_out, *zip(*codes, strict=True)))
    assert ends == ["done", "user.last_administrator"] and administrators() == 1


def test_only_administrators_may(app: Flask) -> None:
    user = make_user("wang@example.org")
    for call in (
        lambda: disable_user(user.code, actor=STRANGER),
        lambda: enable_user(user.code, actor=STRANGER),
        lambda: set_administrator(user.code, True, actor=STRANGER),
    ):
        with pytest.raises(Refusal, match="permission.denied"):
            call()
    with pytest.raises(Refusal, match="user.not_found"):
        disable_user("nobody", actor=SYSTEM)
