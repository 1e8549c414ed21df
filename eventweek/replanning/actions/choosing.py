"""Answer the question of a release: keep the place, change to another session, or cancel. Silence keeps the place."""

from sqlalchemy import select

from eventweek.audit.actions import record
from eventweek.audit.actors import SYSTEM, Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.programme.actions.writing import refuse_stale
from eventweek.registration.actions import cancel_registration, move_registration
from eventweek.registration.actions.ending import lock_registration
from eventweek.registration.enums import LIVE
from eventweek.registration.models import Registration
from eventweek.registration.queries.offerings import OpenOffering, load_offerings
from eventweek.replanning.enums import Choice
from eventweek.replanning.models import AffectedRegistration
from eventweek.replanning.queries.affected import Affected, find_asked
from eventweek.replanning.queries.swaps import list_swaps

EVERY = 10_000


def keep_place(code: str, *, actor: Actor, owner: int | None = None, version: int | None = None) -> Affected:
    """Keep the place of a registration (code) after what changed; a second call changes nothing.

    `owner`: id of the pass by which the holder is known; without it the actor needs the permission.
    Raises: Refusal registration.not_found, affected.not_found, affected.answered, registration.started,
    permission.denied, week.archived, version.stale.
    """
    with transaction():
        _own, offering, found = _locked(code, actor, owner, version)
        if found.choice != Choice.KEPT:
            _refuse(found, offering)
            _decide(found, Choice.KEPT, actor)
        return _again(found)


def swap_place(code: str, to: str, *, actor: Actor, owner: int | None = None, version: int | None = None) -> Affected:
    """Let a registration stand for another offering (code); its seats go to who waits, in the same transaction.

    A holder chooses among what list_swaps returns.
    Raises: Refusal affected.not_found, affected.answered, affected.no_swap, registration.started, what
    move_registration raises.
    """
    with transaction():
        own, offering, found = _locked(code, actor, owner, version)
        _refuse(found, offering)
        if owner is not None and to not in {one.offering.code for one in list_swaps(own, EVERY)}:
            raise Refusal("affected.no_swap")
        move_registration(code, to, actor=actor, owner=owner)
        found.row.target = to
        _decide(found, Choice.CHANGED, actor)
        return _again(found)


def give_up_place(code: str, *, actor: Actor, owner: int | None = None, version: int | None = None) -> Affected:
    """Cancel a registration after what changed; its seats go to who waits. A second call changes nothing.

    Raises: Refusal affected.not_found, affected.answered, what cancel_registration raises.
    """
    with transaction():
        _own, offering, found = _locked(code, actor, owner, version)
        if found.choice != Choice.CANCELLED:
            _refuse(found, offering)
            cancel_registration(code, actor=actor, owner=owner)
            _decide(found, Choice.CANCELLED, actor)
        return _again(found)


def close_questions() -> int:
    """Close what nobody has to answer any more: ended or moved elsewhere, or begun, where silence has kept the place.

    Returns how many were closed.
    """
    query = select(AffectedRegistration.id).where(AffectedRegistration.choice == Choice.OPEN)
    due = list(db.session.scalars(query))
    db.session.rollback()
    if not due:
        return 0
    with transaction():
        rows = select(AffectedRegistration, Registration).join(AffectedRegistration.registration)
        every = db.session.execute(
            rows.where(AffectedRegistration.id.in_(due)).with_for_update(of=AffectedRegistration)
        ).all()
        ids = sorted({own.offering_id for _row, own in every})
        offerings = {one.offering.id: one for one in load_offerings(ids)}
        closed = [row for row, own in every if _close(row, own, offerings.get(own.offering_id))]
        if closed:
            record(SYSTEM, "affected.close", "registration", "", registrations=len(closed))
    return len(closed)


def _close(row: AffectedRegistration, own: Registration, offering: OpenOffering | None) -> bool:
    if row.choice != Choice.OPEN:
        return False
    if own.state not in LIVE:
        row.choice, row.decided_at = Choice.CANCELLED, own.ended_at or now()
    elif offering and offering.offering.code != row.offering:
        row.choice, row.decided_at, row.target = Choice.CHANGED, now(), offering.offering.code
    elif offering is None or now() >= offering.window.ends:
        row.choice, row.decided_at = Choice.KEPT, now()
    return row.choice != Choice.OPEN


def _locked(
    code: str, actor: Actor, owner: int | None, version: int | None
) -> tuple[Registration, OpenOffering, Affected]:
    own, offering = lock_registration(code, actor, owner)
    found = find_asked(own.id)
    if found is None:
        raise Refusal("affected.not_found")
    refuse_stale(found.row, version)
    return own, offering, found


def _refuse(found: Affected, offering: OpenOffering) -> None:
    """Let an open question be answered, and a kept place be given up after all, until it begins."""
    if found.choice not in (Choice.OPEN, Choice.KEPT):
        raise Refusal("affected.answered")
    if now() >= offering.window.ends:
        raise Refusal("registration.started")


def _decide(found: Affected, choice: Choice, actor: Actor) -> None:
    row, own = found.row, found.own
    before, row.choice = row.choice, choice
    row.decided_at, row.decided_by = now(), actor.label
    facts = {"choice": [str(before), str(choice)]} | ({"target": row.target} if row.target else {})
    record(actor, "affected.answer", "registration", own.code, week_id=own.week_id, **facts)
    db.session.flush()


def _again(found: Affected) -> Affected:
    return Affected(found.row, Choice(found.row.choice))
