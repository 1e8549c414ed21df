"""Once per person and offering, once per contact until it is proven, one slot a day, no clash where that is refused."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select

from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.errors import FieldError, Invalid
from eventweek.programme.enums import ClashPolicy
from eventweek.programme.models import Week
from eventweek.registration.actions import seats
from eventweek.registration.actions.attendees import Who
from eventweek.registration.baskets import Item
from eventweek.registration.enums import LIVE
from eventweek.registration.models import Offering, OfferingSession, Registration
from eventweek.registration.queries.offerings import OpenOffering
from eventweek.registration.queries.registrations import list_clashes_of

UNPROVEN = FieldError("proof", "contact.unproven")
"""Said whenever a contact must be proven first, never why: by whom it is used already is its owner's business."""


def lock_siblings(chosen: Sequence[tuple[OpenOffering, Item]]) -> None:
    """Lock every slot of each chosen slot's exhibition day, so that nobody takes two at the same moment.

    Raises: Invalid registration.one_slot for two slots of one session in the same basket.
    """
    siblings: set[int] = set()
    for own, item in chosen:
        if own.offering.slot_start:
            if own.offering.id in siblings:
                raise Invalid([FieldError(item.offering, "registration.one_slot")])
            siblings |= set(sibling_slots(own.offering))
    if siblings:
        seats.lock(siblings)


def refuse_clashes(week: Week, chosen: Sequence[tuple[OpenOffering, Item]], who: Who) -> None:
    """Refuse what one person cannot attend, where the week does not only warn of it.

    Raises: Invalid clash.overlap, clash.journey at the offering that comes later.
    """
    errors = list_refused_clashes(week, [own for own, _ in chosen], who.own.id if who.own else None)
    if errors:
        raise Invalid(errors)


def list_refused_clashes(week: Week, chosen: Sequence[OpenOffering], pass_id: int | None) -> list[FieldError]:
    """Return what the holder of a pass, or somebody new, cannot attend of these; none where the week only warns."""
    if week.clash_policy != ClashPolicy.REFUSE:
        return []
    online = [own.offering.code for own in chosen if own.online]
    clashes = list_clashes_of(week.id, [own.offering.code for own in chosen], pass_id, online)
    at = {session.code: own.offering.code for own in chosen for session in own.sessions}
    errors = []
    for clash in clashes:
        facts: dict[str, Any] = {"needed": clash.needed, "left": clash.left}
        for name, stop in (("first", clash.first), ("second", clash.second)):
            facts[name] = Bilingual(stop.title_zh, stop.title_en)
        field = at.get(clash.second.code) or at[clash.first.code]
        errors.append(FieldError(field, f"clash.{clash.kind}", facts))
    return errors


def sibling_slots(offering: Offering) -> list[int]:
    """Return the ids of all slots that share a session with this one, its own included."""
    sessions = [link.session_id for link in offering.sessions]
    query = select(OfferingSession.offering_id).join(OfferingSession.offering)
    query = query.where(OfferingSession.session_id.in_(sessions), Offering.slot_start.is_not(None))
    return list(db.session.scalars(query))


def list_doubles(week_id: int, who: Who, chosen: Sequence[tuple[OpenOffering, Item]]) -> list[FieldError]:
    """Return where the person or their contact is registered already.

    Somebody new who has proved nothing is not looked for: the unique index on live contacts knows them.
    The holder of the pass, and whoever proved the contact, is told that it is theirs. Anybody else only has to prove
    the contact first, as many do for other reasons.
    """
    if who.own is None and who.proof is None and not any(own.offering.slot_start for own, _ in chosen):
        return []
    groups = {own.offering.id: own.offering for own, _ in chosen}
    slots = {
        sibling: own.offering for own, _ in chosen if own.offering.slot_start for sibling in sibling_slots(own.offering)
    }
    same = Registration.contact_key == who.contact_key
    own_id = who.own.attendee_id if who.own else 0
    query = select(Registration.offering_id, Registration.attendee_id).where(
        Registration.week_id == week_id,
        Registration.state.in_(LIVE),
        Registration.offering_id.in_(groups.keys() | slots.keys()),
        or_(same, Registration.attendee_id == own_id),
    )
    errors = []
    for offering_id, attendee_id in db.session.execute(query):
        if attendee_id != own_id and who.proof is None:
            return [UNPROVEN]
        wanted = groups.get(offering_id) or slots[offering_id]
        mine = "registration.already" if offering_id in groups else "registration.one_slot"
        errors.append(FieldError(wanted.code, mine))
    return errors
