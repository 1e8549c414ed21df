"""Make two people of a week one, as an organiser says with a reason; nothing is lost, no seat is held twice."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, select, update

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.checkin.models import Attendance
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.text import clean_line
from eventweek.outbox.actions import redirect_messages
from eventweek.programme.queries import refuse_archived
from eventweek.programme.rules.scopes import reaches
from eventweek.registration.actions import seats
from eventweek.registration.actions.identities import move_identity
from eventweek.registration.actions.lapsing import end
from eventweek.registration.actions.promotion import promote
from eventweek.registration.actions.retention import run
from eventweek.registration.actions.strikes import lift_strikes
from eventweek.registration.contacts import contact_key
from eventweek.registration.duplicates import Claim, Side, best_of, why_no_merge
from eventweek.registration.enums import LIVE, EndReason
from eventweek.registration.messages import ways_to
from eventweek.registration.models import (
    Attendee,
    AttendeeIdentity,
    Consent,
    Pass,
    PassToken,
    Registration,
    RegistrationGroup,
    WechatConsent,
)
from eventweek.registration.queries.offerings import OpenOffering, load_offerings


@dataclass(frozen=True)
class Merged:
    """The pass that stays, how many registrations came over to it, how many doubles ended."""

    code: str
    moved: int
    ended: int


def merge_attendees(
    week_id: int, keep: str, lose: str, *, reason: str, actor: Actor, same_person: bool = False
) -> Merged:
    """Give everything of the holder of the pass `lose` to that of the pass `keep` (codes), whose pass and name stay.

    Messages that still wait go to the pass and the contacts that stay. Of two registrations for one thing the better
    stays; the seats of the other go to who waits, and that it was missed no longer counts. The other pass answers
    "replaced" at the door. `same_person`: the organiser says that two names are one person.
    Raises: Refusal permission.denied, week.archived, merge.same, pass.not_found, merge.both_came, merge.inside,
    merge.numbers, merge.names, seal.broken, text.too_long; Invalid field.required at `reason`.
    """
    with transaction():
        why = clean_line(reason, 200)
        if not why:
            raise Invalid([FieldError("reason", "field.required")])
        own, other = _lock(week_id, keep, lose, actor)
        first, second = own.attendee, other.attendee
        rows, offerings = _lock_registrations(first, second)
        refusal = why_no_merge(_side(first), _side(second), same_person=same_person)
        if refusal:
            raise Refusal(refusal.code, **refusal.facts)
        doubles = _doubles(rows, offerings)
        for row in doubles:
            end(row, offerings[row.offering_id], EndReason.ORGANISER, actor=actor, note="merged")
        db.session.flush()
        lift_strikes([row.id for row in doubles], "merged", actor=actor)
        moved = _hand_over(first, second)
        passes = _replace_passes(first, second)
        _fill(first, second)
        for old, new in passes:
            redirect_messages(old, new, ways_to(first))
        run(delete(Attendee).where(Attendee.id == second.id))
        db.session.expunge(second)
        db.session.expire_all()
        for row in doubles:
            promote(offerings[row.offering_id], row.cls)
        done = Merged(keep, moved, len(doubles))
        facts = {"merged": lose, "moved": moved, "ended": done.ended, "reason": why}
        record(actor, "person.merge", "pass", keep, week_id=week_id, **facts)
    return done


def require_week(actor: Actor, verb: Verb, week_id: int) -> None:
    """Refuse a role that is narrowed to a city, a venue or a track: people belong to the whole week.

    Raises: Refusal permission.denied.
    """
    require(actor, verb, week_id)
    if not reaches(actor, verb, week_id, city="", track="", venue=""):
        raise Refusal("permission.denied")


def _lock(week_id: int, keep: str, lose: str, actor: Actor) -> tuple[Pass, Pass]:
    """Return both passes; every pass of both people is locked, in every week the actor may edit."""
    require_week(actor, Verb.REGISTRATIONS_EDIT, week_id)
    refuse_archived(week_id)
    if keep == lose:
        raise Refusal("merge.same")
    here = select(Pass).where(Pass.week_id == week_id, Pass.status == "active", Pass.code.in_((keep, lose)))
    people = here.with_only_columns(Pass.attendee_id)
    every = select(Pass).where(Pass.attendee_id.in_(people)).order_by(Pass.id).with_for_update(key_share=True)
    found = {own.code: own for own in db.session.scalars(every) if own.week_id == week_id and own.status == "active"}
    if keep not in found or lose not in found:
        raise Refusal("pass.not_found")
    for elsewhere in db.session.scalars(
        select(Pass.week_id).where(Pass.attendee_id == found[lose].attendee_id, Pass.week_id != week_id).distinct()
    ):
        require_week(actor, Verb.REGISTRATIONS_EDIT, elsewhere)
        refuse_archived(elsewhere)
    return found[keep], found[lose]


def _lock_registrations(first: Attendee, second: Attendee) -> tuple[list[Registration], dict[int, OpenOffering]]:
    query = select(Registration).where(
        Registration.attendee_id.in_((first.id, second.id)), Registration.state.in_(LIVE)
    )
    ids = set(db.session.scalars(query.with_only_columns(Registration.offering_id)))
    seats.lock(ids)
    offerings = {own.offering.id: own for own in load_offerings(sorted(ids))}
    rows = db.session.scalars(query.order_by(Registration.id).execution_options(populate_existing=True))
    return [row for row in rows if row.offering_id in offerings], offerings


def _side(person: Attendee) -> Side:
    codes = select(Pass.code).where(Pass.attendee_id == person.id)
    came = select(Attendance.session_id).where(Attendance.holder.in_(codes))
    numbers = select(AttendeeIdentity.week_id).where(AttendeeIdentity.attendee_id == person.id)
    return Side(
        person.name,
        frozenset(db.session.scalars(numbers)),
        frozenset(db.session.scalars(came.where(Attendance.entries > 0))),
        bool(db.session.scalars(came.where(Attendance.inside)).first()),
    )


def _doubles(rows: Iterable[Registration], offerings: dict[int, OpenOffering]) -> list[Registration]:
    """Return the registrations that end: all but the best for each offering, and for each day of slots."""
    came = set(
        db.session.scalars(
            select(Attendance.registration_code).where(
                Attendance.registration_code.in_([row.code for row in rows]), Attendance.entries > 0
            )
        )
    )
    groups: dict[tuple[str, int], list[Registration]] = {}
    for row in rows:
        own = offerings[row.offering_id].offering
        slot = bool(own.slot_start)
        key = ("day", min(link.session_id for link in own.sessions)) if slot else ("offering", own.id)
        groups.setdefault(key, []).append(row)
    ending = []
    for group in groups.values():
        claims = [Claim(row.code, row.state, row.seats, row.code in came, row.created_at) for row in group]
        best = best_of(claims).code
        ending += [row for row in group if row.code != best]
    return ending


def _hand_over(first: Attendee, second: Attendee) -> int:
    """Write everything of the second person to the first; return how many registrations came over."""
    version = Registration.version + 1
    of_second = Registration.attendee_id == second.id
    moved = run(update(Registration).where(of_second).values(attendee_id=first.id, version=version))
    run(update(Consent).where(Consent.attendee_id == second.id).values(attendee_id=first.id))
    run(update(RegistrationGroup).where(RegistrationGroup.leader_id == second.id).values(leader_id=first.id))
    numbers = select(AttendeeIdentity).where(AttendeeIdentity.attendee_id == second.id)
    for number in db.session.scalars(numbers).all():
        move_identity(number, second, first)
    return moved


def _replace_passes(first: Attendee, second: Attendee) -> list[tuple[str, str]]:
    """Give every pass of the second person to the first; return each code with that of the pass which stands for it."""
    active = Pass.status == "active"
    kept = {own.week_id: own for own in db.session.scalars(select(Pass).where(Pass.attendee_id == first.id, active))}
    codes = []
    for own in db.session.scalars(select(Pass).where(Pass.attendee_id == second.id, active)).all():
        stays = kept.get(own.week_id)
        codes.append((own.code, stays.code if stays else own.code))
        if stays:
            tokens = (PassToken.pass_id == own.id, PassToken.status == "active")
            run(update(PassToken).where(*tokens).values(status="replaced"))
            run(update(Pass).where(Pass.id == own.id).values(status="replaced"))
            run(update(WechatConsent).where(WechatConsent.pass_id == own.id).values(pass_id=stays.id))
    run(update(Pass).where(Pass.attendee_id == second.id).values(attendee_id=first.id))
    return codes


def _fill(first: Attendee, second: Attendee) -> None:
    """Take from the second person what the first does not say, and that a contact of both was proven."""
    for name in ("name_en", "organisation"):
        setattr(first, name, getattr(first, name) or getattr(second, name))
    for value, proven in (("phone_e164", "phone_verified_at"), ("email", "email_verified_at")):
        if getattr(first, value) in (None, getattr(second, value)):
            setattr(first, value, getattr(second, value))
            setattr(first, proven, getattr(first, proven) or getattr(second, proven))
    if first.phone_e164:
        first.contact_key = contact_key("phone", first.phone_e164)
    if first.email:
        first.email_key = contact_key("email", first.email)
    db.session.flush()
