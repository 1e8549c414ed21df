"""What people did who were registered: show-up by kind over all weeks, and the overbooking that it allows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from eventweek.audit.actors import Actor
from eventweek.checkin.models import Attendance
from eventweek.checkin.showing import Shown, propose_overbooking
from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.programme.models import Kind, Session
from eventweek.registration.enums import PoolClass, State
from eventweek.registration.models import CapacityPool, OfferingSession, OverbookDecision, Registration
from eventweek.registration.queries.desk import list_week_offerings
from eventweek.registration.queries.offerings import OpenOffering
from eventweek.scheduling.models import Published, ReleaseItem


@dataclass(frozen=True)
class Proposal:
    """An offering ahead with a limit: what was measured of its kind, what that allows, what was decided last."""

    own: OpenOffering
    pool: CapacityPool
    shown: Shown
    seats: int
    decided: OverbookDecision | None

    @property
    def is_open(self) -> bool:
        """Say whether there is something to decide: a number that neither stands nor was declined before."""
        declined = self.decided is not None and not self.decided.accepted and self.decided.proposed == self.seats
        return self.seats > self.pool.overbook and not declined


def measure_showing() -> dict[str, Shown]:
    """Return by code of kind how many confirmed seats there were and how many came, over sessions of all weeks.

    Only what is over counts, and of that only where the door let somebody in: elsewhere nobody was counted. Who took
    part on line had no seat. Always two statements.
    """
    kinds = _kinds_over()
    arrived = select(Attendance.registration_code).where(Attendance.entries > 0)
    came = func.sum(Registration.seats).filter(Registration.code.in_(arrived))
    query = select(Registration.offering_id, func.sum(Registration.seats), came)
    query = query.where(Registration.state == State.CONFIRMED, Registration.offering_id.in_(kinds))
    query = query.where(Registration.cls != PoolClass.ONLINE)
    found: dict[str, Shown] = {}
    for offering, registered, there in db.session.execute(query.group_by(Registration.offering_id)):
        if there:
            known = found.get(kinds[offering], Shown())
            found[kinds[offering]] = Shown(known.registered + registered, known.came + there)
    return found


def list_proposals(week_id: int, *, actor: Actor) -> list[Proposal]:
    """Return the offerings ahead that have a limit and whose kind was measured, in the order of their time."""
    shown, moment = measure_showing(), now()
    offerings = [own for own in list_week_offerings(week_id, actor=actor) if own.starts > moment]
    decisions = _decisions([own.offering.id for own in offerings])
    found = [_proposal(own, shown, decisions) for own in offerings]
    return [own for own in found if own is not None]


def _proposal(
    own: OpenOffering, shown: Mapping[str, Shown], decisions: Mapping[int, OverbookDecision]
) -> Proposal | None:
    pool = next(pool for pool in own.offering.pools if pool.cls == PoolClass.ROOM)
    measured = shown.get(own.sessions[0].facts["kind"]["code"])
    if pool.cap is None or measured is None or own.offering.closed or own.window.cancelled:
        return None
    capacity = own.sessions[0].facts["room"].get("capacity")
    return Proposal(
        own, pool, measured, propose_overbooking(pool.cap, capacity, measured), decisions.get(own.offering.id)
    )


def _decisions(offering_ids: Iterable[int]) -> dict[int, OverbookDecision]:
    """Return the last decision about each offering."""
    query = select(OverbookDecision).where(OverbookDecision.offering_id.in_(list(offering_ids)))
    return {own.offering_id: own for own in db.session.scalars(query.order_by(OverbookDecision.id))}


def _kinds_over() -> dict[int, str]:
    """Return the kind of each offering all of whose published sessions are over and took place."""
    item = ReleaseItem.snapshot
    query = (
        select(
            OfferingSession.offering_id,
            Kind.code,
            item["start"].as_string(),
            item["minutes"].as_integer(),
            item["cancelled"].as_boolean(),
        )
        .join(Published, Published.session_id == OfferingSession.session_id)
        .join(ReleaseItem, ReleaseItem.id == Published.item_id)
        .join(Session, Session.id == OfferingSession.session_id)
        .join(Kind, Kind.id == Session.kind_id)
    )
    found: dict[int, str] = {}
    ahead: set[int] = set()
    for offering, kind, start, minutes, cancelled in db.session.execute(query):
        end = datetime.strptime(start, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) + timedelta(minutes=minutes)
        if end > now():
            ahead.add(offering)
        elif not cancelled:
            found.setdefault(offering, kind)
    return {offering: kind for offering, kind in found.items() if offering not in ahead}
