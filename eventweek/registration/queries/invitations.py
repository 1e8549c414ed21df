"""Invitations: by their secret, on the desk, and what they open to whoever holds them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select

from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.programme.enums import RegistrationMode
from eventweek.registration.enums import InvitationKind
from eventweek.registration.invitations import digest_of_invitation, parse_invitation
from eventweek.registration.models import AllotmentLink, InvitationUse, OfferingInvitation
from eventweek.registration.queries.offerings import OfferingFacts, OpenOffering, facts_of, load_offerings
from eventweek.registration.rules import Reason, why_no_allotment, why_no_invitation


@dataclass(frozen=True)
class Invited:
    """An invitation with what it opens; `why_not`: why it opens nothing any more, None while it does."""

    row: OfferingInvitation
    own: OpenOffering
    facts: OfferingFacts
    why_not: Reason | None


def find_invited(week_id: int, text: str) -> Invited | None:
    """Return the invitation whose secret was typed or opened; None for what is none of this week."""
    secret = parse_invitation(text)
    if secret is None:
        return None
    found = (OfferingInvitation.week_id == week_id, OfferingInvitation.token_hash == digest_of_invitation(secret))
    row = db.session.scalar(select(OfferingInvitation).where(*found))
    return next(iter(_opened([row])), None) if row else None


def list_invited(week_id: int, codes: Collection[str]) -> list[Invited]:
    """Return the invitations of these codes in a week, by the time of what they open; always the same statements."""
    found = (OfferingInvitation.week_id == week_id, OfferingInvitation.code.in_(codes))
    rows = db.session.scalars(select(OfferingInvitation).where(*found).order_by(OfferingInvitation.id)).all()
    return sorted(_opened(rows), key=lambda own: (own.own.starts, own.row.code))


def list_invitations(
    offering_id: int, window: Callable[[int], tuple[int, int]]
) -> tuple[list[OfferingInvitation], int]:
    """Return the invitations of an offering, the newest first, and how many there are."""
    own = OfferingInvitation.offering_id == offering_id
    total = db.session.scalar(select(func.count()).select_from(OfferingInvitation).where(own)) or 0
    offset, limit = window(total)
    query = select(OfferingInvitation).where(own).order_by(OfferingInvitation.id.desc())
    return list(db.session.scalars(query.offset(offset).limit(limit))), total


def find_invitation(offering_id: int, code: str) -> OfferingInvitation | None:
    """Return an invitation of an offering by its own code, which opens nothing."""
    found = (OfferingInvitation.offering_id == offering_id, OfferingInvitation.code == code)
    return db.session.scalar(select(OfferingInvitation).where(*found))


def find_invitation_by_code(code: str) -> OfferingInvitation | None:
    """Return an invitation by its own code, for the letter that carries it."""
    return db.session.scalar(select(OfferingInvitation).where(OfferingInvitation.code == code))


def find_link_of(invitation_id: int) -> str | None:
    """Return the own code of the link that opens now the allotment which this one opened, None once that is over."""
    here = select(AllotmentLink.hold_id).where(AllotmentLink.invitation_id == invitation_id).scalar_subquery()
    query = select(OfferingInvitation.code).join(AllotmentLink, AllotmentLink.invitation_id == OfferingInvitation.id)
    return db.session.scalar(query.where(AllotmentLink.hold_id == here, OfferingInvitation.revoked_at.is_(None)))


def find_lock(registration_id: int) -> str | None:
    """Return the only contact for which the place of a registration was meant, None where it was for anybody."""
    query = select(OfferingInvitation.contact_lock).join(
        InvitationUse, InvitationUse.invitation_id == OfferingInvitation.id
    )
    return db.session.scalar(query.where(InvitationUse.registration_id == registration_id))


def opened_by(own: OpenOffering, row: OfferingInvitation) -> OpenOffering:
    """Return an offering as an invitation opens it: at once, into the seats of the invitation's class."""
    window = replace(own.window, mode=RegistrationMode.OPEN)
    return replace(own, window=window, invitation=row)


def why_not_now(row: OfferingInvitation, moment: datetime) -> Reason | None:
    """Return why an invitation opens nothing at a moment, None while it does."""
    if row.kind == InvitationKind.UNIT:
        return why_no_allotment(row.revoked_at is not None or row.hold is None, row.expires_at, moment)
    return why_no_invitation(row.revoked_at is not None, row.expires_at, row.uses - row.used, moment)


def _opened(rows: Collection[OfferingInvitation]) -> list[Invited]:
    moment, found = now(), []
    loaded = {own.offering.id: own for own in load_offerings(sorted({row.offering_id for row in rows}))}
    for row in rows:
        if row.offering_id in loaded:
            own = opened_by(loaded[row.offering_id], row)
            facts, why = facts_of(own, moment), why_not_now(row, moment)
            spent = Reason("allotment.too_few") if own.allotment and not own.allotment.seats else None
            found.append(Invited(row, own, replace(facts, why_not=why or facts.why_not or spent), why))
    return found
