"""Halls that are lost: those of a week, each by itself, and when each room is closed by them."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import Incident, IncidentRoom, Room, Venue
from eventweek.programme.rules.incidents import Loss


def list_incidents(week_id: int) -> list[Incident]:
    """Return the incidents of a week: those that are not over first, then the newest."""
    query = _incidents().where(Incident.week_id == week_id)
    return list(db.session.scalars(query.order_by(Incident.lifted_at.is_not(None), Incident.id.desc())))


def get_incident(week_id: int, code: str, *, lock: bool = False) -> Incident:
    """Return an incident of a week; with `lock` as it stands now, held until the transaction ends.

    Raises: Refusal incident.not_found.
    """
    query = _incidents().where(Incident.week_id == week_id, Incident.code == code)
    if lock:
        query = query.with_for_update(of=Incident).execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise Refusal("incident.not_found")
    return found


def map_losses(week_id: int) -> Mapping[str, list[Loss]]:
    """Return when rooms (codes) cannot be used in a week, in one statement."""
    query = select(Room.code, Incident.since, Incident.until).select_from(IncidentRoom)
    query = query.join(Room, Room.id == IncidentRoom.room_id).join(Incident, Incident.id == IncidentRoom.incident_id)
    lost: dict[str, list[Loss]] = defaultdict(list)
    rows = db.session.execute(query.where(Incident.week_id == week_id, Incident.lifted_at.is_(None)))
    for code, since, until in rows.all():
        lost[code].append(Loss(since, until))
    return lost


def _incidents() -> Select[Incident]:
    rooms = selectinload(Incident.rooms).joinedload(IncidentRoom.room)
    return select(Incident).options(rooms.joinedload(Room.venue).joinedload(Venue.city))
