"""Take an agreement back, as easily as it was given: what rests on it ends at once, and so it was told."""

from sqlalchemy import delete, select

from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.programme.queries import get_week, refuse_archived
from eventweek.registration.actions import seats
from eventweek.registration.actions.identities import certify
from eventweek.registration.actions.lapsing import end
from eventweek.registration.actions.promotion import promote
from eventweek.registration.enums import LIVE, Destroyed, EndReason, Purpose
from eventweek.registration.messages import tell_cancelled
from eventweek.registration.models import AnswerFile, Pass, Registration
from eventweek.registration.queries.consents import list_agreed
from eventweek.registration.queries.identities import find_identity
from eventweek.registration.queries.offerings import OpenOffering, load_offerings
from eventweek.registration.queries.passes import holders
from eventweek.registration.rules import why_no_cancelling

ENDS_ALL = (Purpose.REGISTRATION, Purpose.GUARDIAN)
"""Agreements without which nobody can stay registered."""


def withdraw_consent(pass_id: int, purpose: Purpose, *, actor: Actor) -> int:
    """Take back what the holder of a pass agreed to; return how many registrations end with it.

    Without `registration` or `guardian` everything that has not begun is cancelled. Without `sensitive` the identity
    number is destroyed, and what rests on it is cancelled and its answers emptied. A second call changes nothing.
    Raises: Refusal pass.not_found, week.archived, consent.not_given.
    """
    with transaction():
        own = db.session.scalar(select(Pass).where(Pass.id == pass_id, Pass.status == "active"))
        if own is None:
            raise Refusal("pass.not_found")
        refuse_archived(own.week_id)
        given = [one for one, text in list_agreed(own.attendee_id, own.week_id) if text.purpose == purpose]
        if not given:
            raise Refusal("consent.not_given")
        live = [one for one in given if one.withdrawn_at is None]
        for one in live:
            one.withdrawn_at = now()
        ended = _end_what_rests_on(own, purpose, actor) if live else 0
        if live:
            changes = {"purpose": str(purpose), "ended": ended}
            record(actor, "consent.revoke", "pass", own.code, week_id=own.week_id, **changes)
    return ended


def _end_what_rests_on(own: Pass, purpose: Purpose, actor: Actor) -> int:
    if purpose not in (*ENDS_ALL, Purpose.SENSITIVE):
        return 0
    query = select(Registration).where(
        Registration.attendee_id == own.attendee_id, Registration.week_id == own.week_id, Registration.state.in_(LIVE)
    )
    ids = {row.offering_id for row in db.session.scalars(query)}
    seats.lock(ids)
    offerings = {
        one.offering.id: one for one in load_offerings(sorted(ids)) if purpose in ENDS_ALL or _is_sensitive(one)
    }
    rows = list(db.session.scalars(query.execution_options(populate_existing=True).order_by(Registration.id)))
    resting = [row for row in rows if row.offering_id in offerings]
    ending = [row for row in resting if not why_no_cancelling(row.state, offerings[row.offering_id].window, now())]
    for row in ending:
        end(row, offerings[row.offering_id], EndReason.PERSON, actor=actor)
    for week, holder, row in holders(ending):
        tell_cancelled(week, holder, offerings[row.offering_id], row)
    for row in ending:
        promote(offerings[row.offering_id], row.cls)
    if purpose == Purpose.SENSITIVE:
        _empty(own, resting)
    return len(ending)


def _is_sensitive(own: OpenOffering) -> bool:
    return own.offering.real_name or Purpose.SENSITIVE in own.offering.consents


def _empty(own: Pass, rows: list[Registration]) -> None:
    identity = find_identity(own.attendee_id, own.week_id)
    if identity:
        db.session.delete(identity)
        certify(get_week(own.week_id), Destroyed.IDENTITIES, {identity.type: 1})
    for row in rows:
        row.answers = {}
        db.session.execute(delete(AnswerFile).where(AnswerFile.registration_id == row.id))
