"""API keys of people with a role."""

from datetime import UTC, datetime

from eventweek.accounts.models import User
from eventweek.audit.actors import Actor
from eventweek.kernel.db import db, transaction
from eventweek.kernel.tokens import random_code
from eventweek.programme.actions.keys import create_key
from eventweek.programme.actions.staff import GrantWish
from eventweek.programme.models import ApiKey, Grant
from eventweek.programme.queries import find_actor, find_week


def make_owner(week: str, role: str = "committee", kind: str = "committee", scope: str = "") -> User:
    """Add a user who holds a role in a week."""
    with transaction():
        created = datetime(2026, 10, 1, tzinfo=UTC)
        user = User(email=f"{random_code()}@example.org", name="示例庚", password_hash="", created_at=created)
        db.session.add(user)
        db.session.flush()
        own = find_week(week)
        assert own
        db.session.add(Grant(user_id=user.id, week_id=own.id, role=role, scope_kind=kind, scope_code=scope))
    return user


def actor_of(user: User) -> Actor:
    """Return a user as an actor."""
    actor = find_actor(user.id, user.epoch)
    assert actor
    return actor


def make_key(
    week: str, role: str = "committee", kind: str = "committee", scope: str = "", days: int = 90
) -> tuple[ApiKey, dict[str, str]]:
    """Add a key of somebody with exactly that role; return it with the headers of a request."""
    owner = make_owner(week, role, kind, scope)
    key, secret = create_key("数据同步", GrantWish(week, role, kind, scope), days, actor=actor_of(owner))
    return key, {"Authorization": f"Bearer {secret}"}
