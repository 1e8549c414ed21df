"""API keys: whom a secret stands for, and lists of them."""

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from eventweek.accounts.models import User
from eventweek.audit.actors import Actor, GrantValue
from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.kernel.tokens import is_key, token_hash
from eventweek.programme.enums import KeyState
from eventweek.programme.models import ApiKey, Grant
from eventweek.programme.queries.staff import Held, held_as, name_scopes
from eventweek.programme.rules.keys import PREFIX, is_working, key_state
from eventweek.programme.rules.scopes import covers

LABEL = "key:"
"""How the audit's actors that are keys begin."""


@dataclass(frozen=True)
class KeyFacts:
    """A key as it is shown, and the role that it lends."""

    code: str
    name: str
    tail: str
    owner_code: str
    owner: str
    held: Held
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None
    last_client: str
    state: KeyState

    @property
    def working(self) -> bool:
        """Say whether it opens anything."""
        return is_working(self.state)


@dataclass(frozen=True)
class Bearer:
    """A working key and who acts by it."""

    id: int
    facts: KeyFacts
    actor: Actor


def find_bearer(secret: str) -> Bearer | None:
    """Return the working key of a secret; None alike for one that is unknown, expired, revoked or worth nothing now."""
    if not is_key(PREFIX, secret):
        return None
    hashed = token_hash(secret)
    row = db.session.scalar(_keys().where(ApiKey.secret_hash == hashed))
    if row is None or not hmac.compare_digest(row.secret_hash, hashed):
        return None
    facts = _facts([row])[0]
    actor = Actor(label=LABEL + row.code, id=row.owner_id, grants=(_grant(row),))
    return Bearer(row.id, facts, actor) if facts.working else None


def list_keys(owner_id: int | None = None) -> list[KeyFacts]:
    """Return the keys of an owner, or of everybody, the newest first; in a constant number of statements."""
    query = _keys().order_by(ApiKey.id.desc())
    return _facts(list(db.session.scalars(query if owner_id is None else query.where(ApiKey.owner_id == owner_id))))


def find_key(code: str) -> ApiKey | None:
    """Return the key of that code."""
    return db.session.scalar(_keys().where(ApiKey.code == code))


def count_live_keys(owner_id: int) -> int:
    """Return how many keys of an owner are neither revoked nor expired."""
    own = (ApiKey.owner_id == owner_id, ApiKey.revoked_at.is_(None), ApiKey.expires_at > now())
    return db.session.scalar(select(func.count()).select_from(ApiKey).where(*own)) or 0


def map_keys(labels: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return name and owner of the keys among the audit's actors, by their labels."""
    codes = [label.removeprefix(LABEL) for label in labels if label.startswith(LABEL)]
    query = select(ApiKey.code, ApiKey.name, User.name).join(ApiKey.owner).where(ApiKey.code.in_(codes))
    return {LABEL + code: (name, owner) for code, name, owner in db.session.execute(query)}


def is_by(label: str, actor: Actor) -> bool:
    """Say whether the actor is who the audit calls so: also the owner of a key, and a key of that owner."""
    if label == actor.label or actor.id is None:
        return label == actor.label
    query = select(User.id).where(User.code == label)
    if label.startswith(LABEL):
        query = select(ApiKey.owner_id).where(ApiKey.code == label.removeprefix(LABEL))
    return db.session.scalar(query) == actor.id


def _keys() -> Select[ApiKey]:
    return select(ApiKey).options(joinedload(ApiKey.owner), joinedload(ApiKey.week))


def _facts(rows: list[ApiKey]) -> list[KeyFacts]:
    names, owners, at = name_scopes(rows), _owners(rows), now()
    return [
        KeyFacts(
            code=row.code,
            name=row.name,
            tail=row.tail,
            owner_code=row.owner.code,
            owner=row.owner.name,
            held=held_as(row, row.week, names),
            created_at=row.created_at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
            last_used_at=row.last_used_at,
            last_client=row.last_client,
            state=key_state(
                revoked=row.revoked_at is not None, expires_at=row.expires_at, lent=_is_lent(row, owners), at=at
            ),
        )
        for row in rows
    ]


def _is_lent(row: ApiKey, owners: dict[int, Actor]) -> bool:
    """Say whether the owner could make this key today, and has had no reason to end what they lent."""
    return not row.owner.disabled_at and row.owner.epoch == row.epoch and covers(owners[row.owner_id], _grant(row))


def _owners(rows: list[ApiKey]) -> dict[int, Actor]:
    grants: dict[int, list[GrantValue]] = {row.owner_id: [] for row in rows}
    for held in db.session.scalars(select(Grant).where(Grant.user_id.in_(grants))):
        grants[held.user_id].append(_grant(held))
    return {
        row.owner_id: Actor(row.owner.code, row.owner_id, row.owner.administrator, tuple(grants[row.owner_id]))
        for row in rows
    }


def _grant(row: ApiKey | Grant) -> GrantValue:
    return GrantValue(row.role, row.week_id, row.scope_kind, row.scope_code)
