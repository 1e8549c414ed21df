"""What a person holds, what clashes in it, and what they agree to."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, case, func, select
from sqlalchemy.orm import aliased

from eventweek.kernel.clock import now
from eventweek.kernel.db import Bilingual, db
from eventweek.programme.models import City, TravelTime, Week
from eventweek.registration.enums import LIVE, EndReason, PoolClass, State
from eventweek.registration.models import InvitationUse, Offering, OfferingInvitation, Pass, Registration
from eventweek.registration.online import Switch, sitting_now, why_no_switching
from eventweek.registration.queries.offerings import OpenOffering, is_cancelled, load_offerings, room_of, terms_of
from eventweek.registration.queries.online import seat_of, sittings_of, switch_of
from eventweek.registration.queries.strikes import effect_on
from eventweek.registration.queueing import Place, way_of, why_waiting
from eventweek.registration.rules import (
    Clash,
    Reason,
    Stop,
    list_clashes,
    why_no_acceptance,
    why_no_cancelling,
    why_no_handover,
)
from eventweek.registration.strikes import BEHIND
from eventweek.scheduling.queries import PublishedSession


@dataclass(frozen=True)
class RegistrationFacts:
    """One registration as its holder sees it. `position` counts from 1 while waitlisted, else 0.

    `name` of the offering is empty where it is one session. Ended ones keep state and `end_reason`. `why_waiting`: why
    no seat came yet; `overtaken`: parties that got in before, of at most `overtakes`. `offer_until`: until when an
    offer can be taken; one past that counts as ended. `answer`: what the reviewer said, `remark` the person.
    `behind`: they wait behind everybody else because of no-shows.
    `online`: they take part on line, the way in being shown so many minutes before each session; `joining`: code of the
    session whose way in is open now, else empty. `why_no_switching`: from a seat to on line, or back. `standby`: they
    wait on the list at the door.
    """

    code: str
    state: str
    end_reason: str
    seats: int
    position: int
    offering: str
    mode: str
    name: Bilingual
    slot_start: datetime | None
    slot_end: datetime | None
    starts: datetime
    sessions: tuple[PublishedSession, ...]
    max_party: int
    answered: bool
    why_no_cancelling: Reason | None
    why_no_handover: Reason | None
    why_waiting: Reason | None
    overtaken: int
    overtakes: int
    offer_until: datetime | None
    answer: str
    remark: str
    behind: bool
    online: bool
    online_before_min: int
    joining: str
    why_no_switching: Reason | None
    standby: bool

    @property
    def sure(self) -> bool:
        """Say whether they are in, in the room or on line."""
        return self.state == State.CONFIRMED

    @property
    def entitled(self) -> bool:
        """Say whether the pass opens the door of these sessions."""
        return self.sure and not self.online


def list_registrations(pass_id: int) -> list[RegistrationFacts]:
    """Return everything the holder of a pass registered for in its week, by start; ended ones too."""
    query = (
        select(Registration, effect_on(Pass.week_id, Pass.attendee_id), OfferingInvitation)
        .join(Pass, (Pass.attendee_id == Registration.attendee_id) & (Pass.week_id == Registration.week_id))
        .outerjoin(InvitationUse, InvitationUse.registration_id == Registration.id)
        .outerjoin(OfferingInvitation, OfferingInvitation.id == InvitationUse.invitation_id)
        .where(Pass.id == pass_id)
    )
    found = db.session.execute(query).all()
    rows, effect = [row for row, *_more in found], found[0][1] if found else None
    invited = {row.id: invitation for row, _effect, invitation in found}
    offerings = {own.offering.id: own for own in load_offerings(sorted({row.offering_id for row in rows}))}
    places, moment = queue_places(rows), now()
    switches = {
        row.id: switch_of(row, own, seat_of(own, invited.get(row.id)), effect)
        for row in rows
        if (own := offerings.get(row.offering_id))
    }
    facts = [
        _facts(row, offerings[row.offering_id], places.get(row.id), moment, switches[row.id])
        for row in rows
        if row.offering_id in offerings
    ]
    return sorted(facts, key=lambda own: (own.starts, own.code))


def _places() -> Select[int, int, int, int]:
    order = (Registration.queue_priority.desc(), Registration.queued_at, Registration.id)
    one_queue: dict[str, Any] = {"partition_by": (Registration.offering_id, Registration.cls), "order_by": order}
    saved = case((Registration.overtaken >= Offering.overtakes, 1), else_=0)
    queue = (
        select(
            Registration.id,
            func.row_number().over(**one_queue).label("position"),
            (func.sum(Registration.seats).over(**one_queue) - Registration.seats).label("ahead"),
            (func.sum(saved).over(**one_queue) - saved).label("saved"),
        )
        .join(Registration.offering)
        .where(
            Registration.offering_id.in_(bindparam("offerings", expanding=True)),
            Registration.state == State.WAITLISTED,
        )
        .subquery()
    )
    return select(queue).where(queue.c.id.in_(bindparam("wanted", expanding=True)))


_PLACES = _places()


def queue_places(rows: Iterable[Registration]) -> dict[int, Place]:
    """Return the place in its queue of each waitlisted one of these registrations, by registration id."""
    waiting = [row for row in rows if row.state == State.WAITLISTED]
    if not waiting:
        return {}
    facts = {"offerings": list({row.offering_id for row in waiting}), "wanted": [row.id for row in waiting]}
    found = db.session.execute(_PLACES, facts)
    return {own: Place(position, int(ahead), bool(saved)) for own, position, ahead, saved in found}


def explain_waiting(row: Registration, own: OpenOffering, place: Place, moment: datetime) -> Reason:
    """Return why a waitlisted registration has not got its seats yet, for the person and for the organiser alike."""
    pools = {pool.cls: pool for pool in own.offering.pools}
    way = way_of(terms_of(own), row.cls, pools[row.cls].consent, moment)
    return why_waiting(row.seats, place, room_of(pools, row.cls), way, row.cls)


def list_clashes_of(
    week_id: int, offering_codes: Collection[str], pass_id: int | None = None, online: Collection[str] = ()
) -> list[Clash]:
    """Return what one person cannot attend of a basket together with what they hold: overlaps, impossible journeys.

    `online`: codes of the offerings of the basket in which they take part on line; that costs no journey.
    """
    query = select(Offering.id).where(Offering.week_id == week_id, Offering.code.in_(offering_codes))
    chosen = load_offerings(db.session.scalars(query).all())
    held = [own for own in list_registrations(pass_id) if own.state in LIVE] if pass_id else []
    stops = {
        session.code: at_home(stop_of(session.facts)) if is_online else stop_of(session.facts)
        for is_online, sessions in [
            *((c.offering.code in online, c.sessions) for c in chosen if not c.offering.slot_start),
            *((h.online, h.sessions) for h in held if not h.slot_start),
        ]
        for session in sessions
        if not is_cancelled(session)
    }
    week = db.session.get(Week, week_id)
    if week is None or len(stops) < 2:
        return []
    new = {session.code for own in chosen for session in own.sessions}
    clashes = list_clashes(list(stops.values()), travel_in(week))
    return [clash for clash in clashes if clash.first.code in new or clash.second.code in new]


def _facts(
    row: Registration, own: OpenOffering, place: Place | None, moment: datetime, switch: Switch
) -> RegistrationFacts:
    lapsed = row.state == State.OFFERED and why_no_acceptance(row.state, row.offer_expires_at, moment) is not None
    state, end_reason = (State.CANCELLED, EndReason.LAPSED) if lapsed else (row.state, row.end_reason)
    online = row.cls == PoolClass.ONLINE
    sitting = sitting_now(sittings_of(own), own.online_before_min, moment) if online else None
    return RegistrationFacts(
        code=row.code,
        state=state,
        end_reason=end_reason,
        seats=row.seats,
        position=place.position if place else 0,
        offering=own.offering.code,
        mode=own.offering.mode,
        name=own.offering.name,
        slot_start=own.offering.slot_start,
        slot_end=own.offering.slot_end,
        starts=own.starts,
        sessions=own.sessions,
        max_party=own.offering.largest_party,
        answered=bool(row.answers) or own.asks,
        why_no_cancelling=why_no_cancelling(state, own.window, moment),
        why_waiting=explain_waiting(row, own, place, moment) if place else None,
        overtaken=row.overtaken,
        overtakes=own.offering.overtakes,
        offer_until=row.offer_expires_at if state == State.OFFERED else None,
        answer=row.answer,
        remark=row.remark,
        behind=row.queue_priority == BEHIND,
        why_no_handover=why_no_handover(state, own.offering.hands_over, own.window, moment),
        online=online,
        online_before_min=own.online_before_min,
        joining=sitting.code if sitting and state == State.CONFIRMED else "",
        why_no_switching=why_no_switching(replace(switch, state=state), moment),
        standby=row.cls == PoolClass.STANDBY,
    )


def stop_of(facts: Mapping[str, Any]) -> Stop:
    """Return what a published session, or one to be published, is in somebody's day."""
    city, start = facts["city"], datetime.strptime(facts["start"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return Stop(
        code=facts["code"],
        title_zh=facts["title"]["zh"],
        title_en=facts["title"]["en"],
        start=start,
        end=start + timedelta(minutes=facts["minutes"]),
        venue=facts["venue"]["code"],
        city=city["code"] if city else "",
    )


def at_home(stop: Stop) -> Stop:
    """Return a session as a stop of who takes part on line: in no place."""
    return replace(stop, venue="", city="")


def travel_in(week: Week) -> Callable[[Stop, Stop], int | None]:
    """Return what gives the minutes between two stops of a week, None where nobody knows; one statement."""
    between, same_city = _travel_minutes(), week.travel_same_city_min

    def travel(first: Stop, second: Stop) -> int | None:
        if not first.city or not second.city:
            return None
        return same_city if first.city == second.city else between.get(frozenset((first.city, second.city)))

    return travel


def _travel_minutes() -> dict[frozenset[str], int]:
    one, two = aliased(City), aliased(City)
    rows = select(one.code, two.code, TravelTime.minutes).join_from(TravelTime, one, one.id == TravelTime.from_id)
    rows = rows.join(two, two.id == TravelTime.to_id)
    return {frozenset((start, end)): minutes for start, end, minutes in db.session.execute(rows)}
