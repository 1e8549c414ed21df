"""Take everything away that names a person; what was counted stays counted."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, or_, select, update

from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.outbox.actions import forget_person, lift_suppression
from eventweek.printing.actions import drop_personal
from eventweek.programme.models import Week
from eventweek.registration.actions import seats
from eventweek.registration.actions.identities import certify
from eventweek.registration.actions.lapsing import end
from eventweek.registration.actions.promotion import promote
from eventweek.registration.actions.retention import EMPTY, run
from eventweek.registration.actions.strikes import lift_strikes
from eventweek.registration.enums import LIVE, REASONS, Destroyed, EndReason
from eventweek.registration.messages import ways_to
from eventweek.registration.models import (
    AnswerFile,
    Attendee,
    AttendeeIdentity,
    Consent,
    ContactCode,
    Pass,
    PassToken,
    Registration,
    RegistrationEvent,
    RegistrationGroup,
    Strike,
    StrikeStep,
    WechatConsent,
)
from eventweek.registration.queries.offerings import load_offerings


@dataclass(frozen=True)
class Erased:
    """What became of a person's registrations: how many ended, how many stay as a number without a name."""

    ended: int
    kept: int


def erase_person(pass_id: int, *, actor: Actor) -> Erased:
    """Erase the holder of a pass from every week: what has not begun is cancelled and its seats go to who waits.

    Passes are void; papers that may hold the name are deleted; name, contacts, answers, files, identity numbers and
    messages are emptied; registrations of what has begun, attendance and seats stay as numbers. A second call changes
    nothing and returns the same `kept`.
    Neither a closed nor an archived week stands against it: it is the person's right.
    Raises: Refusal pass.not_found.
    """
    with transaction():
        own = db.session.scalar(select(Pass).where(Pass.id == pass_id).with_for_update(key_share=True))
        if own is None:
            raise Refusal("pass.not_found")
        person, codes = own.attendee, _codes(own.attendee_id)
        erased = not person.name and own.status == "void"
        ended = [] if erased else _end_what_is_ahead(person, actor)
        kept = select(Registration.id).where(Registration.attendee_id == person.id, Registration.state.in_(LIVE))
        done = Erased(len(ended), len(db.session.scalars(kept).all()))
        if not erased:
            every = select(Registration.id).where(Registration.attendee_id == person.id)
            lift_strikes(db.session.scalars(every).all(), "erased", actor=actor)
            _forget_messages(person, codes)
            _destroy(person)
            drop_personal(_weeks(person.id))
            _empty(person)
            facts = {"ended": done.ended, "kept": done.kept}
            record(actor, "person.erase", "pass", own.code, week_id=own.week_id, **facts)
    return done


def _codes(attendee_id: int) -> list[str]:
    return list(db.session.scalars(select(Pass.code).where(Pass.attendee_id == attendee_id)))


def _weeks(attendee_id: int) -> list[int]:
    return list(db.session.scalars(select(Pass.week_id).where(Pass.attendee_id == attendee_id).distinct()))


def _end_what_is_ahead(person: Attendee, actor: Actor) -> list[Registration]:
    """Cancel what has not begun, also where it could not be cancelled any more: nobody comes with an empty name."""
    query = select(Registration).where(Registration.attendee_id == person.id, Registration.state.in_(LIVE))
    ids = set(db.session.scalars(query.with_only_columns(Registration.offering_id)))
    seats.lock(ids)
    offerings = {one.offering.id: one for one in load_offerings(sorted(ids))}
    rows = list(db.session.scalars(query.execution_options(populate_existing=True).order_by(Registration.id)))
    ending = [row for row in rows if row.offering_id in offerings and now() < offerings[row.offering_id].window.ends]
    for row in ending:
        end(row, offerings[row.offering_id], EndReason.PERSON, actor=actor)
    for row in ending:
        promote(offerings[row.offering_id], row.cls)
    return ending


def _forget_messages(person: Attendee, codes: Collection[str]) -> None:
    """Empty the person's messages; an address that somebody else uses too stays theirs."""
    shared = select(Attendee.id).where(Attendee.id != person.id)
    free = [
        (channel, address)
        for channel, address in ways_to(person)
        if not db.session.scalar(shared.where(or_(Attendee.email == address, Attendee.phone_e164 == address)).limit(1))
    ]
    forget_person(codes, [address for _channel, address in free])
    if free:
        lift_suppression(free)
        contacts = [key for key in (person.contact_key, person.email_key) if key]
        run(delete(ContactCode).where(ContactCode.contact_key.in_(contacts)))


def _destroy(person: Attendee) -> None:
    """Delete numbers and files, void the passes, and certify it for every week that the person was in."""
    registrations = select(Registration.id).where(Registration.attendee_id == person.id)
    weeks = select(Pass.week_id).where(Pass.attendee_id == person.id)
    for week in db.session.scalars(select(Week).where(Week.id.in_(weeks)).order_by(Week.id)).all():
        here = registrations.where(Registration.week_id == week.id)
        passes = select(Pass.id).where(Pass.attendee_id == person.id, Pass.week_id == week.id)
        own = (AttendeeIdentity.attendee_id == person.id, AttendeeIdentity.week_id == week.id)
        counts = {
            "identities": run(delete(AttendeeIdentity).where(*own)),
            "files": run(delete(AnswerFile).where(AnswerFile.registration_id.in_(here))),
        }
        run(delete(WechatConsent).where(WechatConsent.pass_id.in_(passes)))
        run(update(PassToken).where(PassToken.pass_id.in_(passes)).values(status="void"))
        counts["passes"] = run(update(Pass).where(Pass.id.in_(passes), Pass.status != "void").values(status="void"))
        certify(week, Destroyed.PEOPLE, {"people": 1} | counts)


def _empty(person: Attendee) -> None:
    """Empty the person and what they wrote; that they agreed, and that it ended, stays without a name."""
    own = Registration.attendee_id == person.id
    run(update(Registration).where(own).values(contact_key=None, answers={}, remark="", answer=""))
    events = RegistrationEvent.registration_id.in_(select(Registration.id).where(own))
    run(update(RegistrationEvent).where(events, RegistrationEvent.reason.not_in(REASONS)).values(reason=""))
    strikes = select(Strike.id).where(Strike.registration_id.in_(select(Registration.id).where(own)))
    run(update(StrikeStep).where(StrikeStep.strike_id.in_(strikes)).values(words=""))
    run(update(RegistrationGroup).where(RegistrationGroup.leader_id == person.id).values(leader_id=None))
    run(
        update(Consent)
        .where(Consent.attendee_id == person.id, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=now())
    )
    run(update(Consent).where(Consent.attendee_id == person.id).values(origin=""))
    for name, value in EMPTY.items():
        setattr(person, name, value)
    db.session.flush()
