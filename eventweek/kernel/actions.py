"""Verbs of the kernel's own rows."""

from sqlalchemy import CursorResult, delete

from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.idempotency import StoredAnswer


def purge_answers() -> int:
    """Delete the stored answers whose time is over and return how many there were."""
    with transaction():
        done = db.session.execute(delete(StoredAnswer).where(StoredAnswer.expires_at <= now()))
        assert isinstance(done, CursorResult)
        return done.rowcount
