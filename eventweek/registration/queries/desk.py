"""What organisers see of registration: every offering of a week, and who is in one."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager

from eventweek.accounts.enums import Verb
from eventweek.audit.actors import Actor
from eventweek.kernel.db import db
from eventweek.programme.models import Week
from eventweek.programme.rules.scopes import reaches
from eventweek.registration.drafts import list_drafts
from eventweek.registration.enums import State
from eventweek.registration.models import (
    AllotmentSeat,
    Attendee,
    CapacityPool,
    Offering,
    OfferingSession,
    Pass,
    PoolHold,
    Registration,
    RegistrationEvent,
)
from eventweek.registration.queries.drafts import find_material
from eventweek.registration.queries.offerings import OpenOffering, load_offerings


def is_in_reach(own: OpenOffering, verb: Verb, actor: Actor) -> bool:
    """Say whether the actor's roles cover one of the offering's sessions: its city, venue or track, or the week."""
    parts = [[session.facts[name] or {"code": ""} for name in ("city", "track", "venue")] for session in own.sessions]
    return any(
        reaches(actor, verb, own.offering.week_id, city=city["code"], track=track["code"], venue=venue["code"])
        for city, track, venue in parts
    )


def list_week_offerings(week_id: int, *, actor: Actor) -> list[OpenOffering]:
    """Return the offerings of a week that the actor may read, in the order of their time, then of their code."""
    ids = db.session.scalars(select(Offering.id).where(Offering.week_id == week_id)).all()
    found = [own for own in load_offerings(ids) if is_in_reach(own, Verb.REGISTRATIONS_READ, actor)]
    return sorted(found, key=lambda own: (own.starts, own.offering.code))


@dataclass(frozen=True)
class Waiting:
    """An offering for which people wait: `queued` for a seat of its own class, `applied` for a decision."""

    own: OpenOffering
    queued: int
    applied: int


def list_waiting(week_id: int) -> list[Waiting]:
    """Return the offerings of published sessions for which somebody waits, in a constant number of statements."""
    pool, kept = CapacityPool, Registration
    queues = select(pool.offering_id, pool.cls, pool.waiting).join(Offering, Offering.id == pool.offering_id)
    queued = {
        (offering, cls): count
        for offering, cls, count in db.session.execute(queues.where(Offering.week_id == week_id, pool.waiting > 0))
    }
    applications = select(kept.offering_id, func.count()).where(kept.week_id == week_id, kept.state == State.APPLIED)
    applied = {offering: count for offering, count in db.session.execute(applications.group_by(kept.offering_id))}
    found = load_offerings(sorted({offering for offering, _cls in queued} | applied.keys()))
    return [Waiting(own, queued.get((own.offering.id, own.cls), 0), applied.get(own.offering.id, 0)) for own in found]


def find_offering(week_id: int, code: str, *, actor: Actor) -> OpenOffering | None:
    """Return an offering of the week, None where it has none of that code or the actor's roles do not cover it."""
    ids = db.session.scalars(select(Offering.id).where(Offering.week_id == week_id, Offering.code == code)).all()
    found = [own for own in load_offerings(ids) if is_in_reach(own, Verb.REGISTRATIONS_READ, actor)]
    return next(iter(found), None)


def list_offering_ids(session_id: int) -> list[int]:
    """Return the ids of the offerings that admit to a session."""
    query = select(OfferingSession.offering_id).where(OfferingSession.session_id == session_id)
    return list(db.session.scalars(query.order_by(OfferingSession.offering_id)))


def count_unoffered(week: Week) -> int:
    """Return how many published sessions that take registrations no offering admits to."""
    return len({session for draft in list_drafts(find_material(week)) for session in draft.sessions})


def list_registered(
    offering_id: int, words: str, state: str, window: Callable[[int], tuple[int, int]]
) -> tuple[list[Registration], int]:
    """Return registrations of an offering with their people, and how many there are; live ones first, then by time.

    `words` are looked for in name and unit, and as a whole e-mail, a whole phone or its last four: contacts are shown
    masked, and a search for a part would tell the rest. `window` gives offset and limit for the total.
    """
    query = select(Registration).join(Registration.attendee).where(Registration.offering_id == offering_id)
    query = matching(query, words)
    if state:
        query = query.where(Registration.state == state)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    offset, limit = window(total)
    order = (Registration.ended_at.is_not(None), Registration.created_at, Registration.id)
    rows = db.session.scalars(
        query.options(contains_eager(Registration.attendee)).order_by(*order).offset(offset).limit(limit)
    )
    return list(rows), total


def matching(query: Select[Registration], words: str) -> Select[Registration]:
    """Return registrations whose person fits each of these words: a part of name or unit, or a whole contact."""
    columns = (Attendee.name, Attendee.name_en, Attendee.organisation)
    for word in words.lower().split():
        named = [func.lower(column).contains(word, autoescape=True) for column in columns]
        query = query.where(or_(*named, *_reached_by(word)))
    return query


def find_holders_named(week_id: int, words: str) -> list[str]:
    """Return the codes of passes whose holder's name holds these words or whose contact they are; 500 at most."""
    query = select(Pass.code).join(Pass.attendee).where(Pass.week_id == week_id)
    for word in words.lower().split():
        query = query.where(or_(func.lower(Attendee.name).contains(word, autoescape=True), *_reached_by(word)))
    return list(db.session.scalars(query.order_by(Pass.id).limit(500)))


def map_holders(codes: Collection[str]) -> dict[str, str]:
    """Return the names of the holders of passes, by the pass's code."""
    query = select(Pass.code, Attendee.name).join(Pass.attendee).where(Pass.code.in_(codes))
    return {code: name for code, name in db.session.execute(query)}


def _reached_by(word: str) -> list[ColumnElement[bool]]:
    if not re.fullmatch(r"\+?[0-9]+", word):
        return [Attendee.email == word]
    if len(word) == 4:
        return [Attendee.phone_e164.endswith(word)]
    return [Attendee.phone_e164.in_((word, f"+86{word}", f"+{word}"))]


def list_steps(registration_id: int) -> list[RegistrationEvent]:
    """Return the history of a registration, the oldest step first."""
    query = select(RegistrationEvent).where(RegistrationEvent.registration_id == registration_id)
    return list(db.session.scalars(query.order_by(RegistrationEvent.id)))


def list_holds(offering: Offering) -> list[tuple[str, PoolHold]]:
    """Return the seats that are kept back of an offering with their class, the first to end first."""
    classes = {pool.id: pool.cls for pool in offering.pools}
    query = select(PoolHold).where(PoolHold.pool_id.in_(classes)).order_by(PoolHold.expires_at, PoolHold.id)
    return [(classes[row.pool_id], row) for row in db.session.scalars(query)]


def list_sitting(hold_id: int) -> list[Registration]:
    """Return the registrations that took the seats of an allotment, with their people, in the order of registering."""
    query = select(Registration).join(Registration.attendee)
    query = query.join(AllotmentSeat, AllotmentSeat.registration_id == Registration.id)
    query = query.where(AllotmentSeat.hold_id == hold_id)
    return list(db.session.scalars(query.options(contains_eager(Registration.attendee)).order_by(Registration.id)))


def find_registration(week_id: int, code: str) -> Registration | None:
    """Return a registration of the week."""
    return db.session.scalar(select(Registration).where(Registration.week_id == week_id, Registration.code == code))
