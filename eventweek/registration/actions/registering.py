"""Register one person for a basket of offerings: all of it or nothing, each confirmed or waitlisted."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy.exc import IntegrityError

from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, drafting, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.idempotency import AnsweredBefore, Once, find_answer, keep_answer, request_hash
from eventweek.kernel.keys import contact_hash
from eventweek.programme.actions.consents import keep_text
from eventweek.programme.enums import RegistrationMode
from eventweek.programme.models import Week
from eventweek.registration.actions import seats
from eventweek.registration.actions.allotting import draw
from eventweek.registration.actions.attendees import Who, find_holder, read_newcomer, write_newcomer
from eventweek.registration.actions.history import Step, take_step
from eventweek.registration.actions.inviting import admit, note_use, use_invitations
from eventweek.registration.actions.online import forget_joining
from eventweek.registration.actions.particulars import (
    Particulars,
    answer,
    answer_anew,
    keep_files,
    read_particulars,
    write_person,
)
from eventweek.registration.actions.promotion import join
from eventweek.registration.actions.proving import check_proofs, list_claims, recognise
from eventweek.registration.actions.uniqueness import UNPROVEN, list_doubles, lock_siblings, refuse_clashes
from eventweek.registration.baskets import Basket, Item, Outcome
from eventweek.registration.enums import PoolClass, State, StrikeEffect
from eventweek.registration.messages import tell_registered
from eventweek.registration.models import Pass, Registration
from eventweek.registration.queries.choices import Choices, read_choices, read_terms
from eventweek.registration.queries.codes import Proof
from eventweek.registration.queries.consents import text_of
from eventweek.registration.queries.offerings import OpenOffering, has_online, on_line, room_of
from eventweek.registration.queries.registrations import queue_places
from eventweek.registration.rules import Reason, why_no_registration, why_no_seats
from eventweek.registration.strikes import BEHIND

LONGEST_BASKET = 20
Written = list[tuple[OpenOffering, Registration]]


@dataclass(frozen=True)
class Plan:
    """What was read for a basket before any lock: what it chooses, what is proven; of somebody new who they are."""

    basket: Basket
    choices: Choices
    chosen: list[tuple[OpenOffering, Item]]
    proof: Proof | None
    person: tuple[Who, Particulars] | None = None


def register(basket: Basket, *, actor: Actor, key: str | None = None) -> list[Outcome]:
    """Register, once for each idempotency key (1-80 characters), in the order of the basket's items.

    Raises: Invalid with errors at `name`, `phone`, `email`, `consent`, at each offering's code, and where more is asked
    at `answers.KEY`, `OFFERING.answers.KEY`, `id_type`, `id_number`, `consent.PURPOSE`; Refusal week.not_found,
    pass.not_found, basket.empty, basket.too_long, basket.twice, offering.not_found, idempotency.key,
    idempotency.mismatch.
    """
    if key is None:
        return _act(basket, actor, None)
    once = Once(f"register:{basket.week_id}", key, request_hash(_told(basket)))
    try:
        return _act(basket, actor, once)
    except (Refusal, AnsweredBefore):
        kept = find_answer(once)
        if kept is None:
            raise
    return [Outcome(**row) for row in kept[1]]


def _told(basket: Basket) -> dict[str, Any]:
    """Return a request to be hashed: a number that is kept nowhere else in the clear is hashed by its key first."""
    return asdict(replace(basket, id_number=contact_hash(f"eventweek/request/1/{basket.id_number}".encode())))


def _act(basket: Basket, actor: Actor, once: Once | None) -> list[Outcome]:
    """Read and check what needs no lock first, so that most refusals begin no transaction; then write."""
    with drafting() as drafted:
        plan = _plan(basket)
    with transaction(drafted):
        outcomes = _register(plan, actor)
        if once:
            keep_answer(once, 200, [one.kept() for one in outcomes])
    return outcomes


def _plan(basket: Basket) -> Plan:
    """Return what a basket chooses and, where that is somebody new, who they are; refused as far as is known by now."""
    choices, chosen = _choose(basket)
    basket, proof = recognise(basket)
    plan = Plan(basket, choices, chosen, proof)
    return plan if basket.pass_id else replace(plan, person=_read_person(plan))


def _register(plan: Plan, actor: Actor) -> list[Outcome]:
    """Write what concerns nobody else, then hold the seats for as short as can be."""
    basket, choices, chosen = plan.basket, plan.choices, plan.chosen
    week = choices.week
    who, particulars = plan.person or _read_person(plan)
    check_proofs(basket, who, chosen)
    own_pass = write_newcomer(basket, who)
    lock_siblings(chosen)
    claims = list_claims(who, chosen)
    fresh = [(own, item) for own, item in chosen if own.offering.id not in claims]
    taken = [(own, item, take_or_wait(own, item, who.effect)) for own, item in fresh]
    use_invitations(fresh, who)
    _refuse_just_changed(choices, chosen)
    doubles = list_doubles(basket.week_id, who, fresh)
    if doubles:
        raise Invalid(doubles)
    try:
        write_person(particulars, week, own_pass.attendee, basket.source)
        claimed = [(own, claims[own.offering.id]) for own, _ in chosen if own.offering.id in claims]
        written = _take_over(own_pass, claimed, particulars, actor)
        fresh_rows = write_registrations(basket, own_pass, particulars, taken, actor)
        let_in(fresh_rows)
        written += fresh_rows
        return _tell(week, basket, own_pass, who.own is None, written)
    except IntegrityError as error:
        raise Invalid([UNPROVEN]) from error


def _read_person(plan: Plan) -> tuple[Who, Particulars]:
    """Return who comes and what they say; every fault of both is told at once, then what they cannot have.

    A holder is locked, so that this belongs inside the transaction; somebody new is only read.
    """
    basket, chosen, week = plan.basket, plan.chosen, plan.choices.week
    text = text_of(week, plan.choices.text)
    try:
        known = bool(basket.pass_id)
        who = find_holder(basket, keep_text(text), plan.proof) if known else read_newcomer(basket, text, plan.proof)
    except Invalid as invalid:
        raise Invalid(invalid.errors + read_particulars(week, basket, chosen, None)[1]) from None
    particulars, errors = read_particulars(week, basket, chosen, who.own.attendee_id if who.own else None)
    if errors:
        raise Invalid(errors)
    _refuse_closed(basket, chosen)
    refuse_clashes(week, chosen, who)
    if who.proof is None:
        _refuse_full(chosen)
    return who, particulars


def _choose(basket: Basket) -> tuple[Choices, list[tuple[OpenOffering, Item]]]:
    """Return what a basket chooses, and its offerings in the order of locking, each with its item."""
    items = {item.offering: item for item in basket.items}
    if not items:
        raise Refusal("basket.empty")
    if len(basket.items) > LONGEST_BASKET:
        raise Refusal("basket.too_long", longest=LONGEST_BASKET)
    if len(items) < len(basket.items):
        raise Refusal("basket.twice")
    codes = [code for code in items if code.isprintable()]  # PostgreSQL knows no NUL
    choices = read_choices(basket.week_id, codes)
    loaded = admit(choices.offerings, items)
    if len(loaded) < len(items):
        raise Refusal("offering.not_found")
    chosen = [(own, items[own.offering.code]) for own in loaded]
    return choices, [(on_line(own) if item.online else own, item) for own, item in chosen]


def _refuse_closed(basket: Basket, chosen: Sequence[tuple[OpenOffering, Item]]) -> None:
    errors = []
    for own, item in chosen:
        room = next(pool for pool in own.offering.pools if pool.cls == PoolClass.ROOM)
        cap = None if own.online else room.cap
        reason = Reason("online.none") if own.online and not has_online(own.offering) else None
        reason = reason or why_no_registration(own.window, now())
        reason = reason or why_no_seats(item.seats, own.offering.largest_party, cap)
        if reason:
            errors.append(FieldError(item.offering, reason.code, reason.facts))
    if errors:
        raise Invalid(errors)


def _refuse_full(chosen: Sequence[tuple[OpenOffering, Item]]) -> None:
    """Refuse before anything is written or locked what nobody waits for; `take_or_wait` has the last word."""
    errors = []
    for own, item in chosen:
        if own.allotment is not None:
            if own.allotment.seats < item.seats:
                errors.append(FieldError(item.offering, "allotment.too_few"))
            continue
        pools = {pool.cls: pool for pool in own.offering.pools}
        free = room_of(pools, own.cls).free
        gone = pools[own.cls].waiting > 0 or (free is not None and free < item.seats)
        if gone and not own.offering.queue_open and own.window.mode != RegistrationMode.APPROVAL:
            errors.append(FieldError(item.offering, "seat.full"))
    if errors:
        raise Invalid(errors)


def _refuse_just_changed(choices: Choices, chosen: Sequence[tuple[OpenOffering, Item]]) -> None:
    """Look once more, now that the seats are locked: in between, a session was cancelled or a mode changed."""
    if read_terms(choices.terms) == choices.terms:
        return
    anew = read_choices(choices.week.id, [item.offering for _, item in chosen])
    now_so = {own.offering.id: own.window for own in anew.offerings}
    errors = []
    for own, item in chosen:
        window = now_so.get(own.offering.id)
        if window is None or window.cancelled:
            errors.append(FieldError(item.offering, "offering.cancelled"))
        elif anew.terms[own.offering.id][0] != choices.terms[own.offering.id][0]:
            errors.append(FieldError(item.offering, "offering.closed"))
    if errors:
        raise Invalid(errors)


def take_or_wait(own: OpenOffering, item: Item, effect: str = "") -> Step:
    """Take seats, else places in the queue; under review nothing but what is held meanwhile.

    `effect`: of no-shows that count, on public seats without an invitation.
    Raises: Invalid seat.full, allotment.too_few at the offering.
    """
    pools = seats.pools_of(own.offering, own.cls)
    if own.allotment is not None:
        seats.lock([own.offering.id])
        if not draw(pools, own.allotment.id, item.seats):
            raise Invalid([FieldError(item.offering, "allotment.too_few")])
        return Step(State.CONFIRMED, taken=item.seats)
    struck = "" if own.invitation or own.cls != PoolClass.PUBLIC else effect
    if own.window.mode == RegistrationMode.APPROVAL or struck == StrikeEffect.REVIEW:
        held = own.offering.review_holds and seats.hold(pools, item.seats)
        return Step(State.APPLIED, "struck" if struck == StrikeEffect.REVIEW else "", held=item.seats if held else 0)
    if seats.take(pools, item.seats):
        return Step(State.CONFIRMED, taken=item.seats)
    if not own.offering.queue_open:
        raise Invalid([FieldError(item.offering, "seat.full")])
    seats.wait(pools, item.seats)
    return Step(State.WAITLISTED, "struck" if struck == StrikeEffect.BEHIND else "", waiting=item.seats)


def _take_over(own_pass: Pass, claimed: Written, particulars: Particulars, actor: Actor) -> Written:
    """Give the owner of a contact what somebody registered with it; the place and its seats stay as they are."""
    for own, row in claimed:
        row.attendee, row.contact_key = own_pass.attendee, None
        forget_joining(row)
        take_step(row, seats.pools_of(own.offering, row.cls), Step(State(row.state), "claimed"), actor=actor)
        answer_anew(particulars, row, own.offering.code)
        record(actor, "registration.claim", "registration", row.code, week_id=row.week_id, offering=own.offering.code)
    return claimed


def write_registrations(
    basket: Basket,
    own_pass: Pass,
    particulars: Particulars,
    taken: list[tuple[OpenOffering, Item, Step]],
    actor: Actor,
) -> Written:
    """Write what somebody took, with its history; whoever calls lets in who waits without need."""
    written = []
    for own, item, step in taken:
        row = _row(basket, own, item, own_pass, step)
        answer(particulars, row, own.offering.code)
        take_step(row, seats.pools_of(own.offering, row.cls), step, actor=actor)
        keep_files(particulars, row, own.offering.code)
        note_use(own, row)
        changes = {"offering": own.offering.code, "seats": item.seats, "state": str(step.to)}
        record(actor, "registration.create", "registration", row.code, week_id=basket.week_id, **changes)
        written.append((own, row))
    return written


def let_in(written: Written) -> None:
    """Go once through each queue that somebody has just joined: a party ahead may not fit the seats there are."""
    queues = {(own.offering.id, row.cls): own for own, row in written if row.state == State.WAITLISTED}
    for (_number, cls), own in queues.items():
        join(own, cls)


def _tell(week: Week, basket: Basket, own_pass: Pass, is_new: bool, written: Written) -> list[Outcome]:
    db.session.flush()
    found = queue_places(row for _, row in written)
    places = [(own, row, found[row.id].position if row.id in found else 0) for own, row in written]
    tell_registered(week, own_pass, places)
    if is_new:
        db.session.expunge(own_pass)  # else its answer would be read anew after the commit
    by_offering = {row.offering_id: _outcome(row, place, own_pass, is_new) for _, row, place in places}
    order = {own.offering.code: own.offering.id for own, _ in written}
    return [by_offering[order[item.offering]] for item in basket.items]


def _row(basket: Basket, own: OpenOffering, item: Item, own_pass: Pass, step: Step) -> Registration:
    attendee, moment = own_pass.attendee, now()
    return Registration(
        week_id=basket.week_id,
        offering_id=own.offering.id,
        offering=own.offering,
        attendee_id=attendee.id,
        attendee=attendee,
        contact_key=None if attendee.proven else attendee.contact_key,
        cls=own.cls,
        seats=item.seats,
        source=basket.source,
        holding=step.held > 0,
        queued_at=moment if step.to == State.WAITLISTED else None,
        queue_priority=BEHIND if (step.to, step.reason) == (State.WAITLISTED, "struck") else 0,
        created_at=moment,
    )


def _outcome(row: Registration, place: int, own_pass: Pass, is_new: bool) -> Outcome:
    return Outcome(
        offering=row.offering.code,
        registration=row.code,
        state=row.state,
        seats=row.seats,
        position=place,
        pass_id=own_pass.id,
        pass_code=own_pass.code,
        online=row.cls == PoolClass.ONLINE,
        issued=own_pass if is_new else None,
    )
