"""When people came in first."""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, Numeric, cast, extract, func, select

from eventweek.checkin.models import Attendance
from eventweek.kernel.db import db


def list_arrivals(week_id: int, seconds: int) -> dict[int, dict[datetime, int]]:
    """Return people by session and time of their first entry, in steps of so many seconds, in one statement.

    Rehearsals leave no attendance.
    """
    second = cast(extract("epoch", Attendance.first_in), Numeric)
    step = cast(second - second % seconds, BigInteger)
    query = (
        select(Attendance.session_id, step, func.sum(Attendance.party))
        .where(Attendance.week_id == week_id, Attendance.first_in.is_not(None), Attendance.entries > 0)
        .group_by(Attendance.session_id, step)
    )
    found: dict[int, dict[datetime, int]] = {}
    for session_id, begin, people in db.session.execute(query):
        found.setdefault(session_id, {})[datetime.fromtimestamp(begin, UTC)] = people
    return found
