"""Whether a room is to be had."""

from datetime import datetime, timedelta

from sqlalchemy import Date, String, null, select, type_coerce, union_all

from eventweek.kernel.db import db
from eventweek.kernel.errors import FieldError
from eventweek.programme.models import Room, Session
from eventweek.programme.models.places import RoomClosure, RoomHours
from eventweek.programme.queries.incidents import map_losses
from eventweek.programme.rules.incidents import is_lost
from eventweek.scheduling.problems import is_closed


def why_lost(session: Session, start: datetime, hall: Room) -> FieldError | None:
    """Return why nothing moves into a hall: it is lost then; what stands there already is found by the rules."""
    lost = map_losses(session.week_id).get(hall.code, ())
    if is_lost(lost, start, start + timedelta(minutes=session.duration_min)):
        return FieldError("room", "room.lost", {"room": hall.name})
    return None


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
