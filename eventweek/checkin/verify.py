"""The invariants of the door: chains are whole, attendance is what the scans add up to."""

from datetime import timedelta

from sqlalchemy import select

from eventweek.checkin.queries.misses import list_wrongly_struck
from eventweek.checkin.queries.scans import list_broken_links, list_wrong_attendance
from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.programme.models import Week
from eventweek.registration.verify import MOST_ROWS, Finding

SETTLED = timedelta(hours=2)
"""How long a strike may be wrong: the worker looks each hour."""


def list_findings() -> list[Finding]:
    """Check every invariant over all weeks; a sound database has no rows in any."""
    weeks = db.session.execute(select(Week.id, Week.code).order_by(Week.id)).all()
    links = [{"week": week, "device": code, "seq": seq} for own, week in weeks for code, seq in list_broken_links(own)]
    wrong = [
        {"week": week, "session_id": session_id, "holder": holder}
        for own, week in weeks
        for session_id, holder in list_wrong_attendance(own)
    ]
    return [
        Finding("each scan vouches for the device's scan before", links[:MOST_ROWS]),
        Finding("attendance is what the scans add up to", wrong[:MOST_ROWS]),
        Finding("no strike stands against somebody who came", list_wrongly_struck(now() - SETTLED)[:MOST_ROWS]),
    ]
