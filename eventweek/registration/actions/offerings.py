"""Open and change offerings, and open a whole week at once from what is published."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.actions.writing import refuse_stale
from eventweek.programme.enums import RegistrationMode
from eventweek.programme.models import Session, Week
from eventweek.registration.actions.consents import seed_consent_text
from eventweek.registration.actions.settings import keep, write
from eventweek.registration.drafts import Draft, list_drafts
from eventweek.registration.enums import PoolClass
from eventweek.registration.models import CapacityPool, Offering, OfferingSession
from eventweek.registration.queries.drafts import find_material
from eventweek.registration.queries.offerings import class_of
from eventweek.registration.queries.settings import FIELDS, told
from eventweek.registration.rules import why_no_mode
from eventweek.scheduling.queries import map_published


def open_offerings(week_id: int, *, actor: Actor) -> list[Offering]:
    """Give every published session that has none its offering: one for a camp, one for each slot of an exhibition day.

    Sizes: see docs/registration.md. Raises: Refusal week.not_found, week.archived, permission.denied.
    """
    with transaction():
        week = _week(week_id, actor)
        seed_consent_text(week_id)
        offerings = [_add(week_id, draft) for draft in list_drafts(find_material(week))]
        db.session.flush()
        for offering in offerings:
            keep(actor, "create", offering, {})
        record(actor, "offering.open", "week", week.code, week_id=week_id, offerings=len(offerings))
    return offerings


def create_offering(week_id: int, values: dict[str, Any], *, actor: Actor) -> Offering:
    """Open one offering. Values: `sessions` (codes), `mode`, `room_cap`, `class_cap` (None: no limit), `name_zh`,
    `name_en`, `slot_start`, `slot_end`, and those of edit_offering.

    Raises: Refusal week.not_found, week.archived, permission.denied; Invalid session.unknown, offering.unpublished,
    offering.mode_none, offering.shared, number.range, hours.order.
    """
    with transaction():
        _week(week_id, actor)
        codes = list(values["sessions"])
        query = select(Session).where(Session.week_id == week_id, Session.code.in_(codes))
        sessions = list(db.session.scalars(query))
        if not sessions or len(sessions) < len(set(codes)):
            raise Invalid([FieldError("sessions", "session.unknown")])
        _refuse_unpublished(sessions)
        draft = Draft(
            sessions=tuple(session.id for session in sessions),
            mode=RegistrationMode(values["mode"]),
            room_cap=values.get("room_cap"),
            class_cap=values.get("class_cap"),
            name=Bilingual(values.get("name_zh", ""), values.get("name_en", "")),
            slot_start=values.get("slot_start"),
            slot_end=values.get("slot_end"),
        )
        _check(values, draft)
        _refuse_shared(draft)
        offering = _add(week_id, draft)
        for name in FIELDS:
            if name in values:
                setattr(offering, name, values[name])
        db.session.flush()
        keep(actor, "create", offering, {})
        record(actor, "offering.create", "offering", offering.code, week_id=week_id, sessions=codes)
    return offering


def edit_offering(code: str, values: dict[str, Any], *, version: int, actor: Actor) -> Offering:
    """Change an offering: `mode`, `opens_at`, `closes_at`, `queue_open`, `max_party`, `promote_until_min`, `overtakes`,
    `review_steps`, `review_holds`, `offer_minutes`, `offer_requeues`, `standby_after_min`, `room_cap`, `class_cap`,
    `overbook` (seats above both caps, a decision that is recorded). New seats go to who waits.

    Raises: Refusal offering.not_found, permission.denied, week.archived, version.stale, seat.cap_below_taken;
    Invalid number.range, offering.mode_none, offering.mode_slot, offering.mode_taken.
    """
    with transaction():
        offering = _own(code, actor)
        if offering.version != version:
            raise Refusal("version.stale")
        _check(values, None)
        write([(offering, values)], actor)
    return offering


def close_offering(code: str, *, actor: Actor, version: int | None = None) -> Offering:
    """Take no more registrations; those that are there stay.

    Raises: Refusal offering.not_found, permission.denied, week.archived, version.stale.
    """
    return _set_closed(code, True, actor, version)


def reopen_offering(code: str, *, actor: Actor, version: int | None = None) -> Offering:
    """Take registrations again.

    Raises: Refusal offering.not_found, permission.denied, week.archived, version.stale; Invalid offering.shared.
    """
    return _set_closed(code, False, actor, version)


def _set_closed(code: str, closed: bool, actor: Actor, version: int | None) -> Offering:
    with transaction():
        offering = _own(code, actor)
        refuse_stale(offering, version)
        if not closed:
            links = tuple(link.session_id for link in offering.sessions)
            _refuse_shared(Draft(links, RegistrationMode(offering.mode), slot_start=offering.slot_start), offering.id)
        old, offering.closed = told(offering), closed
        db.session.flush()
        verb = "close" if closed else "reopen"
        keep(actor, verb, offering, old)
        record(actor, f"offering.{verb}", "offering", offering.code, week_id=offering.week_id)
    return offering


def _add(week_id: int, draft: Draft) -> Offering:
    offering = Offering(
        week_id=week_id, name=draft.name, mode=draft.mode, slot_start=draft.slot_start, slot_end=draft.slot_end
    )
    db.session.add(offering)
    db.session.flush()
    for session_id in draft.sessions:
        db.session.add(OfferingSession(week_id=week_id, offering_id=offering.id, session_id=session_id))
    # The room's pool first: everything that moves seats locks it first.
    db.session.add(CapacityPool(offering_id=offering.id, cls=PoolClass.ROOM, cap=draft.room_cap))
    db.session.flush()
    db.session.add(CapacityPool(offering_id=offering.id, cls=class_of(draft.mode), cap=draft.class_cap))
    return offering


def _refuse_unpublished(sessions: Sequence[Session]) -> None:
    """Registration reads what is published: its times decide until when one can come in."""
    published = map_published([session.id for session in sessions])
    if any(session.id not in published for session in sessions):
        raise Invalid([FieldError("sessions", "offering.unpublished")])


def _refuse_shared(draft: Draft, own: int = 0) -> None:
    """Two live offerings never admit to one session, but for the slots of an exhibition."""
    query = select(Offering.id).join(Offering.sessions).where(OfferingSession.session_id.in_(draft.sessions))
    query = query.where(Offering.closed.is_(False), Offering.id != own)
    if draft.slot_start:
        query = query.where(Offering.slot_start.is_(None))
    if db.session.scalar(query.limit(1)):
        raise Invalid([FieldError("sessions", "offering.shared")])


def _check(values: dict[str, Any], draft: Draft | None) -> None:
    ranges = {"max_party": (1, 50), "promote_until_min": (0, 10_080), "overtakes": (0, 100), "overbook": (0, 100_000)}
    ranges |= {"room_cap": (1, 1_000_000), "class_cap": (1, 1_000_000), "review_steps": (1, 2)}
    ranges |= {"offer_minutes": (0, 10_080), "standby_after_min": (0, 600)}
    errors = [
        FieldError(name, "number.range", {"least": least, "most": most})
        for name, (least, most) in ranges.items()
        if values.get(name) is not None and not least <= values[name] <= most
    ]
    opens, closes = values.get("opens_at"), values.get("closes_at")
    if opens and closes and opens >= closes:
        errors.append(FieldError("closes_at", "hours.order"))
    if draft and (draft.slot_start is None) != (draft.slot_end is None):
        errors.append(FieldError("slot_end", "hours.order"))
    if draft and draft.slot_start and draft.slot_end and draft.slot_start >= draft.slot_end:
        errors.append(FieldError("slot_end", "hours.order"))
    if draft and (reason := why_no_mode(draft.mode, slot=draft.slot_start is not None, taken=0)):
        errors.append(FieldError("mode", reason.code, reason.facts))
    if errors:
        raise Invalid(errors)


def _week(week_id: int, actor: Actor) -> Week:
    require(actor, Verb.REGISTRATIONS_EDIT, week_id)
    return editable_week(week_id)


def _own(code: str, actor: Actor) -> Offering:
    week_id = db.session.scalar(select(Offering.week_id).where(Offering.code == code))
    if week_id is None:
        raise Refusal("offering.not_found")
    _week(week_id, actor)
    return db.session.scalars(select(Offering).where(Offering.code == code).with_for_update(key_share=True)).one()
