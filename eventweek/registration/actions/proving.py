"""What a proven contact is worth: whoever registers is recognised, and claims on their number are theirs."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import selectinload

from eventweek.audit.actions import record
from eventweek.audit.actors import VISITOR
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.work import spend
from eventweek.registration.actions import seats
from eventweek.registration.actions.attendees import Who
from eventweek.registration.actions.uniqueness import UNPROVEN
from eventweek.registration.baskets import Basket, Item
from eventweek.registration.contacts import read_contact
from eventweek.registration.enums import LIVE
from eventweek.registration.models import Attendee, Pass, Registration
from eventweek.registration.queries.codes import Proof, find_proof
from eventweek.registration.queries.offerings import OpenOffering
from eventweek.registration.rules import needs_work


def open_passes(week_id: int, ref: str) -> list[Pass]:
    """Return the passes of whoever proved their contact, and note that it is theirs; none is a good answer too.

    Raises: Refusal code.expired when nothing was proven under that secret, or too long ago.
    """
    with transaction():
        proof = find_proof(week_id, ref)
        if proof is None:
            raise Refusal("code.expired")
        held = list(db.session.scalars(_of_contact(week_id, proof).order_by(Pass.id).with_for_update(key_share=True)))
        for own in held:
            mark_proven(own.attendee, proof, week_id)
    return held


def recognise(basket: Basket) -> tuple[Basket, Proof | None]:
    """Return what a basket proves; whoever gives the name of their own pass goes on with that pass."""
    proof = find_proof(basket.week_id, basket.proof) if basket.proof else None
    if proof is None or basket.pass_id:
        return basket, proof
    contact, _errors = read_contact(basket.name, basket.phone, basket.email)
    if contact is None or proof.contact_key not in (contact.key, contact.email_key):
        return basket, None
    query = _of_contact(basket.week_id, proof).where(Attendee.name == contact.name).order_by(Pass.id.desc())
    own = db.session.scalars(query.limit(1)).first()
    return (replace(basket, pass_id=own.id) if own else basket), proof


def check_proofs(basket: Basket, who: Who, chosen: Sequence[tuple[OpenOffering, Item]]) -> None:
    """Ask for a proven contact where an offering wants one, else for work where it wants that; holders are marked.

    Raises: Invalid contact.unproven at `proof`; work.missing, work.wrong, work.expired, work.used at `work`.
    """
    if who.own and who.proof:
        mark_proven(who.own.attendee, who.proof, basket.week_id)
    proven = who.own.attendee.proven if who.own else who.proof is not None
    if not proven and any(own.offering.proven_contact for own, _ in chosen):
        raise Invalid([UNPROVEN])
    if not proven and any(needs_work(own.window, now()) for own, _ in chosen):
        try:
            spend(basket.work)
        except Refusal as refusal:
            raise Invalid([FieldError("work", refusal.code)]) from refusal


def list_claims(who: Who, chosen: Sequence[tuple[OpenOffering, Item]]) -> dict[int, Registration]:
    """Return, by offering, what somebody registered with this contact before its owner proved it; locked."""
    if who.proof is None:
        return {}
    ids = [own.offering.id for own, _ in chosen]
    seats.lock(ids)
    query = select(Registration).where(
        Registration.offering_id.in_(ids),
        Registration.state.in_(LIVE),
        Registration.contact_key == who.proof.contact_key,
        Registration.attendee_id != (who.own.attendee_id if who.own else 0),
    )
    return {row.offering_id: row for row in db.session.scalars(query.execution_options(populate_existing=True))}


def mark_proven(attendee: Attendee, proof: Proof, week_id: int) -> None:
    """Note that a contact is this person's; from then on they are counted as a person, not by their contact."""
    name = f"{proof.kind}_verified_at"
    if getattr(attendee, name) is not None:
        return
    setattr(attendee, name, now())
    own = update(Registration).where(Registration.attendee_id == attendee.id, Registration.state.in_(LIVE))
    db.session.execute(own.values(contact_key=None), execution_options={"synchronize_session": "fetch"})
    record(VISITOR, "attendee.prove", "attendee", attendee.code, week_id=week_id, kind=proof.kind)


def _of_contact(week_id: int, proof: Proof) -> Select[Pass]:
    query = select(Pass).join(Pass.attendee).where(Pass.week_id == week_id, Pass.status == "active")
    same = or_(Attendee.contact_key == proof.contact_key, Attendee.email_key == proof.contact_key)
    return query.where(same).options(selectinload(Pass.attendee), selectinload(Pass.tokens))
