"""Sign in, and what a person changes of their own account."""

from datetime import datetime

from eventweek.accounts.models import User
from eventweek.accounts.passwords import hash_password, is_outdated, is_password
from eventweek.accounts.queries import find_user, find_user_by_email, lock_user
from eventweek.accounts.rules import after_failure, is_locked, why_no_password
from eventweek.audit.actions import record
from eventweek.audit.actors import VISITOR, Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.text import clean_line


def sign_in(email: str, password: str, *, actor: Actor = VISITOR) -> User:
    """Return the user whose address and password these are.

    One answer, after the same work, for an unknown address, a wrong password, a disabled and a locked account: five
    failures lock for 15 minutes.
    Raises: Refusal sign_in.failed.
    """
    found = find_user_by_email(clean_line(email[:1000], 1000))
    kept = found.password_hash if found else None
    fits = is_password(kept, password)
    with transaction():
        user = lock_user(found.id) if found else None
        welcome = user if user and fits and _may_sign_in(user, kept, now()) else None
        if welcome:
            _note_success(welcome, password)
        else:
            _note_failure(user, actor)
    if welcome is None:
        raise Refusal("sign_in.failed")
    return welcome


def change_password(old: str, new: str, *, actor: Actor) -> User:
    """Set the actor's password; every session of theirs ends, the caller begins a new one.

    Raises: Invalid with `old` (password.wrong) or `new` (password.*).
    """
    found = find_user(actor.id or 0)
    fits = is_password(found.password_hash if found else None, old)
    made = hash_password(new)
    with transaction():
        user = lock_user(actor.id or 0)
        if not fits or is_locked(user.locked_until, now()):
            raise Invalid([FieldError("old", "password.wrong")])
        refuse_weak("new", new, user.email, user.name)
        user.password_hash = made
        user.epoch += 1
        record(actor, "password.change", "user", user.code)
    return user


def rename(name: str, *, actor: Actor) -> User:
    """Set the actor's own name.

    Raises: Invalid with `name`.
    """
    with transaction():
        user = lock_user(actor.id or 0)
        cleaned = clean_line(name[:1000], 50)
        if not cleaned:
            raise Invalid([FieldError("name", "name.missing")])
        user.name = cleaned
        record(actor, "user.rename", "user", user.code)
    return user


def refuse_weak(field: str, password: str, email: str, name: str) -> None:
    """Let a good password through.

    Raises: Invalid at `field` with password.short, .long, .personal or .common.
    """
    why = why_no_password(password, email=email, name=name)
    if why:
        raise Invalid([FieldError(field, *why)])


def _may_sign_in(user: User, kept: str | None, at: datetime) -> bool:
    """Say whether nothing forbids it; `kept` is the hash that was checked before the lock."""
    return not user.disabled_at and not is_locked(user.locked_until, at) and user.password_hash == kept


def _note_success(user: User, password: str) -> None:
    user.failures, user.locked_until, user.last_sign_in = 0, None, now()
    if is_outdated(user.password_hash):
        user.password_hash = hash_password(password)
    record(Actor(user.code, user.id), "sign_in", "user", user.code)


def _note_failure(user: User | None, actor: Actor) -> None:
    if user and not is_locked(user.locked_until, now()):
        user.failures, user.locked_until = after_failure(user.failures, now())
    record(actor, "sign_in.fail", "user", user.code if user else "")
    db.session.flush()
