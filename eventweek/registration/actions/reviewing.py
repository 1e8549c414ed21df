"""Review applications: let in, send back for correction, refuse; one or many at once, by one reviewer or by two."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.text import clean_line, clean_text
from eventweek.programme.queries import refuse_archived
from eventweek.registration.actions import seats
from eventweek.registration.actions.ending import change_seats, lock_registration
from eventweek.registration.actions.history import Step, take_step
from eventweek.registration.actions.lapsing import leave
from eventweek.registration.actions.promotion import promote
from eventweek.registration.enums import EndReason, State, Verdict
from eventweek.registration.messages import tell_reviewed
from eventweek.registration.models import Registration
from eventweek.registration.queries.desk import is_in_reach
from eventweek.registration.queries.offerings import OpenOffering, load_offerings
from eventweek.registration.queries.passes import holders
from eventweek.registration.queries.reviews import application_of
from eventweek.registration.rules import Reason, why_no_resubmission, why_no_review

MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Reviewed:
    """What became of one application; `why_not` None: decided."""

    registration: str
    state: str
    why_not: Reason | None = None


def review_registrations(
    week_id: int, codes: Collection[str], verdict: Verdict, *, actor: Actor, reason: str = ""
) -> list[Reviewed]:
    """Decide on applications of a week, by code; what cannot be decided so is left as it is and named.

    Who is let in gets a seat, or waits where there is none. `reason` (at most 200 characters) is told to the person
    and must be there unless they are let in.
    Raises: Refusal permission.denied, week.archived, review.nobody, review.too_many; Invalid field.required.
    """
    with transaction():
        require(actor, Verb.REGISTRATIONS_REVIEW, week_id)
        refuse_archived(week_id)
        words = _reason(verdict, reason)
        rows, offerings = _locked(week_id, codes)
        done: list[Registration] = []
        results = []
        for row in rows:
            own = offerings.get(row.offering_id)
            why = _why_not(row, own, verdict, actor)
            if own and why is None:
                _decide(row, own, verdict, words, actor)
                done.append(row)
            results.append(Reviewed(row.code, row.state, why))
        _tell(done, offerings)
        for own in offerings.values():
            for cls in sorted({row.cls for row in done if row.offering_id == own.offering.id}):
                promote(own, cls)
    return results


def resubmit(code: str, *, actor: Actor, owner: int, seats_wanted: int | None = None, remark: str = "") -> Registration:
    """Send a returned application again, with as many seats as wanted and what one says to it (500 characters).

    Raises: Refusal registration.not_found, registration.not_returned, registration.started, party.empty,
    party.too_large, seat.full, text.too_long, week.archived.
    """
    with transaction():
        row, own = lock_registration(code, actor, owner)
        reason = why_no_resubmission(row.state, own.window, now())
        if reason:
            raise Refusal(reason.code, **reason.facts)
        if seats_wanted is not None:
            change_seats(code, seats_wanted, actor=actor, owner=owner)
        row.remark = clean_text(remark, 500)
        take_step(row, seats.pools_of(own.offering, row.cls), Step(State.APPLIED, "resubmitted"), actor=actor)
        record(actor, "registration.resubmit", "registration", row.code, week_id=row.week_id)
    return row


def _reason(verdict: Verdict, reason: str) -> str:
    words = clean_line(reason, 200)
    if verdict != Verdict.APPROVE and not words:
        raise Invalid([FieldError("reason", "field.required")])
    return words


def _locked(week_id: int, codes: Collection[str]) -> tuple[list[Registration], dict[int, OpenOffering]]:
    if not codes:
        raise Refusal("review.nobody")
    if len(codes) > MOST_AT_ONCE:
        raise Refusal("review.too_many", most=MOST_AT_ONCE)
    known = [code for code in codes if code.isprintable()]  # PostgreSQL knows no NUL
    query = select(Registration).where(Registration.week_id == week_id, Registration.code.in_(known))
    query = query.order_by(Registration.created_at, Registration.id)
    offerings = {row.offering_id for row in db.session.scalars(query)}
    seats.lock(offerings)
    rows = list(db.session.scalars(query.execution_options(populate_existing=True)))
    loaded = {own.offering.id: own for own in load_offerings(sorted(offerings))}
    return rows, loaded


def _why_not(row: Registration, own: OpenOffering | None, verdict: Verdict, actor: Actor) -> Reason | None:
    if own is None or not is_in_reach(own, Verb.REGISTRATIONS_REVIEW, actor):
        return Reason("registration.not_found")
    if verdict == Verdict.APPROVE and own.window.cancelled:
        return Reason("offering.cancelled")
    if verdict == Verdict.APPROVE and now() >= own.window.ends:
        return Reason("offering.over")
    return why_no_review(application_of(row), verdict, _who(actor))


def _decide(row: Registration, own: OpenOffering, verdict: Verdict, words: str, actor: Actor) -> None:
    pools, passed = seats.pools_of(own.offering, row.cls), row.review_step + 1
    row.answer = words
    if verdict == Verdict.APPROVE and passed < own.offering.review_steps:
        row.review_step, row.reviewer = passed, _who(actor)
        take_step(row, pools, Step(State.APPLIED, "reviewed"), actor=actor)
    elif verdict == Verdict.APPROVE:
        row.review_step = passed
        take_step(row, pools, _let_in(row, pools), actor=actor)
    elif verdict == Verdict.RETURN:
        row.review_step, row.reviewer = 0, ""
        take_step(row, pools, Step(State.RETURNED, words), actor=actor)
    else:
        leave(row, own, Step(State.REJECTED, words), actor=actor)
        row.end_reason, row.ended_at = EndReason.REVIEW, now()
    facts = {"verdict": str(verdict), "step": passed, "state": str(row.state)}
    record(actor, "registration.review", "registration", row.code, week_id=row.week_id, **facts)


def _let_in(row: Registration, pools: seats.Pools) -> Step:
    """Give an approved party its seats, those that are held for it or free ones; else let it wait."""
    if row.holding:
        row.holding = False
        seats.accept(pools, row.seats)
        return Step(State.CONFIRMED, "approved", taken=row.seats, held=-row.seats)
    if seats.take(pools, row.seats):
        return Step(State.CONFIRMED, "approved", taken=row.seats)
    row.queued_at = now()
    seats.wait(pools, row.seats)
    return Step(State.WAITLISTED, "approved", waiting=row.seats)


def _tell(rows: list[Registration], offerings: dict[int, OpenOffering]) -> None:
    for week, holder, row in holders(rows):
        if row.state != State.APPLIED:
            tell_reviewed(week, holder, offerings[row.offering_id], row)


def _who(actor: Actor) -> str:
    """Return what tells two people apart: a program acts for the owner of its key."""
    return str(actor.id or actor.label)
