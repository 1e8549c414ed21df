"""Make and revoke API keys, note their use, and tell their owners that they end."""

import re
from datetime import timedelta

from sqlalchemy import or_, select, update

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import can
from eventweek.accounts.queries import get_user, lock_user
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor, GrantValue
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.text import clean_line
from eventweek.kernel.tokens import random_key, token_hash
from eventweek.outbox.actions import send
from eventweek.programme.actions.staff import GrantWish, week_of
from eventweek.programme.enums import KeyState
from eventweek.programme.models import ApiKey
from eventweek.programme.queries.keys import Bearer, KeyFacts, count_live_keys, list_keys
from eventweek.programme.rules.keys import LIVES, MOST, NOTED_EVERY, PREFIX, is_use_noted
from eventweek.programme.rules.scopes import covers


def create_key(name: str, wish: GrantWish, days: int, *, actor: Actor) -> tuple[ApiKey, str]:
    """Lend a role to a program for so many days; return the key with its secret, which is kept nowhere.

    Raises: Refusal user.not_found, key.too_many; Invalid with `name`, `days`, `role` (key.beyond), `week`, `scope`.
    """
    secret = random_key(PREFIX)
    with transaction():
        owner = lock_user(actor.id or 0)
        wanted = GrantValue(wish.role, week_of(wish), wish.scope_kind, wish.scope_code)
        own, errors = clean_line(name[:1000], 60), []
        if not own:
            errors.append(FieldError("name", "name.missing"))
        if days not in LIVES:
            errors.append(FieldError("days", "key.days"))
        if not covers(actor, wanted):
            errors.append(FieldError("role", "key.beyond"))
        if errors:
            raise Invalid(errors)
        if count_live_keys(owner.id) >= MOST:
            raise Refusal("key.too_many", most=MOST)
        key = ApiKey(secret_hash=token_hash(secret), tail=secret[-4:], owner=owner, epoch=owner.epoch, name=own)
        key.week_id, key.role = wanted.week_id or 0, wanted.role
        key.scope_kind, key.scope_code = wanted.scope_kind, wanted.scope_code
        key.created_at, key.expires_at = now(), now() + timedelta(days=days)
        db.session.add(key)
        db.session.flush()
        facts = {"role": wanted.role, "scope": f"{wanted.scope_kind}:{wanted.scope_code}", "days": days}
        record(actor, "key.create", "key", key.code, week_id=key.week_id, **facts)
    return key, secret


def revoke_key(code: str, *, actor: Actor) -> ApiKey:
    """End a key at once: one's own, or anybody's for who manages users. A second call changes nothing.

    Raises: Refusal key.not_found, also for somebody else's key.
    """
    with transaction():
        key = db.session.scalar(select(ApiKey).where(ApiKey.code == code).with_for_update())
        if key is None or (key.owner_id != actor.id and not can(actor, Verb.USERS_MANAGE)):
            raise Refusal("key.not_found")
        if key.revoked_at is None:
            key.revoked_at = now()
            record(actor, "key.revoke", "key", code, week_id=key.week_id)
    return key


def note_use(bearer: Bearer, client: str) -> None:
    """Write when and from what a key was used, at most once a minute; of the client only its first word is kept."""
    at = now()
    if is_use_noted(bearer.facts.last_used_at, at):
        return
    word = re.match(r"[A-Za-z][A-Za-z._-]{0,38}", client)
    with transaction():
        stale = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at <= at - NOTED_EVERY)
        values = {"last_used_at": at, "last_client": word[0] if word else ""}
        db.session.execute(update(ApiKey).where(ApiKey.id == bearer.id, stale).values(values))


def remind_owners() -> int:
    """Write to the owners of keys that end soon, once for each key; return how many letters are new."""
    with transaction():
        ending = [facts for facts in list_keys() if facts.state == KeyState.SOON]
        return sum(_remind(facts) for facts in ending)


def _remind(facts: KeyFacts) -> bool:
    context = {"name": facts.owner, "key": facts.name, "day": facts.expires_at.date().isoformat()}
    return send("accounts/key_ending", get_user(facts.owner_code).email, "zh-CN", context, f"key_ending:{facts.code}")
