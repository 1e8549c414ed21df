"""Invite staff, take an invitation up, and give roles in weeks."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, select

from eventweek.accounts.actions.sign_in import refuse_weak
from eventweek.accounts.enums import Role, Verb
from eventweek.accounts.models import Invitation, User
from eventweek.accounts.passwords import hash_password
from eventweek.accounts.permissions import require
from eventweek.accounts.queries import (
    find_open_invitation_of,
    find_user,
    find_user_by_email,
    get_user,
    lock_invitation,
    lock_user,
)
from eventweek.accounts.rules import INVITATION_LIFE, is_invitation_open, why_no_scope
from eventweek.audit.actions import record
from eventweek.audit.actors import VISITOR, Actor
from eventweek.kernel.addresses import parse_address
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, insert_new, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.text import clean_line
from eventweek.kernel.tokens import random_token, token_hash
from eventweek.outbox.actions import send
from eventweek.programme.models import Grant
from eventweek.programme.queries import find_week
from eventweek.programme.queries.staff import list_scopes


@dataclass(frozen=True)
class GrantWish:
    """A role wanted in the week of that code; `scope_kind`: committee (all of it), city, venue, track, organisation."""

    week: str
    role: str
    scope_kind: str = "committee"
    scope_code: str = ""


def invite_user(
    email: str,
    name: str,
    *,
    actor: Actor,
    administrator: bool = False,
    grants: Sequence[GrantWish] = (),
    locale: str = "zh-CN",
) -> tuple[Invitation, str]:
    """Write an invitation and its mail; return it with the token of its link, which is kept nowhere.

    A known address gets a link to set a new password, and the roles besides those it has.
    Raises: Refusal permission.denied; Invalid with `email` (email.invalid, user.disabled, invitation.open) or `role`,
    `week`, `scope` (grant.*).
    """
    with transaction():
        require(actor, Verb.USERS_MANAGE)
        for wish in grants:
            week_of(wish)
        return write_invitation(invitable(email), name, grants, actor, administrator=administrator, locale=locale)


def write_invitation(
    address: str,
    name: str,
    grants: Sequence[GrantWish],
    actor: Actor,
    *,
    administrator: bool = False,
    locale: str = "zh-CN",
) -> tuple[Invitation, str]:
    """Write an invitation to an address that `invitable` took, and its mail; in the caller's transaction."""
    token = random_token()
    invitation = Invitation(
        token_hash=token_hash(token),
        email=address,
        name=clean_line(name[:1000], 50),
        administrator=administrator,
        grants=[asdict(wish) for wish in grants],
        invited_by=actor.id,
        created_at=now(),
        expires_at=now() + INVITATION_LIFE,
    )
    db.session.add(invitation)
    db.session.flush()
    inviter = find_user(actor.id) if actor.id else None
    context = {"name": invitation.name, "by": inviter.name if inviter else "", "secret_token": token}
    send("accounts/invitation", invitation.email, locale, context, f"invitation:{invitation.code}")
    record(actor, "invitation.create", "invitation", invitation.code, administrator=administrator, roles=len(grants))
    return invitation, token


def accept_invitation(token: str, name: str, password: str, *, actor: Actor = VISITOR) -> User:
    """Make the account of an invitation, or give the known one a new password, with the roles it brings.

    Raises: Refusal invitation.not_found; Invalid with `name` or `password`.
    """
    made = hash_password(password)
    with transaction():
        invitation = lock_invitation(token_hash=token_hash(token))
        if invitation is None or not _is_open(invitation):
            raise Refusal("invitation.not_found")
        cleaned = clean_line(name[:1000], 50)
        if not cleaned:
            raise Invalid([FieldError("name", "name.missing")])
        refuse_weak("password", password, invitation.email, cleaned)
        user = _account(invitation.email)
        user.name, user.password_hash, user.failures, user.locked_until = cleaned, made, 0, None
        user.administrator = user.administrator or invitation.administrator
        for grant in invitation.grants:
            _grant(user, GrantWish(**grant))
        invitation.accepted_at = now()
        record(Actor(user.code, user.id), "invitation.accept", "user", user.code, invitation=invitation.code)
    return user


