"""Verbs of the kernel's own rows: jobs are held and settled, old answers and orphaned files go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Column, CursorResult, delete, select

from eventweek.kernel import files, leases
from eventweek.kernel.clock import now
from eventweek.kernel.db import Base, FileDigest, db, transaction
from eventweek.kernel.idempotency import StoredAnswer, answer_once, request_hash
from eventweek.kernel.jobs import Job, enqueue_once

SWEPT_AFTER = timedelta(days=7)
"""How long a file may lie before a row names it, and after the last one that did is gone."""


@dataclass(frozen=True)
class Task:
    """A job held by this worker, and the number of the attempt."""

    id: int
    attempt: int
    name: str
    payload: Mapping[str, Any]


def once(scope: str, key: str, request: Any, produce: Callable[[], Any]) -> Any:
    """Return what `produce` gives for the first request under this key, in one transaction with what it changes.

    Raises: Refusal idempotency.key, idempotency.mismatch, and what `produce` raises; then nothing is kept.
    """
    with transaction():
        return answer_once(scope, key, request_hash(request), lambda: (201, produce()))[1]


def claim_job(job_id: int) -> Task | None:
    """Hold a waiting job, None when somebody else has it or it is settled."""
    with transaction():
        attempt = leases.claim(Job, job_id)
        row = db.session.get(Job, job_id, populate_existing=True) if attempt else None
        return Task(row.id, attempt, row.name, row.payload) if row and attempt else None


def mark_done(task: Task) -> bool:
    """Write that a job is done."""
    with transaction():
        return leases.settle(Job, task.id, task.attempt, state="done", done_at=now(), error="")


def mark_failed(task: Task, error: str, *, final: bool = False) -> bool:
    """Write that a job failed: tried again after a pause, dead after the last try or when `final`."""
    with transaction():
        return leases.settle(Job, task.id, task.attempt, **leases.after_failure(task.attempt, error, final=final))


def plan_housekeeping(names: list[str], span: str = "%Y-%m-%d") -> None:
    """Write one job for each name in a span of time, by default a day."""
    with transaction():
        for name in names:
            enqueue_once(f"{name}:{now():{span}}", name)


def sweep_files() -> int:
    """Remove the files that no row has named for `SWEPT_AFTER`; return how many went.

    A row is written within minutes of its file, and a file that is kept again counts as new.
    """
    before = (now() - SWEPT_AFTER).timestamp()
    gone = 0
    for digests in files.list_old(before):
        named = _named(digests)
        db.session.rollback()
        gone += sum(files.drop_old(digest, before) for digest in digests if digest not in named)
    return gone


def list_missing_files() -> list[dict[str, str]]:
    """Return what a row names and is not on disk: table, column and digest."""
    return [
        {"table": column.table.name, "column": column.name, "file": digest}
        for column in _naming()
        for digest in db.session.scalars(select(column).distinct().order_by(column))
        if not files.is_kept(digest)
    ]


def _named(digests: list[str]) -> set[str]:
    found = (db.session.scalars(select(column).where(column.in_(digests))) for column in _naming())
    return {digest for own in found for digest in own}


def _naming() -> list[Column[Any]]:
    """Return every column that names a file, of any table."""
    return [c for table in Base.metadata.tables.values() for c in table.c if isinstance(c.type, FileDigest)]


def purge_answers() -> int:
    """Delete the stored answers whose time is over and return how many there were."""
    with transaction():
        done = db.session.execute(delete(StoredAnswer).where(StoredAnswer.expires_at <= now()))
        assert isinstance(done, CursorResult)
        return done.rowcount
