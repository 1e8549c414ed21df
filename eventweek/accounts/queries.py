"""Reads of users and invitations."""

from collections.abc import Collection

from sqlalchemy import Select, select

from eventweek.accounts.models import Invitation, User
from eventweek.kernel.clock import now
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


def get_user(code: str) -> User:
    """Return the user of that code.

    Raises: Refusal user.not_found.
    """
    user = db.session.scalar(select(User).where(User.code == code))
    if user is None:
        raise Refusal("user.not_found")
    return user


def lock_administrators() -> list[User]:
    """Return the active administrators as they are now, locked in the order of their ids."""
    active = select(User).where(User.administrator, User.disabled_at.is_(None)).order_by(User.id)
    return list(db.session.scalars(active.with_for_update().execution_options(populate_existing=True)))


def list_users() -> list[User]:
    """Return every user by name, the disabled ones last."""
    return list(db.session.scalars(select(User).order_by(User.disabled_at.is_not(None), User.name, User.id)))


def list_open_invitations() -> list[Invitation]:
    """Return the invitations whose link still works, the newest first."""
    return list(db.session.scalars(_open().order_by(Invitation.id.desc())))


def find_open_invitation(token_hash: str) -> Invitation | None:
    """Return the invitation of that link while it works."""
    return db.session.scalar(_open().where(Invitation.token_hash == token_hash))


def find_open_invitation_of(email: str) -> Invitation | None:
    """Return an invitation of that address whose link still works."""
    return db.session.scalar(_open().where(Invitation.email == email).limit(1))


def lock_invitation(*, code: str = "", token_hash: str = "") -> Invitation | None:
    """Return an invitation by its code or by its token's hash, locked until the transaction ends."""
    own = Invitation.code == code if code else Invitation.token_hash == token_hash
    query = select(Invitation).where(own).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def _open() -> Select[Invitation]:
    waiting = (Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > now())
    return select(Invitation).where(*waiting)


def map_names(codes: Collection[str]) -> dict[str, str]:
    """Return the names of users by their codes."""
    query = select(User.code, User.name).where(User.code.in_(codes))
    return {code: name for code, name in db.session.execute(query)}
