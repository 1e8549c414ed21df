"""Reads of users and invitations."""

from sqlalchemy import select

from eventweek.accounts.models import User
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal


def find_user(user_id: int) -> User | None:
    """Return the user of that id."""
    return db.session.get(User, user_id)


def find_user_by_email(email: str) -> User | None:
    """Return the user of that address, in any case of letters."""
    return db.session.scalar(select(User).where(User.email == email.lower()))


def lock_user(user_id: int) -> User:
    """Return the user as it is now, locked until the transaction ends.

    Raises: Refusal user.not_found.
    """
    query = select(User).where(User.id == user_id).with_for_update().execution_options(populate_existing=True)
    user = db.session.scalar(query)
    if user is None:
        raise Refusal("user.not_found")
    return user
