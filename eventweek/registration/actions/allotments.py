"""Allotments (单位名额): seats kept for a unit, filled by a link until a cut-off; the rest goes to who waits."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.text import clean_line
from eventweek.programme.actions.writing import refuse_stale
from eventweek.programme.queries import get_week
from eventweek.registration.actions import seats
from eventweek.registration.actions.allotting import end_links, set_cut_off
from eventweek.registration.actions.classes import set_class
from eventweek.registration.actions.holds import class_pool, find_hold, hold_seats, lock_offering
from eventweek.registration.actions.inviting import CLASSES, MOST_USES, Made, Wish, make_invitation
from eventweek.registration.actions.promotion import promote
from eventweek.registration.enums import InvitationKind, PoolClass
from eventweek.registration.guests import Guest
from eventweek.registration.messages import tell_invited
from eventweek.registration.models import AllotmentLink, PoolHold
from eventweek.registration.queries.offerings import OpenOffering


@dataclass(frozen=True)
class Allotment:
    """Seats for a unit: how many, of which class, for whom and why, until when it may fill them.

    `guest`: who gets the link by mail or SMS, in `locale`; without a contact nobody does.
    """

    seats: int
    owner: str
    reason: str
    expires: datetime
    cls: str = PoolClass.INVITED
    guest: Guest = field(default_factory=Guest)
    locale: str = "zh-CN"


@dataclass(frozen=True)
class Terms:
    """What seats kept back shall be from now on; None: as before. `seats`: of an allotment all, also those taken."""

    seats: int | None = None
    owner: str | None = None
    reason: str | None = None
    expires: datetime | None = None


def allot_seats(code: str, wish: Allotment, *, actor: Actor) -> Made:
    """Keep seats of an offering for a unit and make the link by which it fills them; the secret is told this once.

    Raises: as hold_seats; Invalid allotment.late at `expires_at` where it is to last into the session; Refusal
    pass.key_missing.
    """
    with transaction():
        own = lock_offering(code, actor)
        if wish.cls not in CLASSES:
            raise Invalid([FieldError("seats_of", "class.unknown")])
        _refuse_late(own, wish.expires)
        if class_pool(own, wish.cls) is None:
            set_class(code, wish.cls, cap=None, actor=actor)
        row = hold_seats(
            code, wish.cls, wish.seats, owner=wish.owner, reason=wish.reason, expires=wish.expires, actor=actor
        )
        row.allotted = wish.seats
        return _link(own, row, wish.guest, wish.locale, actor)


def renew_link(
    offering: str, code: str, *, guest: Guest | None = None, locale: str = "zh-CN", actor: Actor, version: int | None
) -> Made:
    """Make another link to an allotment; the one before opens nothing any more, and who came by it stays.

    Raises: Refusal offering.not_found, hold.not_found, allotment.none, permission.denied, week.archived, version.stale,
    pass.key_missing.
    """
    with transaction():
        own = lock_offering(offering, actor)
        row = find_hold(own, code)
        refuse_stale(row, version)
        if row.allotted is None:
            raise Refusal("allotment.none")
        end_links(row.id)
        row.version += 1
        return _link(own, row, guest or Guest(), locale, actor)


def change_hold(offering: str, code: str, terms: Terms, *, actor: Actor, version: int | None) -> PoolHold:
    """Change seats that are kept back, an allotment or not: how many, for whom and why, until when.

    Freed seats go to who waits in the same transaction; the leaders of the unit's groups keep the new cut-off.
    Raises: Refusal offering.not_found, hold.not_found, permission.denied, week.archived, version.stale, seat.none_free,
    allotment.below_taken, text.too_long; Invalid number.range, field.required, hold.past, allotment.late.
    """
    with transaction():
        own = lock_offering(offering, actor)
        row = find_hold(own, code)
        refuse_stale(row, version)
        before = _told(row)
        names = _names(own, row, terms)
        more = 0 if terms.seats is None else terms.seats - (row.seats if row.allotted is None else row.allotted)
        _resize(own, row, more)
        for name, value in names.items():
            setattr(row, name, value)
        if terms.expires is not None:
            set_cut_off(row, terms.expires)
        row.version += 1
        db.session.flush()
        changes = {name: [was, _told(row)[name]] for name, was in before.items() if was != _told(row)[name]}
        record(actor, "hold.edit", "offering", offering, week_id=own.offering.week_id, hold=code, **changes)
        if more < 0:
            promote(own, _class_of(own, row))
    return row


def _names(own: OpenOffering, row: PoolHold, terms: Terms) -> dict[str, str]:
    """Return the words that change.

    Raises: Invalid.
    """
    given = {"owner": (terms.owner, 80), "reason": (terms.reason, 200)}
    names = {name: clean_line(value, most) for name, (value, most) in given.items() if value is not None}
    errors = [FieldError(name, "field.required") for name, value in names.items() if not value]
    if terms.seats is not None and not 1 <= terms.seats <= 1_000_000:
        errors.append(FieldError("seats", "number.range", {"least": 1, "most": 1_000_000}))
    if terms.expires is not None and terms.expires <= now():
        errors.append(FieldError("expires_at", "hold.past"))
    if errors:
        raise Invalid(errors)
    if terms.expires is not None and row.allotted is not None:
        _refuse_late(own, terms.expires)
    return names


def _resize(own: OpenOffering, row: PoolHold, more: int) -> None:
    pools = seats.pools_of(own.offering, _class_of(own, row))
    if row.seats + more < 0:
        raise Refusal("allotment.below_taken", taken=row.taken)
    if more > 0 and not seats.reserve(pools, more):
        raise Refusal("seat.none_free", seats=more)
    if more < 0:
        seats.unhold(pools, -more)
    row.seats += more
    row.allotted = None if row.allotted is None else row.allotted + more


def _refuse_late(own: OpenOffering, expires: datetime) -> None:
    if expires > own.starts:
        raise Invalid([FieldError("expires_at", "allotment.late")])


def _link(own: OpenOffering, row: PoolHold, guest: Guest, locale: str, actor: Actor) -> Made:
    week = get_week(own.offering.week_id)
    wish = Wish(row.expires_at, uses=MOST_USES, cls=_class_of(own, row), label=row.owner, locale=locale)
    made = make_invitation(own, wish, Guest(row.owner, guest.phone, guest.email))
    made.row.kind = InvitationKind.UNIT
    db.session.flush()
    db.session.add(AllotmentLink(invitation_id=made.row.id, hold_id=row.id))
    made.row.mailed = tell_invited(week, own, made.row, made.guest, locale)
    facts = {"hold": row.code, "invitation": made.row.code, "mailed": made.row.mailed}
    record(actor, "allotment.link", "offering", own.offering.code, week_id=week.id, **facts)
    return replace(made, hold=row.code)


def _class_of(own: OpenOffering, row: PoolHold) -> str:
    return next(pool.cls for pool in own.offering.pools if pool.id == row.pool_id)


def _told(row: PoolHold) -> dict[str, object]:
    until = row.expires_at.isoformat()
    return {"seats": row.allotted or row.seats, "owner": row.owner, "reason": row.reason, "until": until}
