"""Take part on line: give an offering its way in, change between a seat and on line, go in."""

import json
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm.attributes import flag_modified

from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.sealing import seal
from eventweek.programme.queries import refuse_archived
from eventweek.programme.rules.checks import cleaned
from eventweek.registration.actions.ending import is_theirs, lock_registration
from eventweek.registration.actions.holds import class_pool, lock_offering
from eventweek.registration.actions.moving import carry_over
from eventweek.registration.actions.promotion import promote
from eventweek.registration.enums import PoolClass
from eventweek.registration.messages import tell_moved
from eventweek.registration.models import CapacityPool, OnlineAttendance, OnlineLink, Registration, SeatDelta
from eventweek.registration.online import sitting_now, why_no_switching, why_no_way_in
from eventweek.registration.queries.offerings import OpenOffering, load_offerings
from eventweek.registration.queries.online import (
    WayIn,
    find_way_in,
    map_invitations,
    place_of,
    seat_of,
    session_ids,
    sittings_of,
    switch_of,
)
from eventweek.registration.queries.passes import holders
from eventweek.registration.queries.settings import ONLINE
from eventweek.registration.queries.strikes import effect_on


@dataclass(frozen=True)
class Online:
    """What an organiser says of taking part on line. `url` None: the way in stays as it is; empty: there is none.

    `before_min`: minutes before each session from which the way in is shown (0-1440), None = as the week says. `note`:
    what is said beside the way in, at most 500 characters in each language; None: as it is.
    """

    open: bool
    before_min: int | None = None
    url: str | None = field(default=None, repr=False)
    note: Bilingual | None = field(default=None, repr=False)


def set_online(code: str, wish: Online, *, actor: Actor, version: int | None = None) -> OpenOffering:
    """Let people take part in an offering on line, without a limit, or change how; the way in is sealed.

    Raises: Refusal offering.not_found, permission.denied, week.archived, version.stale; Invalid at
    `open`, `before_min`, `link`, `note_zh`, `note_en`: online.slot, online.https, online.link_first, url.shape,
    number.range, text.too_long.
    """
    with transaction():
        own = lock_offering(code, actor, version)
        wish = _checked(own, wish)
        if class_pool(own, PoolClass.ONLINE) is None:
            own.offering.pools.append(CapacityPool(offering_id=own.offering.id, cls=PoolClass.ONLINE, cap=None))
        offering = own.offering
        changes: dict[str, Any] = {}
        for name, value in (("online_open", wish.open), ("online_before_min", wish.before_min)):
            if getattr(offering, name) != value:
                changes[name] = [getattr(offering, name), value]
                setattr(offering, name, value)
        if said := _write_way_in(own, wish.url, wish.note):
            changes["link"] = said
        flag_modified(offering, "max_party")  # its pools are part of it: the version rises
        db.session.flush()
        record(actor, "online.set", "offering", code, week_id=offering.week_id, **changes)
        return load_offerings([offering.id])[0]


def drop_online(code: str, *, actor: Actor, version: int | None = None) -> None:
    """Take away what nobody ever registered for on line, and its way in; else close it.

    Raises: Refusal offering.not_found, permission.denied, week.archived, version.stale, online.none, online.in_use.
    """
    with transaction():
        own = lock_offering(code, actor, version)
        pool = class_pool(own, PoolClass.ONLINE)
        if pool is None:
            raise Refusal("online.none")
        if db.session.scalar(select(SeatDelta.event_id).where(SeatDelta.pool_id == pool.id).limit(1)) is not None:
            raise Refusal("online.in_use")
        own.offering.pools.remove(pool)
        own.offering.online_open, own.offering.online_before_min = False, None
        flag_modified(own.offering, "max_party")
        db.session.flush()
        db.session.execute(delete(OnlineLink).where(OnlineLink.offering_id == own.offering.id))
        record(actor, "online.drop", "offering", code, week_id=own.offering.week_id)


