"""Give one's place to another person (换人): the seats stay, the old pass opens that door no more."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.actions.writing import refuse_stale
from eventweek.programme.queries import get_week, refuse_archived
from eventweek.registration.actions import seats
from eventweek.registration.actions.attendees import read_newcomer, write_newcomer
from eventweek.registration.actions.consents import seed_consent_text
from eventweek.registration.actions.history import Step, take_step
from eventweek.registration.actions.online import forget_joining
from eventweek.registration.actions.particulars import forget_answers
from eventweek.registration.actions.uniqueness import list_doubles
from eventweek.registration.baskets import Basket, Item
from eventweek.registration.enums import State
from eventweek.registration.messages import tell_handed_over, tell_registered
from eventweek.registration.models import Pass, Registration
from eventweek.registration.queries.invitations import find_lock
from eventweek.registration.queries.offerings import OpenOffering, load_offerings
from eventweek.registration.queries.passes import find_active_pass
from eventweek.registration.rules import why_no_handover


@dataclass(frozen=True)
class Successor:
    """Who comes instead. `consent`: whoever hands over says that the other person agreed to the text."""

    name: str
    phone: str = ""
    email: str = ""
    consent: bool = False
    locale: str = "zh-CN"


def hand_over(
    code: str, successor: Successor, *, actor: Actor, owner: int | None = None, version: int | None = None
) -> Pass:
    """Give a confirmed registration to another person, with a pass of their own; both are told.

    `owner`: id of the pass by which the holder is known; without it the actor needs the permission. `version`: the one
    of the registration that they have seen, None for whatever stands.
    Raises: Refusal registration.not_found, handover.not_confirmed, handover.not_allowed, registration.started,
    registration.cancelling_over, permission.denied, week.archived, version.stale; Invalid at
    `name`, `phone`, `email`, `consent`.
    """
    with transaction():
        row, own, before = _locked(code, actor, owner, version)
        allowed = own.offering.hands_over and find_lock(row.id) is None
        reason = why_no_handover(row.state, allowed, own.window, now())
        if reason:
            raise Refusal(reason.code, **reason.facts)
        basket = Basket(
            week_id=row.week_id,
            items=(Item(own.offering.code, row.seats),),
            name=successor.name,
            phone=successor.phone,
            email=successor.email,
            consent=successor.consent,
            locale=successor.locale,
            source="handover",
        )
        who = read_newcomer(basket, seed_consent_text(basket.week_id))
        if list_doubles(row.week_id, who, [(own, basket.items[0])]):
            raise _not_them(basket)
        after = write_newcomer(basket, who)
        try:
            _give(row, own, after, actor)
        except IntegrityError as error:
            raise _not_them(basket) from error
        week = get_week(row.week_id)
        if before:
            tell_handed_over(week, before, own, row)
        tell_registered(week, after, [(own, row, 0)])
    return after


def _give(row: Registration, own: OpenOffering, after: Pass, actor: Actor) -> None:
    row.attendee, row.contact_key = after.attendee, after.attendee.contact_key
    forget_answers(row)
    forget_joining(row)
    step = Step(State.CONFIRMED, "handed_over")
    take_step(row, seats.pools_of(own.offering, row.cls), step, actor=actor)
    record(actor, "registration.hand_over", "registration", row.code, week_id=row.week_id, seats=row.seats)


def _not_them(basket: Basket) -> Invalid:
    """Return one answer for every contact that cannot take the place, whatever the cause."""
    return Invalid([FieldError("phone" if basket.phone else "email", "handover.contact")])


def _locked(
    code: str, actor: Actor, owner: int | None, version: int | None
) -> tuple[Registration, OpenOffering, Pass | None]:
    """Return a registration whose seats are locked, with the pass of who holds it."""
    row = db.session.scalar(select(Registration).where(Registration.code == code))
    held = find_active_pass(row.week_id, row.attendee_id) if row else None
    if row is None or (owner is not None and (held is None or held.id != owner)):
        raise Refusal("registration.not_found")
    if owner is None:
        require(actor, Verb.REGISTRATIONS_EDIT, row.week_id)
    refuse_archived(row.week_id)
    seats.lock([row.offering_id])
    db.session.refresh(row)
    loaded = load_offerings([row.offering_id])
    if not loaded or (held and row.attendee_id != held.attendee_id):  # handed over at the same moment
        raise Refusal("registration.not_found")
    refuse_stale(row, version)
    return row, loaded[0], held
