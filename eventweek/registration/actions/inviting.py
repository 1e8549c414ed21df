"""Invitations: made and told once, revoked, used up in the statement that counts the use."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, select, update

from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel import keys
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.queries import get_week
from eventweek.registration.actions.attendees import Who
from eventweek.registration.actions.classes import set_class
from eventweek.registration.actions.holds import class_pool, lock_offering
from eventweek.registration.baskets import Item
from eventweek.registration.enums import InvitationKind, PoolClass
from eventweek.registration.guests import Guest
from eventweek.registration.invitations import digest_of_invitation, token_of_invitation
from eventweek.registration.messages import tell_invited
from eventweek.registration.models import AllotmentSeat, InvitationUse, OfferingInvitation, Registration
from eventweek.registration.queries.alternatives import is_open_to_all
from eventweek.registration.queries.invitations import find_invitation, opened_by, why_not_now
from eventweek.registration.queries.offerings import OpenOffering

MOST = 500
MOST_USES = 10_000
CLASSES = (PoolClass.INVITED, PoolClass.PUBLIC, PoolClass.MEDIA)


@dataclass(frozen=True)
class Wish:
    """Which invitations to make: one for each guest, else `count` codes. All of them count against `cls`.

    `uses`: registrations that each allows; `label`: what codes are for. `locked`: only the guest's own contact may use
    a personal one; `send`: write to each guest who has a contact, in `locale`.
    """

    expires: datetime
    guests: Sequence[Guest] = ()
    count: int = 1
    uses: int = 1
    cls: str = PoolClass.INVITED
    label: str = ""
    locked: bool = False
    send: bool = False
    locale: str = "zh-CN"


@dataclass(frozen=True)
class Made:
    """An invitation that was made just now, with its secret, told this once; `hold`: code of the allotment it opens."""

    row: OfferingInvitation
    token: str
    guest: Guest
    hold: str = ""


def invite(code: str, wish: Wish, *, actor: Actor) -> list[Made]:
    """Make invitations to an offering; seats of a class that it has not yet are opened, as many as the room has.

    Raises: Refusal offering.not_found, permission.denied, week.archived, pass.key_missing; Invalid class.unknown,
    number.range, invite.past, invite.no_contact.
    """
    with transaction():
        own = lock_offering(code, actor)
        _check(wish)
        if class_pool(own, wish.cls) is None:
            set_class(code, wish.cls, cap=None, actor=actor)
        guests = wish.guests or [Guest(wish.label)] * wish.count
        made = [make_invitation(own, wish, guest) for guest in guests]
        db.session.flush()
        week = get_week(own.offering.week_id)
        for one in made:
            one.row.mailed = wish.send and tell_invited(week, own, one.row, one.guest, wish.locale)
        facts = {"class": wish.cls, "count": len(made), "uses": wish.uses, "mailed": sum(m.row.mailed for m in made)}
        record(actor, "invite.make", "offering", code, week_id=week.id, **facts)
    return made


def revoke_invitation(offering: str, code: str, *, actor: Actor, version: int | None = None) -> OfferingInvitation:
    """End an invitation; what was registered with it stays. A second call changes nothing.

    `version`: as `version_of` told it, None for whatever stands.
    Raises: Refusal offering.not_found, invite.not_found, permission.denied, week.archived, version.stale.
    """
    with transaction():
        own = lock_offering(offering, actor)
        row = find_invitation(own.offering.id, code)
        if row is None:
            raise Refusal("invite.not_found")
        db.session.refresh(row)
        if version not in (None, version_of(row)):
            raise Refusal("version.stale", fields=[], version=version_of(row))
        if row.revoked_at is None:
            row.revoked_at = now()
            record(actor, "invite.revoke", "offering", offering, week_id=row.week_id, invitation=code)
    return row


def version_of(row: OfferingInvitation) -> int:
    """Return a number that rises with each use and with the end of an invitation."""
    return 1 + row.used + (MOST_USES if row.revoked_at else 0)


def admit(loaded: Sequence[OpenOffering], items: Mapping[str, Item]) -> list[OpenOffering]:
    """Return, of the offerings of a basket, those that are open to everybody or to the invitation of their item.

    Raises: Invalid at the offering: invite.revoked, invite.expired, invite.used.
    """
    codes = {item.invitation for item in items.values() if item.invitation}
    rows: dict[int, OfferingInvitation] = {}
    if codes:
        query = select(OfferingInvitation).where(OfferingInvitation.code.in_(codes))
        rows = {row.offering_id: row for row in db.session.scalars(query.execution_options(populate_existing=True))}
    admitted, errors = [], []
    for own in loaded:
        row = rows.get(own.offering.id) if items[own.offering.code].invitation else None
        if row is not None:
            why = why_not_now(row, now())
            errors += [FieldError(own.offering.code, why.code, why.facts)] if why else []
            admitted.append(opened_by(own, row))
        elif is_open_to_all(own):
            admitted.append(own)
    if errors:
        raise Invalid(errors)
    return admitted


def use_invitations(chosen: Sequence[tuple[OpenOffering, Item]], who: Who) -> None:
    """Count one use of each invitation, inside the caller's transaction; what is not there any more is refused.

    Raises: Invalid invite.other_person at `phone`; invite.revoked, invite.expired, invite.used at the
    offering.
    """
    for own, item in chosen:
        row = own.invitation
        if row is None:
            continue
        if row.contact_lock and row.contact_lock not in _keys(who):
            raise Invalid([FieldError("phone", "invite.other_person")])
        if not _use(row):
            db.session.refresh(row)
            why = why_not_now(row, now())
            raise Invalid([FieldError(item.offering, why.code if why else "invite.used")])


def note_use(own: OpenOffering, row: Registration) -> None:
    """Keep by which invitation a registration, just written, was made, and on which allotment it sits."""
    if own.invitation is not None:
        db.session.add(InvitationUse(invitation_id=own.invitation.id, registration_id=row.id))
    if own.allotment is not None:
        db.session.add(AllotmentSeat(registration_id=row.id, hold_id=own.allotment.id))


def _use(row: OfferingInvitation) -> bool:
    free = (
        OfferingInvitation.used < OfferingInvitation.uses,
        OfferingInvitation.revoked_at.is_(None),
        OfferingInvitation.expires_at > now(),
    )
    statement = update(OfferingInvitation).where(OfferingInvitation.id == row.id, *free)
    change = statement.values(used=OfferingInvitation.used + 1)
    result = db.session.execute(change, execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def _keys(who: Who) -> set[str | None]:
    found = {who.contact_key, *((who.contact.key, who.contact.email_key) if who.contact else ())}
    attendee = who.own.attendee if who.own else None
    return found | ({attendee.contact_key, attendee.email_key} if attendee else set())


def _check(wish: Wish) -> None:
    ranges = (("count", wish.count, MOST), ("uses", wish.uses, MOST_USES), ("guests", len(wish.guests) or 1, MOST))
    errors = [
        FieldError(name, "number.range", {"least": 1, "most": most})
        for name, value, most in ranges
        if not 1 <= value <= most
    ]
    if wish.cls not in CLASSES:
        errors.append(FieldError("seats_of", "class.unknown"))
    if wish.expires <= now():
        errors.append(FieldError("expires_at", "invite.past"))
    if (wish.locked or wish.send) and any(guest.key is None for guest in wish.guests or [Guest()]):
        errors.append(FieldError("guests", "invite.no_contact"))
    if errors:
        raise Invalid(errors)


def make_invitation(own: OpenOffering, wish: Wish, guest: Guest) -> Made:
    """Write one invitation inside the caller's transaction.

    Raises: Refusal pass.key_missing.
    """
    row = OfferingInvitation(
        week_id=own.offering.week_id,
        offering_id=own.offering.id,
        cls=wish.cls,
        kind=InvitationKind.PERSONAL if wish.guests else InvitationKind.CODE,
        seed=secrets.token_bytes(16),
        key_id=keys.signing_key_id(),
        label=guest.name or wish.label,
        contact_lock=guest.key if wish.locked else None,
        uses=wish.uses,
        made_at=now(),
        expires_at=wish.expires,
    )
    token = token_of_invitation(row)
    row.token_hash, row.hint = digest_of_invitation(token), token[:4]
    db.session.add(row)
    return Made(row, token, guest)
