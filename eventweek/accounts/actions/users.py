"""What administrators do to users and invitations; the last active administrator stays one."""

from eventweek.accounts.enums import Verb
from eventweek.accounts.models import User
from eventweek.accounts.permissions import require
from eventweek.accounts.queries import get_user, lock_administrators, lock_invitation, lock_user
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import transaction
from eventweek.kernel.errors import Refusal


def disable_user(code: str, *, actor: Actor) -> User:
    """Let a user sign in no more and end their sessions. A second call changes nothing.

    Raises: Refusal permission.denied, user.not_found, user.own_account, user.last_administrator.
    """
    with transaction():
        require(actor, Verb.USERS_MANAGE)
        if get_user(code).id == actor.id:
            raise Refusal("user.own_account")
        user = _spare_the_last_administrator(code)
        if not user.disabled_at:
            user.disabled_at = now()
            user.epoch += 1
            record(actor, "user.disable", "user", code)
    return user


def enable_user(code: str, *, actor: Actor) -> User:
    """Let a disabled user sign in again, and open a lock. A second call changes nothing.

    Raises: Refusal permission.denied, user.not_found.
    """
    with transaction():
        require(actor, Verb.USERS_MANAGE)
        user = lock_user(get_user(code).id)
        if user.disabled_at or user.locked_until:
            user.disabled_at, user.locked_until, user.failures = None, None, 0
            record(actor, "user.enable", "user", code)
    return user


def set_administrator(code: str, administrator: bool, *, actor: Actor) -> User:
    """Give or take the mark of an administrator; the user's sessions end. A second call changes nothing.

    Raises: Refusal permission.denied, user.not_found, user.last_administrator.
    """
    with transaction():
        require(actor, Verb.USERS_MANAGE)
        get_user(code)
        user = lock_user(get_user(code).id) if administrator else _spare_the_last_administrator(code)
        if user.administrator != administrator:
            user.administrator = administrator
            user.epoch += 1
            record(actor, "user.administrator", "user", code, administrator=administrator)
    return user


def revoke_invitation(code: str, *, actor: Actor) -> None:
    """Make the link of an invitation worthless. A second call changes nothing.

    Raises: Refusal permission.denied, invitation.not_found.
    """
    with transaction():
        require(actor, Verb.USERS_MANAGE)
        invitation = lock_invitation(code=code)
        if invitation is None or invitation.accepted_at:
            raise Refusal("invitation.not_found")
        if not invitation.revoked_at:
            invitation.revoked_at = now()
            record(actor, "invitation.revoke", "invitation", code)


def _spare_the_last_administrator(code: str) -> User:
    """Return the user locked, after all active administrators were locked in the order of their ids."""
    active = lock_administrators()
    user = lock_user(get_user(code).id)
    if [admin.id for admin in active] == [user.id]:
        raise Refusal("user.last_administrator")
    return user
