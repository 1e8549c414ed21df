"""Keep the promise of the consent text: when the time is over, people go and counts stay."""

from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    CursorResult,
    Executable,
    Select,
    delete,
    exists,
    or_,
    select,
    union,
    update,
)

from eventweek.audit.actions import record
from eventweek.audit.actors import SYSTEM
from eventweek.kernel.clock import local_day, now
from eventweek.kernel.db import db, transaction
from eventweek.outbox.actions import forget_addresses
from eventweek.programme.models import ConsentText, Week
from eventweek.programme.queries import list_weeks
from eventweek.registration.actions.identities import certify
from eventweek.registration.actions.strikes import lift_strikes
from eventweek.registration.enums import REASONS, Destroyed, StrikeState
from eventweek.registration.models import (
    AnswerFile,
    Attendee,
    AttendeeIdentity,
    CapacityPool,
    Consent,
    Offering,
    OfferingInvitation,
    Pass,
    PassToken,
    PoolHold,
    Registration,
    RegistrationEvent,
    RegistrationGroup,
    Strike,
    StrikeStep,
    WechatConsent,
)
from eventweek.registration.rules import RETENTION_DAYS

EMPTY = {"name": "", "name_en": "", "phone_e164": None, "phone_verified_at": None, "email": None}
EMPTY |= {"email_verified_at": None, "contact_key": "", "email_key": None, "organisation": ""}


def purge_attendees() -> int:
    """Empty what is known of the people of every week that ended so long ago, each week in one transaction.

    Registrations, attendance and the counters of seats stay as they are. Somebody who has a pass of a later week too
    is emptied with that one. Return how many people were emptied; a second run finds none.
    """
    days = timedelta(days=RETENTION_DAYS)
    over = [week.id for week in list_weeks() if week.last_day + days <= local_day(now(), week.timezone)]
    return sum(_purge(week_id) for week_id in over)


def _purge(week_id: int) -> int:
    with transaction():
        week = db.session.scalars(select(Week).where(Week.id == week_id).with_for_update()).one()
        people = _people(week_id)
        forget_addresses(_addresses(Attendee.id.in_(people)), _addresses(Attendee.id.not_in(people)))
        identities = or_(AttendeeIdentity.week_id == week_id, AttendeeIdentity.attendee_id.in_(people))
        gone = {"identities": run(delete(AttendeeIdentity).where(identities)), "files": _drop_files(week_id)}
        known = or_(*(getattr(Attendee, name) != (value or "") for name, value in EMPTY.items() if "_at" not in name))
        emptied = run(update(Attendee).where(Attendee.id.in_(people), known).values(**EMPTY))
        voided = _void_passes(week_id)
        lift_strikes(db.session.scalars(_appealed(week_id)).all(), "erased", actor=SYSTEM)
        _empty_registrations(week_id)
        if emptied or voided:
            certify(week, Destroyed.PEOPLE, {"people": emptied, "passes": voided} | gone)
            record(SYSTEM, "week.purge", "week", week.code, week_id=week.id, people=emptied, passes=voided)
    return emptied


def _people(week_id: int) -> Select[int]:
    """Select who has a pass or a registration of this week, and none of another that is not over yet."""
    here = union(
        select(Pass.attendee_id).where(Pass.week_id == week_id),
        select(Registration.attendee_id).where(Registration.week_id == week_id),
        select(RegistrationGroup.leader_id).where(RegistrationGroup.week_id == week_id),
    ).subquery()
    later = select(Pass.id).where(Pass.attendee_id == Attendee.id, Pass.week_id != week_id, Pass.status == "active")
    return select(Attendee.id).where(Attendee.id.in_(select(here.c.attendee_id)), ~exists(later))


def _addresses(whose: ColumnElement[bool]) -> CompoundSelect[Any]:
    """Select the e-mail addresses and the phones of some people."""
    columns = (Attendee.email, Attendee.phone_e164)
    return union(*(select(column).where(whose, column.is_not(None)) for column in columns))


def _appealed(week_id: int) -> Select[int]:
    """Select registrations of a week against whose strike an appeal waits: nobody is left to answer."""
    query = select(Strike.registration_id).join(Strike.registration)
    return query.where(Registration.week_id == week_id, Strike.state == StrikeState.APPEALED)


def _void_passes(week_id: int) -> int:
    passes = select(Pass.id).where(Pass.week_id == week_id)
    run(delete(WechatConsent).where(WechatConsent.pass_id.in_(passes)))
    run(update(PassToken).where(PassToken.pass_id.in_(passes), PassToken.status != "void").values(status="void"))
    return run(update(Pass).where(Pass.week_id == week_id, Pass.status != "void").values(status="void"))


def _drop_files(week_id: int) -> int:
    """Forget the files that people gave as answers; what they named goes with the next sweep of files."""
    own = select(Registration.id).where(Registration.week_id == week_id)
    return run(delete(AnswerFile).where(AnswerFile.registration_id.in_(own)))


def _empty_registrations(week_id: int) -> None:
    own = Registration.week_id == week_id
    run(update(Registration).where(own).values(contact_key=None, answers={}, remark="", answer=""))
    events = RegistrationEvent.registration_id.in_(select(Registration.id).where(own))
    run(update(RegistrationEvent).where(events, RegistrationEvent.reason.not_in(REASONS)).values(reason=""))
    strikes = select(Strike.id).where(Strike.registration_id.in_(select(Registration.id).where(own)))
    run(update(StrikeStep).where(StrikeStep.strike_id.in_(strikes)).values(words=""))
    run(update(RegistrationGroup).where(RegistrationGroup.week_id == week_id).values(unit="", leader_id=None))
    texts = select(ConsentText.id).where(ConsentText.week_id == week_id)
    run(update(Consent).where(Consent.text_id.in_(texts)).values(origin=""))
    invited = update(OfferingInvitation).where(OfferingInvitation.week_id == week_id)
    run(invited.values(label="", contact_lock=None))
    pools = select(CapacityPool.id).join(Offering).where(Offering.week_id == week_id)
    run(update(PoolHold).where(PoolHold.pool_id.in_(pools)).values(owner="", reason=""))


def run(statement: Executable) -> int:
    """Send one statement past the session; return how many rows it changed."""
    done = db.session.execute(statement, execution_options={"synchronize_session": False})
    assert isinstance(done, CursorResult)
    return done.rowcount
