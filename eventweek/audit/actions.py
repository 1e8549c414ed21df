"""Write the audit entry inside the caller's transaction."""

from typing import Any

from eventweek.audit.models import AuditEntry
from eventweek.kernel.clock import now
from eventweek.kernel.db import db


def record(actor: str, verb: str, subject: str, code: str, **changes: Any) -> None:
    """Append one entry; `changes` holds plain JSON values without personal data."""
    db.session.add(AuditEntry(at=now(), actor=actor, verb=verb, subject=subject, code=code, changes=changes))
