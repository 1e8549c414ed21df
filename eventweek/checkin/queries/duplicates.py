"""Who may be in a week twice, and two people side by side."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from eventweek.checkin.models import Attendance
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.registration.duplicates import Known, Likeness, list_likely
from eventweek.registration.enums import LIVE
from eventweek.registration.models import Attendee, AttendeeIdentity, Pass, Registration


@dataclass(frozen=True)
class Standing:
    """One person of a week: how many live registrations, to how many sessions they came, the number's last four."""

    code: str
    name: str
    name_en: str
    organisation: str
    phone: str
    email: str
    proven: bool
    since: datetime
    live: int
    came: int
    last4: str


def list_duplicates(week_id: int) -> list[tuple[Likeness, Known, Known]]:
    """Return pairs of holders of active passes that may be one person, the likeliest first, in one statement."""
    columns = (Pass.code, Attendee.name, Attendee.organisation, Attendee.phone_e164, Attendee.email)
    query = select(*columns).join(Pass.attendee).where(Pass.week_id == week_id, Pass.status == "active")
    rows = db.session.execute(query.where(Attendee.name != ""))
    return list_likely(Known(code, name, unit, phone or "", email or "") for code, name, unit, phone, email in rows)


def get_pair(week_id: int, code: str, second: str) -> tuple[Standing, Standing]:
    """Return two holders of active passes side by side; always the same number of statements.

    Raises: Refusal pass.not_found.
    """
    wanted = select(Pass).where(Pass.week_id == week_id, Pass.status == "active", Pass.code.in_((code, second)))
    found = {own.code: _standing(own) for own in db.session.scalars(wanted)}
    if code not in found or second not in found or code == second:
        raise Refusal("pass.not_found")
    return found[code], found[second]


def _standing(own: Pass) -> Standing:
    person = own.attendee
    live = select(func.count()).where(Registration.attendee_id == person.id, Registration.state.in_(LIVE))
    came = select(func.count()).where(Attendance.holder == own.code, Attendance.entries > 0)
    number = select(AttendeeIdentity.last4).where(
        AttendeeIdentity.attendee_id == person.id, AttendeeIdentity.week_id == own.week_id
    )
    return Standing(
        code=own.code,
        name=person.name,
        name_en=person.name_en,
        organisation=person.organisation,
        phone=person.phone_e164 or "",
        email=person.email or "",
        proven=person.proven,
        since=person.created_at,
        live=db.session.scalar(live) or 0,
        came=db.session.scalar(came) or 0,
        last4=db.session.scalar(number) or "",
    )
