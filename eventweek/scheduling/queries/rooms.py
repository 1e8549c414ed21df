"""Whether a room is to be had."""

from datetime import datetime

from sqlalchemy import Date, String, null, select, type_coerce, union_all

from eventweek.kernel.db import db
from eventweek.programme.models.places import RoomClosure, RoomHours
from eventweek.scheduling.problems import is_closed


def is_shut(room_id: int, start: datetime, end: datetime) -> bool:
    """Say whether a room is closed at some time from a start to an end, both on the week's clock; one statement."""
    hours, closure = RoomHours.__table__.c, RoomClosure.__table__.c
    nothing = type_coerce(null(), String)
    own = union_all(
        select(hours.day, hours.opens, hours.closes).where(hours.room_id == room_id),
        select(closure.day, nothing, nothing).where(closure.room_id == room_id),
    ).subquery()
    rows = db.session.execute(select(type_coerce(own.c[0], Date), own.c[1], own.c[2])).all()
    spans = tuple((day, opens, closes) for day, opens, closes in rows if opens)
    return is_closed(start, end, spans, frozenset(day for day, opens, _closes in rows if not opens))
