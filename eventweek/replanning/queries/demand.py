"""What registration knows of each session: seats that are taken in its room, people who wait for one."""

from collections import defaultdict

from sqlalchemy import func, select

from eventweek.kernel.db import db
from eventweek.registration.enums import PoolClass, State
from eventweek.registration.models import Offering, OfferingSession, Registration
from eventweek.scheduling.planning import Demand

SEATED = (State.CONFIRMED, State.OFFERED)


def demand_of(week_id: int) -> dict[int, Demand]:
    """Return the demand of a week by session id, in one statement; who takes part on line needs no room.

    Of the slots of an exhibition the fullest counts: their guests come one after the other.
    """
    row, link = Registration, OfferingSession
    query = (
        select(link.session_id, Offering.slot_start.is_not(None), row.state, func.sum(row.seats))
        .join(Offering, Offering.id == row.offering_id)
        .join(link, link.offering_id == Offering.id)
        .where(row.week_id == week_id, row.cls != PoolClass.ONLINE, row.state.in_((*SEATED, State.WAITLISTED)))
        .group_by(link.session_id, Offering.id, Offering.slot_start, row.state)
    )
    whole: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    fullest: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for session, slot, state, seats in db.session.execute(query):
        waits = int(state == State.WAITLISTED)
        if slot:
            fullest[session][waits] = max(fullest[session][waits], int(seats))
        else:
            whole[session][waits] += int(seats)
    return {
        session: Demand(whole[session][0] + fullest[session][0], whole[session][1] + fullest[session][1])
        for session in sorted({*whole, *fullest})
    }
