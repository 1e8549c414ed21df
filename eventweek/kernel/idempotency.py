"""Stored answers: a request that is sent again under one key is answered with the first answer."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, String, UniqueConstraint, bindparam, select, update
from sqlalchemy.orm import Mapped, mapped_column

from eventweek.kernel.clock import now
from eventweek.kernel.db import Base, UtcDateTime, db, insert_new
from eventweek.kernel.errors import Refusal

LIFE = timedelta(days=2)
LONGEST_KEY = 80


class StoredAnswer(Base):
    """The answer to a request, by scope and key; `request_hash` is the SHA-256 of the request's canonical form."""

    __tablename__ = "stored_answer"
    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(80))
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[Any] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    __table_args__ = (UniqueConstraint("scope", "key"),)


def request_hash(request: Any) -> str:
    """Return the SHA-256 of a request's values in canonical JSON."""
    return hashlib.sha256(json.dumps(request, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


@dataclass(frozen=True)
class Once:
    """Which request it is: where its key counts, the key that the caller chose, and the request's hash.

    Raises: Refusal idempotency.key for an empty or too long key.
    """

    scope: str
    key: str
    request_hash: str

    def __post_init__(self) -> None:
        if not 0 < len(self.key) <= LONGEST_KEY or not self.key.isprintable():
            raise Refusal("idempotency.key", longest=LONGEST_KEY)


class AnsweredBefore(Exception):
    """Another request under the same key was answered before this one: what this one did must be taken back."""


def answer_once(scope: str, key: str, request_hash: str, produce: Callable[[], tuple[int, Any]]) -> tuple[int, Any]:
    """Return status and body of the first request under this key; `produce` makes them, at most once.

    Called inside the action's transaction: answer and change are kept or lost together, and a refusal keeps nothing.
    A second request with the same key waits for the first to end. `body` is plain JSON.
    Raises: Refusal idempotency.key for an empty or too long key, idempotency.mismatch for another request.
    """
    own = Once(scope, key, request_hash)
    if _insert(own, 0, None):
        status, body = produce()
        stored = (StoredAnswer.scope == scope, StoredAnswer.key == key)
        db.session.execute(update(StoredAnswer).where(*stored).values(status=status, body=body))
        return status, body
    kept = find_answer(own)
    assert kept is not None
    return kept


def keep_answer(own: Once, status: int, body: Any) -> None:
    """Keep the answer to a request as the last statement of its transaction.

    For an action that may run twice at once until here, because whatever the first did makes the second wait. After
    AnsweredBefore, and after any refusal, the caller ends its transaction and looks with `find_answer`.
    Raises: AnsweredBefore where the key has an answer; it waits for another transaction that is giving one.
    """
    if not _insert(own, status, body):
        raise AnsweredBefore


def find_answer(own: Once) -> tuple[int, Any] | None:
    """Return what the first request under this key was answered, None when there was none.

    Raises: Refusal idempotency.mismatch when that was another request.
    """
    kept = db.session.scalar(_KEPT, {"own_scope": own.scope, "own_key": own.key})
    if kept is None:
        return None
    if kept.request_hash != own.request_hash:
        raise Refusal("idempotency.mismatch")
    return kept.status, kept.body


def _insert(own: Once, status: int, body: Any) -> bool:
    at = now()
    values = {"request_hash": own.request_hash, "status": status, "body": body}
    return insert_new(StoredAnswer, scope=own.scope, key=own.key, created_at=at, expires_at=at + LIFE, **values)


_KEPT = (
    select(StoredAnswer)
    .where(StoredAnswer.scope == bindparam("own_scope"), StoredAnswer.key == bindparam("own_key"))
    .execution_options(populate_existing=True)
)
