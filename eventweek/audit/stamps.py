"""A stamp of everything that was done to a week: another one as soon as something of it may read otherwise.

Every change is audited in its own transaction, so the audit is what a process asks before it trusts its memory.
"""

from collections.abc import Collection

from sqlalchemy import func, or_, select

from eventweek.audit.models import AuditEntry
from eventweek.kernel.db import db

Stamp = tuple[int, int, str]
STEP = 10_000
"""Entries that are counted at least: one that is written late may stand before others."""
PEOPLE = (
    *("registration", "roster", "pass", "device", "gate", "message", "message_text", "campaign", "strike"),
    *("user", "key", "invitation", "planner_run", "picture", "attachment", "offering"),
)
"""Subjects that say nothing of sessions, rooms and whoever takes part."""


def week_stamp(week_id: int, without: Collection[str] = ()) -> Stamp:
    """Return the stamp of a week and of what all weeks share, in one statement; `without`: verbs that do not count.

    It is the highest number of an entry, how many there are among the last ten thousand and more, and the latest time.
    """
    own = AuditEntry
    last = select(func.coalesce(func.max(own.id), 0)).scalar_subquery()
    query = select(func.coalesce(func.max(own.id), 0), func.count(), func.max(own.at)).where(
        own.id >= last - last % STEP - STEP,
        or_(own.week_id == week_id, own.week_id.is_(None)),
        own.subject.not_in(PEOPLE),
        own.verb.not_in(without),
    )
    highest, count, at = db.session.execute(query).one()
    return highest, count, str(at)