def switch_attendance(
    code: str, *, online: bool, actor: Actor, owner: int | None = None, version: int | None = None
) -> Registration:
    """Change a registration that is in, or waits, from a seat to on line, or back where a seat is free.

    A freed seat goes to who waits, in the same transaction. A second call changes nothing.
    Raises: Refusal registration.not_found, registration.not_confirmed, registration.started,
    registration.cancelling_over, online.closed, online.no_seat, online.seat_reviewed, seat.full, what
    why_no_registration says, permission.denied, week.archived, version.stale.
    """
    with transaction():
        row, own = lock_registration(code, actor, owner, version=version)
        if (row.cls == PoolClass.ONLINE) == online:
            return row
        seat = seat_of(own, map_invitations([row.id]).get(row.id))
        effect = None if online else db.session.scalar(select(effect_on(row.week_id, row.attendee_id)))
        reason = why_no_switching(switch_of(row, own, seat, effect), now())
        if reason:
            raise Refusal(reason.code, **reason.facts)
        before = row.cls
        carry_over(row, own, own, PoolClass.ONLINE if online else seat.cls, actor=actor)
        for week, holder, _row in holders([row]):
            tell_moved(week, holder, own, row)
        promote(own, before)
    return row


def join_online(code: str, *, owner: int, actor: Actor) -> WayIn:
    """Show the way in to the holder of a confirmed registration, and keep that they went in: the first time counts.

    `owner`: id of the pass by which the holder is known.
    Raises: Refusal registration.not_found, online.not_registered, online.early, online.over, online.no_link,
    offering.cancelled, week.archived.
    """
    with transaction():
        row = db.session.scalar(select(Registration).where(Registration.code == code).with_for_update(key_share=True))
        if row is None or not is_theirs(row, owner):
            raise Refusal("registration.not_found")
        refuse_archived(row.week_id)
        own = load_offerings([row.offering_id])[0]
        sittings, moment = sittings_of(own), now()
        reason = why_no_way_in(row.state, row.cls == PoolClass.ONLINE, sittings, own.online_before_min, moment)
        if reason:
            raise Refusal(reason.code, **reason.facts)
        way, sitting = find_way_in(row.offering_id), sitting_now(sittings, own.online_before_min, moment)
        if way is None or sitting is None:
            raise Refusal("online.no_link")
        session = session_ids(own)[sitting.code]
        if db.session.get(OnlineAttendance, (row.id, session)) is None:
            facts = {"registration_id": row.id, "session_id": session, "week_id": row.week_id}
            db.session.add(OnlineAttendance(first_at=moment, **facts))
            db.session.flush()
            record(actor, "registration.join", "registration", code, week_id=row.week_id, session=sitting.code)
    return replace(way, session=sitting.code)


def _checked(own: OpenOffering, wish: Online) -> Online:
    """Return what is wished, clean; the way in is an https address or nothing."""
    note = wish.note or Bilingual("", "")
    told = {"before_min": wish.before_min, "link": wish.url, "note_zh": note.zh, "note_en": note.en}
    values, errors = cleaned(ONLINE, told)
    if own.offering.slot_start is not None:
        errors.append(FieldError("open", "online.slot"))
    if values.get("link") and not values["link"].lower().startswith("https://"):
        errors.append(FieldError("link", "online.https"))
    if errors:
        raise Invalid(errors)
    if wish.url is None:
        return wish if wish.note is None else replace(wish, note=Bilingual(values["note_zh"], values["note_en"]))
    return replace(wish, url=values["link"], note=Bilingual(values["note_zh"], values["note_en"]))


def _write_way_in(own: OpenOffering, url: str | None, note: Bilingual | None) -> str:
    """Seal the way in; return what became of it as the audit keeps it, never the way itself, empty for nothing.

    Raises: Invalid online.link_first at `link`.
    """
    before = find_way_in(own.offering.id) or WayIn("", Bilingual("", ""), now())
    url, note = before.url if url is None else url, before.note if note is None else note
    if not url and (note.zh or note.en):
        raise Invalid([FieldError("link", "online.link_first")])
    if (url, note) == (before.url, before.note):
        return ""
    row = db.session.get(OnlineLink, own.offering.id)
    if not url:
        db.session.delete(row)
        return "removed"
    key_id, sealed = seal(json.dumps({"url": url, "zh": note.zh, "en": note.en}), place_of(own.offering.id))
    if row is None:
        row = OnlineLink(offering_id=own.offering.id, week_id=own.offering.week_id)
        db.session.add(row)
    row.key_id, row.sealed, row.changed_at = key_id, sealed, now()
    return "changed" if before.url else "given"


def forget_joining(row: Registration) -> None:
    """Forget that a registration's holder went in, as it is another person's now; inside the caller's transaction."""
    db.session.execute(delete(OnlineAttendance).where(OnlineAttendance.registration_id == row.id))
