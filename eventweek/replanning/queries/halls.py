"""Sessions that people wait for, and the larger halls that are free then, each with its price."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventweek.kernel.clock import now
from eventweek.kernel.db import Bilingual, db
from eventweek.programme.models import Room, Session, Week
from eventweek.programme.rules.checks import is_locked
from eventweek.replanning.queries.demand import demand_of
from eventweek.scheduling.halls import Hall
from eventweek.scheduling.models import Placement, Plan
from eventweek.scheduling.planning import Demand
from eventweek.scheduling.queries.board import map_larger_halls

MOST = 20
"""Sessions for which halls are looked for at once."""


@dataclass(frozen=True)
class Crowded:
    """A session, where it is, how many have seats and wait, and larger halls; `locked`: by its safety permit.

    The price of a hall: everybody who has a seat is told, and what would be wrong there stands beside it.
    """

    code: str
    title: Bilingual
    family: str
    start: datetime
    room: Room
    demand: Demand
    locked: bool
    halls: Sequence[Hall] = ()

    @property
    def fits(self) -> bool:
        """Tell whether the room holds all of them as it is: only the seats on offer are fewer."""
        return self.room.capacity >= self.demand.registered + self.demand.waiting

    def admits(self, hall: Hall) -> int:
        """Return how many of those who wait would get a seat there."""
        return max(0, min(self.demand.waiting, hall.room.capacity - self.demand.registered))


def list_crowded(week: Week) -> list[Crowded]:
    """Return the sessions ahead for which most people wait, most first, in a constant number of statements."""
    waited = {session: demand for session, demand in demand_of(week.id).items() if demand.waiting}
    places = (
        select(Placement)
        .join(Placement.plan)
        .join(Placement.session)
        .where(Plan.week_id == week.id, Plan.working, Placement.session_id.in_(waited), Placement.start > now())
        .where(Session.cancelled_at.is_(None), Session.archived_at.is_(None))
        .options(joinedload(Placement.room).joinedload(Room.venue))
        .options(joinedload(Placement.session).joinedload(Session.kind))
    )
    found = [(place, place.session, waited[place.session_id]) for place in db.session.scalars(places)]
    crowded = [
        Crowded(
            code=own.code,
            title=own.title,
            family=own.kind.family,
            start=place.start,
            room=place.room,
            demand=demand,
            locked=is_locked(own.permit_status),
        )
        for place, own, demand in found
    ]
    crowded = sorted(crowded, key=lambda one: (-one.demand.waiting, one.start, one.code))[:MOST]
    short = [one for one in crowded if not one.locked and not one.fits]
    halls = map_larger_halls(week, {one.code: one.demand.registered + one.demand.waiting for one in short})
    return [replace(one, halls=halls.get(one.code, ())) for one in crowded]
