"""The invariants of re-planning: questions belong to live registrations, and whoever is asked was told."""

from typing import Any

from sqlalchemy import String, case, cast, exists, func, literal, select

from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.outbox.models import Message
from eventweek.registration.enums import LIVE
from eventweek.registration.models import Attendee, Pass, Registration
from eventweek.registration.queries.offerings import load_offerings
from eventweek.registration.verify import MOST_ROWS, SWEEP, Finding
from eventweek.replanning.enums import Choice
from eventweek.replanning.models import AffectedRegistration
from eventweek.scheduling.models import Plan


def list_findings() -> list[Finding]:
    """Check every invariant over all weeks; a sound database has no rows in any."""
    return [
        Finding("an open question belongs to a live registration of what it is about", _dead()),
        Finding("no question is open after the start of its session", _late()),
        Finding("whoever is asked was told", _untold()),
        Finding("an edition with scenarios has one working plan", _planless()),
    ]


def _planless() -> list[dict[str, Any]]:
    working = func.sum(case((Plan.working, 1), else_=0))
    query = select(Plan.week_id, func.count().label("plans")).group_by(Plan.week_id).having(working != 1)
    return [dict(row) for row in db.session.execute(query).mappings().fetchmany(MOST_ROWS)]


def _dead() -> list[dict[str, Any]]:
    """Name what ended more than a sweep ago, or stands for something else, without an answer."""
    query = (
        select(AffectedRegistration.code, Registration.state, Registration.ended_at)
        .join(AffectedRegistration.registration)
        .where(AffectedRegistration.choice == Choice.OPEN, Registration.state.not_in(LIVE))
        .where(func.coalesce(Registration.ended_at, AffectedRegistration.noted_at) < now() - SWEEP)
    )
    return [dict(row) for row in db.session.execute(query).mappings().fetchmany(MOST_ROWS)]


def _late() -> list[dict[str, Any]]:
    query = (
        select(AffectedRegistration.code, Registration.offering_id)
        .join(AffectedRegistration.registration)
        .where(AffectedRegistration.choice == Choice.OPEN)
    )
    rows = db.session.execute(query).all()
    ends = {own.offering.id: own.window.ends for own in load_offerings(sorted({offering for _code, offering in rows}))}
    late = [(code, ends[own]) for code, own in rows if own in ends and ends[own] < now() - SWEEP]
    return [{"code": code, "ends": at} for code, at in late[:MOST_ROWS]]


def _untold() -> list[dict[str, Any]]:
    """Name open questions of a release of which no message was written to somebody who has an address."""
    parts = ("changed:", Pass.code, ":", Registration.code, ":", cast(AffectedRegistration.release, String))
    key: Any = literal("")
    for part in parts:
        key = key.concat(part)
    told = exists().where(Message.dedupe_key == key)
    query = (
        select(AffectedRegistration.code, AffectedRegistration.release)
        .join(AffectedRegistration.registration)
        .join(Registration.attendee)
        .join(Pass, (Pass.attendee_id == Registration.attendee_id) & (Pass.week_id == Registration.week_id))
        .where(AffectedRegistration.choice == Choice.OPEN, AffectedRegistration.release > 0, Pass.status == "active")
        .where(Attendee.email.is_not(None) | Attendee.phone_e164.is_not(None), ~told)
    )
    return [dict(row) for row in db.session.execute(query).mappings().fetchmany(MOST_ROWS)]
