"""Write the audit entry inside the caller's transaction."""

from typing import Any

from sqlalchemy import insert

from eventweek.audit.actors import Actor
from eventweek.audit.models import AuditEntry
from eventweek.kernel.clock import now
from eventweek.kernel.db import before_commit, run


def record(actor: Actor, verb: str, subject: str, code: str, /, *, week_id: int | None = None, **changes: Any) -> None:
    """Append one entry; `changes` holds plain JSON values without personal data.

    All entries of an action are written together by one statement at its end.
    """
    row = {
        "at": now(),
        "week_id": week_id,
        "actor_id": actor.id,
        "actor": actor.label,
        "verb": verb,
        "subject": subject,
        "code": code,
        "changes": changes,
    }
    before_commit(_write, row)


def _write(rows: list[dict[str, Any]]) -> None:
    run(_ENTRIES, rows)


_TABLE: Any = AuditEntry.__table__
_ENTRIES = insert(_TABLE)
