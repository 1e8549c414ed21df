"""Who did not come to what is over, with the facts by which that counts against them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select

from eventweek.audit.actors import VISITOR
from eventweek.checkin.models import Attendance, Scan
from eventweek.kernel.clock import local_day, now
from eventweek.kernel.db import db
from eventweek.programme.models import Session, Week
from eventweek.registration.enums import PoolClass, State
from eventweek.registration.models import (
    OfferingSession,
    Pass,
    Registration,
    RegistrationEvent,
    Strike,
)
from eventweek.registration.queries.offerings import OpenOffering, load_offerings
from eventweek.registration.strikes import STANDING, Miss, Spot, Taken
from eventweek.scheduling.models import Release, ReleaseItem

_STANDS = exists().where(Strike.registration_id == Registration.id, Strike.state.in_(STANDING))


@dataclass(frozen=True)
class Missed:
    """A registration with the facts that decide about it."""

    row: Registration
    facts: Miss


def list_over(week: Week) -> list[OpenOffering]:
    """Return what ended on a day before today, on the week's clock: by then every door has sent what it saw.

    Only where somebody was to come, or has a strike.
    """
    concerns = or_(Registration.state == State.CONFIRMED, _STANDS)
    query = select(Registration.offering_id).where(Registration.week_id == week.id, concerns)
    ids = db.session.scalars(query.distinct()).all()
    today = local_day(now(), week.timezone)
    return [own for own in load_offerings(ids) if local_day(_ends(own), week.timezone) < today]


def list_missed(own: OpenOffering) -> list[Missed]:
    """Return the confirmed registrations of an offering at whose doors nobody saw them, without a strike yet."""
    unseen = (
        Registration.offering_id == own.offering.id,
        Registration.state == State.CONFIRMED,
        Registration.cls == PoolClass.PUBLIC,
        ~exists().where(Strike.registration_id == Registration.id),
        ~_was_seen(),
    )
    return _with_facts(own, unseen)


def list_struck(own: OpenOffering) -> list[Missed]:
    """Return the registrations of an offering with a strike that stands."""
    return _with_facts(own, (Registration.offering_id == own.offering.id, _STANDS))


def list_wrongly_struck(before: datetime) -> list[dict[str, Any]]:
    """Return strikes that stand though their holder came, or their registration ended, before a moment."""
    seen = or_(
        _was_seen(before),
        (Registration.state != State.CONFIRMED) & (Registration.ended_at < before),
    )
    query = select(Strike.code, Strike.state, Registration.code.label("registration"))
    query = query.join(Strike.registration).where(Strike.state.in_(STANDING), seen).order_by(Strike.id)
    return [dict(row) for row in db.session.execute(query).mappings()]


def _with_facts(own: OpenOffering, which: Iterable[ColumnElement[bool]]) -> list[Missed]:
    """Return registrations with their facts; always four statements where there is one."""
    seen = _was_seen().label("seen")
    rows = db.session.execute(select(Registration, seen).where(*which).order_by(Registration.id)).all()
    if not rows:
        return []
    steps = _steps([row.id for row, _seen in rows])
    sessions = [session.code for session in own.sessions]
    told, kept = _told(own.offering.id), _doors(own.offering.id)
    beside: dict[str, Any] = {
        "starts": own.starts,
        "told": [told.get(code, ()) for code in sessions],
        "kept": set(sessions) <= kept,
    }
    return [Missed(row, _facts(row, bool(was), steps.get(row.id, []), beside)) for row, was in rows]


def _facts(row: Registration, seen: bool, taken: Sequence[Taken], beside: Mapping[str, Any]) -> Miss:
    return Miss(
        state=row.state,
        cls=row.cls,
        grouped=row.group_id is not None,
        registered_at=row.created_at,
        taken=taken,
        seen=seen,
        **beside,
    )


def _was_seen(before: datetime | None = None) -> ColumnElement[bool]:
    """Say of a registration whether a door scanned its holder at one of its sessions, whatever it answered.

    `before`: only what was known before that moment.
    """
    came = (Attendance.registration_code == Registration.code, Attendance.entries > 0)
    scanned = (
        Scan.holder == Pass.code,
        Scan.session_id == OfferingSession.session_id,
        OfferingSession.offering_id == Registration.offering_id,
        Pass.attendee_id == Registration.attendee_id,
        Pass.week_id == Registration.week_id,
        ~Scan.rehearsal,
    )
    if before is not None:
        came, scanned = (*came, Attendance.last_in < before), (*scanned, Scan.received_at < before)  # type: ignore[assignment]
    return or_(exists().where(*came), exists().where(*scanned))


def _steps(registration_ids: Sequence[int]) -> dict[int, list[Taken]]:
    """Return the steps after which registrations were in."""
    event = RegistrationEvent
    query = select(event.registration_id, event.actor, event.reason).where(
        event.registration_id.in_(registration_ids), event.to_state == State.CONFIRMED
    )
    found: dict[int, list[Taken]] = {}
    for own, actor, reason in db.session.execute(query.order_by(event.id)):
        found.setdefault(own, []).append(Taken(actor == VISITOR.label, reason))
    return found


def _told(offering_id: int) -> dict[str, list[Spot]]:
    """Return what releases said of the sessions of an offering, by their code, the oldest first."""
    query = (
        select(ReleaseItem.snapshot, Release.at)
        .join(Release, Release.id == ReleaseItem.release_id)
        .join(OfferingSession, OfferingSession.session_id == ReleaseItem.session_id)
        .where(OfferingSession.offering_id == offering_id)
        .order_by(Release.number, ReleaseItem.id)
    )
    found: dict[str, list[Spot]] = {}
    for item, at in db.session.execute(query):
        place = (item["venue"]["code"], item["room"]["code"])
        spot = Spot(at, item["start"], item["minutes"], place, bool(item.get("cancelled")))
        found.setdefault(item["code"], []).append(spot)
    return found


def _doors(offering_id: int) -> set[str]:
    """Return the codes of the sessions to which somebody of the offering came."""
    query = (
        select(Session.code)
        .join(Attendance, Attendance.session_id == Session.id)
        .join(Registration, Registration.code == Attendance.registration_code)
        .where(Registration.offering_id == offering_id, Attendance.entries > 0)
    )
    return set(db.session.scalars(query.distinct()))


def _ends(own: OpenOffering) -> datetime:
    return max(session.end for session in own.sessions)
