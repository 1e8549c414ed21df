"""Sessions that a source no longer holds: cancelled by its next import, restored when they come back."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from eventweek.audit.actors import Actor
from eventweek.kernel.db import Bilingual, db
from eventweek.programme.actions.sessions import cancel_session, restore_session
from eventweek.programme.models import Session, Week
from eventweek.programme.rules.values import shown

GONE = Bilingual("已不在来源的日程里。", "No longer in the schedule of its source.")
"""The reason by which an import knows its own cancellations again; one that a person gave stays."""


def cancel_missing(week: Week, document: Mapping[str, Any], actor: Actor) -> list[Bilingual]:
    """Cancel the sessions of the document's source that a `whole` document does not name; return their titles.

    A document without any session cancels nothing: it is an accident, not a programme.
    """
    entries = document.get("sessions")
    if document.get("whole") is not True or not isinstance(entries, list) or not entries:
        return []
    source = f"{shown(document.get('source'))}:"
    named = {shown(entry.get("id")) for entry in entries if isinstance(entry, Mapping)}
    alive = (Session.cancelled_at.is_(None), Session.archived_at.is_(None))
    own = Session.source_key.startswith(source, autoescape=True)
    query = select(Session).where(Session.week_id == week.id, own, *alive).order_by(Session.id)
    missing = [s for s in db.session.scalars(query) if s.source_key.removeprefix(source) not in named]
    for session in missing:
        cancel_session(session.code, reason=GONE, actor=actor)
    return [session.title for session in missing]


def restore_missing(session: Session, actor: Actor) -> bool:
    """Take back a cancellation by an earlier import; say whether there was one."""
    if session.cancelled_at is None or session.cancel_reason != GONE:
        return False
    restore_session(session.code, actor=actor)
    return True
