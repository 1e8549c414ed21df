"""Users for tests."""

from typing import Any

from eventweek.accounts.models import User
from eventweek.accounts.passwords import hash_password
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction

PASSWORD = "correct horse battery staple"
_HASH = hash_password(PASSWORD)


def make_user(email: str, **values: Any) -> User:
    """Give a user whose password is PASSWORD."""
    with transaction():
        user = User(**{"email": email, "name": "王敏", "password_hash": _HASH, "created_at": now(), **values})
        db.session.add(user)
    return user
