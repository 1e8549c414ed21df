"""Identity numbers: sealed when they come, shown to who must check them, destroyed when their time is over."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import SYSTEM, Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.keys import contact_hash
from eventweek.kernel.sealing import seal, unseal
from eventweek.kernel.text import clean_line
from eventweek.programme.models import Week
from eventweek.programme.queries import list_weeks
from eventweek.registration.enums import Destroyed
from eventweek.registration.identities import Identity
from eventweek.registration.models import Attendee, AttendeeIdentity, DestructionCertificate, Registration
from eventweek.registration.queries.identities import find_identity


def identity_key(identity: Identity) -> str:
    """Return the keyed hash by which a number is known within a week."""
    return contact_hash(f"eventweek/identity/1/{identity.type}/{identity.number}".encode())


def is_taken(week_id: int, identity: Identity) -> bool:
    """Say whether somebody else of the week has given this number."""
    query = select(AttendeeIdentity.id).where(AttendeeIdentity.week_id == week_id)
    mine = (AttendeeIdentity.type == identity.type, AttendeeIdentity.id_key == identity_key(identity))
    return db.session.scalar(query.where(*mine)) is not None


def keep_identity(week: Week, attendee: Attendee, identity: Identity) -> None:
    """Seal the number of somebody who has given none yet, inside the caller's transaction.

    Raises: Invalid identity.taken.
    """
    key_id, sealed = seal(identity.number, _place(week.id, attendee, identity.type))
    db.session.add(
        AttendeeIdentity(
            attendee_id=attendee.id,
            week_id=week.id,
            type=identity.type,
            id_key=identity_key(identity),
            key_id=key_id,
            sealed=sealed,
            last4=identity.last4,
            purge_after=_end_of_time(week),
        )
    )
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Invalid([FieldError("id_number", "identity.taken")]) from error


def move_identity(own: AttendeeIdentity, before: Attendee, after: Attendee) -> None:
    """Give a number to another record of the same person, sealed anew, inside the caller's transaction.

    Raises: Refusal seal.broken.
    """
    number = unseal(own.key_id, own.sealed, _place(own.week_id, before, own.type))
    own.key_id, own.sealed = seal(number, _place(own.week_id, after, own.type))
    own.attendee_id = after.id
    db.session.flush()


def reveal_identity(week_id: int, code: str, *, note: str, actor: Actor) -> tuple[str, str]:
    """Return type and number of the person of a registration to who must check it; that it was read is recorded.

    `note`: why, 1 to 200 characters.
    Raises: Refusal permission.denied, registration.not_found, identity.not_found, seal.broken; Invalid field.required.
    """
    with transaction():
        require(actor, Verb.REGISTRATIONS_EDIT, week_id)
        why = clean_line(note, 200)
        if not why:
            raise Invalid([FieldError("reason", "field.required")])
        query = select(Registration).where(Registration.week_id == week_id, Registration.code == code)
        row = db.session.scalar(query)
        if row is None:
            raise Refusal("registration.not_found")
        own = find_identity(row.attendee_id, week_id)
        if own is None:
            raise Refusal("identity.not_found")
        number = unseal(own.key_id, own.sealed, _place(week_id, row.attendee, own.type))
        record(actor, "identity.read", "registration", row.code, week_id=week_id, reason=why)
    return own.type, number


def destroy_identities() -> int:
    """Destroy number, hash and last four of every week whose time is over, each week with its certificate.

    The time is the one that was promised, or a shorter one that the week says now. Return how many were destroyed.
    """
    counted = select(AttendeeIdentity.week_id, func.min(AttendeeIdentity.purge_after)).group_by(
        AttendeeIdentity.week_id
    )
    promised = {week_id: at for week_id, at in db.session.execute(counted)}
    due = [week for week in list_weeks() if week.id in promised and min(promised[week.id], _end_of_time(week)) <= now()]
    return sum(_destroy(week.id) for week in due)


def _destroy(week_id: int) -> int:
    with transaction():
        week = db.session.scalars(select(Week).where(Week.id == week_id).with_for_update()).one()
        whole = _end_of_time(week) <= now()
        mine = select(AttendeeIdentity).where(AttendeeIdentity.week_id == week_id)
        rows = list(db.session.scalars(mine if whole else mine.where(AttendeeIdentity.purge_after <= now())))
        counts: dict[str, int] = {}
        for row in rows:
            counts[row.type] = counts.get(row.type, 0) + 1
            db.session.delete(row)
        certify(week, Destroyed.IDENTITIES, counts)
    return len(rows)


def certify(week: Week, what: Destroyed, counts: dict[str, int]) -> None:
    """Keep a certificate of what was destroyed, inside the caller's transaction; nothing destroyed leaves none."""
    if not any(counts.values()):
        return
    own = DestructionCertificate(week_id=week.id, at=now(), what=what, counts=counts)
    db.session.add(own)
    db.session.flush()
    record(SYSTEM, "certificate.create", "certificate", own.code, week_id=week.id, what=str(what), **counts)


def _end_of_time(week: Week) -> datetime:
    """Return the instant at which the numbers of a week have to be gone: the day after its days of keeping begins."""
    day = week.last_day + timedelta(days=week.identity_days + 1)
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(week.timezone)).astimezone(UTC)


def _place(week_id: int, attendee: Attendee, type_: str) -> bytes:
    return f"eventweek/identity/1/{week_id}/{attendee.code}/{type_}".encode()