def set_grants(
    code: str, grants: Sequence[GrantWish], *, actor: Actor, seen: Collection[GrantWish] | None = None
) -> User:
    """Give a user these roles and no others; their sessions end when that is a change.

    `seen`: the roles that the actor saw the user have (None: whatever they are now).
    Raises: Refusal permission.denied, user.not_found, version.stale; Invalid with `role`, `week` or `scope`.
    """
    with transaction():
        require(actor, Verb.USERS_MANAGE)
        user = lock_user(get_user(code).id)
        wanted = {(week_of(wish), wish.role, wish.scope_kind, wish.scope_code) for wish in grants}
        held = db.session.scalars(select(Grant).where(Grant.user_id == user.id)).all()
        before = {(g.week_id, g.role, g.scope_kind, g.scope_code) for g in held}
        if seen is not None and before != {(week_of(w), w.role, w.scope_kind, w.scope_code) for w in seen}:
            raise Refusal("version.stale", fields=[], version=user.version)
        if wanted != before:
            db.session.execute(delete(Grant).where(Grant.user_id == user.id))
            for week_id, role, kind, scope in sorted(wanted):
                db.session.add(Grant(user_id=user.id, week_id=week_id, role=role, scope_kind=kind, scope_code=scope))
            user.epoch += 1
            record(actor, "user.grants", "user", code, before=_told(before), after=_told(wanted))
    return user


def _told(grants: set[tuple[int, str, str, str]]) -> list[str]:
    return sorted(f"{week}:{role}:{kind}:{scope}" for week, role, kind, scope in grants)


def invitable(email: str) -> str:
    """Return the address to which an invitation can go.

    Raises: Invalid with `email` (email.invalid, user.disabled, invitation.open).
    """
    try:
        address = parse_address(email)
    except Refusal as refusal:
        raise Invalid([FieldError("email", refusal.code)]) from refusal
    known = find_user_by_email(address)
    if known and known.disabled_at:
        raise Invalid([FieldError("email", "user.disabled")])
    if find_open_invitation_of(address):
        raise Invalid([FieldError("email", "invitation.open")])
    return address


def week_of(wish: GrantWish) -> int:
    """Return the id of the week of a wish that makes sense.

    Raises: Invalid with `role`, `week` or `scope` (grant.*).
    """
    week = find_week(wish.week)
    if week is None:
        raise Invalid([FieldError("week", "grant.week_unknown")])
    if wish.role not in set(Role):
        raise Invalid([FieldError("role", "grant.role_unknown")])
    why = why_no_scope(Role(wish.role), wish.scope_kind)
    if why:
        raise Invalid([FieldError("scope", why)])
    if wish.scope_kind != "committee" and wish.scope_code not in dict(list_scopes(week.id)[wish.scope_kind]):
        raise Invalid([FieldError("scope", "grant.scope_unknown")])
    return week.id


def _is_open(invitation: Invitation) -> bool:
    return is_invitation_open(invitation.accepted_at, invitation.revoked_at, invitation.expires_at, now())


def _account(email: str) -> User:
    """Return the account of an address, locked, a new one where there is none; every session of a known one ends."""
    insert_new(User, email=email, name="", password_hash="", created_at=now())
    known = find_user_by_email(email)
    assert known
    user = lock_user(known.id)
    if user.disabled_at:
        raise Refusal("invitation.not_found")
    user.epoch += 1
    return user


def _grant(user: User, wish: GrantWish) -> None:
    """Give a role; one whose week or scope is gone since the invitation gives nothing."""
    week = find_week(wish.week)
    if week is None:
        return
    values: dict[str, Any] = {"role": wish.role, "scope_kind": wish.scope_kind, "scope_code": wish.scope_code}
    db.session.flush()
    insert_new(Grant, user_id=user.id, week_id=week.id, **values)
