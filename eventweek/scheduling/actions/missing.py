"""Sessions that a source no longer holds: cancelled by its next import, restored when they come back."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from eventweek.kernel.db import Bilingual, db
from eventweek.programme.models import Session, Week
from eventweek.programme.rules.values import shown

GONE = Bilingual("已不在来源的日程里。", "No longer in the schedule of its source.")
"""The reason by which an import knows its own cancellations again; one that a person gave stays."""


def missing_sessions(week: Week, document: Mapping[str, Any]) -> Sequence[Session]:
    """Return the sessions of the document's source that a `whole` document does not name and that are on.

    A document without any session misses nothing: it is an accident, not a programme.
    """
    entries = document.get("sessions")
    if document.get("whole") is not True or not isinstance(entries, list) or not entries:
        return []
    source = f"{shown(document.get('source'))}:"
    named = {shown(entry.get("id")) for entry in entries if isinstance(entry, Mapping)}
    alive = (Session.cancelled_at.is_(None), Session.archived_at.is_(None))
    own = Session.source_key.startswith(source, autoescape=True)
    query = select(Session).where(Session.week_id == week.id, own, *alive).order_by(Session.id)
    return [s for s in db.session.scalars(query) if s.source_key.removeprefix(source) not in named]


def is_missing(session: Session) -> bool:
    """Say whether an earlier import has cancelled the session."""
    return session.cancelled_at is not None and session.cancel_reason == GONE
