"""Stored answers: a request that is sent again under one key is answered with the first answer."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, String, UniqueConstraint, select, update
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


def answer_once(scope: str, key: str, request_hash: str, produce: Callable[[], tuple[int, Any]]) -> tuple[int, Any]:
    """Return status and body of the first request under this key; `produce` makes them, at most once.

    Called inside the action's transaction: answer and change are kept or lost together, and a refusal keeps nothing.
    A second request with the same key waits for the first to end. `body` is plain JSON.
    Raises: Refusal idempotency.key for an empty or too long key, idempotency.mismatch for another request.
    """
    if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
        raise Refusal("idempotency.key", longest=LONGEST_KEY)
    at, own = now(), (StoredAnswer.scope == scope, StoredAnswer.key == key)
    fresh = {"request_hash": request_hash, "status": 0, "body": None, "created_at": at, "expires_at": at + LIFE}
    if insert_new(StoredAnswer, scope=scope, key=key, **fresh):
        status, body = produce()
        db.session.execute(update(StoredAnswer).where(*own).values(status=status, body=body))
        return status, body
    kept = db.session.execute(select(StoredAnswer).where(*own).execution_options(populate_existing=True)).scalar_one()
    if kept.request_hash != request_hash:
        raise Refusal("idempotency.mismatch")
    return kept.status, kept.body
