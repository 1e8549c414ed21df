"""Who attended what, for certificates: one person's, those of a session, and what a code stands for."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import contains_eager, joinedload

from eventweek.accounts.enums import Verb
from eventweek.audit.actors import Actor
from eventweek.checkin.certificates import Claim, Sitting, hash_of, minutes_inside, read_code, why_no_certificate
from eventweek.checkin.models import Attendance, AttendanceCertificate
from eventweek.kernel.clock import now
from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import Week
from eventweek.programme.rules.scopes import reaches
from eventweek.registration.enums import PoolClass, State
from eventweek.registration.models import Attendee, Pass, Registration
from eventweek.registration.queries.offerings import OpenOffering, load_offerings
from eventweek.scheduling.queries import PublishedSession, map_published

Key = tuple[str, int]
"""`offering` or `session`, and its id."""
Given = dict[tuple[Key, int], AttendanceCertificate]
"""By what it is for and the id of the attendee."""


@dataclass(frozen=True)
class Subject:
    """What a certificate is for: an offering with all its sessions, or a session that one walks into, as published."""

    kind: str
    id: int
    code: str
    title: Bilingual
    sessions: tuple[PublishedSession, ...]
    slot: tuple[datetime, datetime] | None = None

    @property
    def starts(self) -> datetime:
        """Return when it began."""
        return self.slot[0] if self.slot else self.sessions[0].start

    @property
    def ends(self) -> datetime:
        """Return when it is over."""
        return self.slot[1] if self.slot else max(session.end for session in self.sessions)


@dataclass(frozen=True)
class Attended:
    """What somebody was in, the certificate that they were given, and why there is none (or it is good no more)."""

    subject: Subject
    own: Pass
    claim: Claim
    row: AttendanceCertificate | None
    why_not: Refusal | None


@dataclass(frozen=True)
class Count:
    """A subject in numbers of people: who came, who may have a certificate, who was given one."""

    subject: Subject
    came: int
    due: int
    given: int


def list_own(own: Pass) -> list[Attended]:
    """Return what the holder of a pass may get a certificate for in its week, now or later."""
    week = db.session.get_one(Week, own.week_id)
    seated = (Registration.state == State.CONFIRMED, Registration.cls != PoolClass.ONLINE)
    mine = (Registration.week_id == own.week_id, Registration.attendee_id == own.attendee_id)
    offered = db.session.scalars(select(Registration.offering_id).where(*mine, *seated)).all()
    seen, given = _seen(own.week_id, Pass.attendee_id == own.attendee_id), _given(own.week_id, own.attendee_id)
    keys = {("offering", one) for one in offered} | {key for key, _pass, _row in seen} | {key for key, _who in given}
    subjects = _subjects(keys)
    found = _attended(week, subjects, seen, given)
    came = {(one.subject.kind, one.subject.id) for one in found}
    found += [
        _judged(week, subject, own, {}, given.get((key, own.attendee_id)))
        for key, subject in subjects.items()
        if key not in came
    ]
    return sorted(found, key=lambda one: (one.subject.starts, one.subject.code))


def list_attended(week: Week, kind: str, code: str, *, actor: Actor) -> list[Attended]:
    """Return who was in an offering or a session of a week, by name; people who were erased are left out.

    Raises: Refusal certificate.no_subject where it is unknown, or beyond the actor's roles.
    """
    keys = [key for key, own in _week_subjects(week, actor).items() if (own.kind, own.code) == (kind, code)]
    if not keys:
        raise Refusal("certificate.no_subject")
    seen = _seen(week.id, Attendee.name != "", _counts_for(keys[0]))
    found = _attended(week, _subjects(keys), seen, _given(week.id))
    return sorted(found, key=lambda one: (one.own.attendee.name, one.own.id))


def count_attended(week: Week, *, actor: Actor) -> list[Count]:
    """Return every subject of a week that somebody came to and the actor may read, the newest first."""
    subjects, people = _week_subjects(week, actor), defaultdict(list)
    seen = [one for one in _seen(week.id, Attendee.name != "") if one[0] in subjects]
    for one in _attended(week, subjects, seen, _given(week.id)):
        people[one.subject.kind, one.subject.id].append(one)
    counts = [
        Count(own, len(people[key]), _how_many(people[key], due=True), _how_many(people[key], due=False))
        for key, own in subjects.items()
    ]
    return sorted(counts, key=lambda one: (one.subject.starts, one.subject.code), reverse=True)


def get_own(own: Pass, code: str) -> Attended:
    """Return a certificate of the holder of a pass by its code.

    Raises: Refusal certificate.not_found.
    """
    found = [one for one in list_own(own) if one.row and one.row.code == code]
    if not found:
        raise Refusal("certificate.not_found")
    return found[0]


@dataclass(frozen=True)
class Checked:
    """What a code stands for; `name` empty: whose it was is erased. Nothing but `withdrawn` is told of one that is."""

    withdrawn: bool
    subject: Subject | None = None
    week: Week | None = None
    name: str = ""


def check_code(text: str) -> Checked:
    """Return what the code of a certificate stands for now: attendance that was corrected withdraws it by itself.

    Raises: Refusal certificate.typo where it is written wrongly, certificate.unknown.
    """
    code = read_code(text)
    if code is None:
        raise Refusal("certificate.typo")
    whose = joinedload(AttendanceCertificate.own, innerjoin=True).joinedload(Pass.attendee, innerjoin=True)
    query = select(AttendanceCertificate).options(whose)
    row = db.session.scalar(query.where(AttendanceCertificate.token_hash == hash_of(code)))
    if row is None:
        raise Refusal("certificate.unknown")
    week, key = db.session.get_one(Week, row.week_id), _key(row)
    seen = _seen(row.week_id, Pass.attendee_id == row.own.attendee_id, _counts_for(key))
    subject = _subjects({key}).get(key)
    if subject is None:
        return Checked(withdrawn=True)
    minutes = {attendance.session_id: attendance for _key_, _pass, attendance in seen}
    judged = _judged(week, subject, row.own, _minutes(subject, minutes.values()), row)
    return Checked(withdrawn=True) if judged.why_not else Checked(False, subject, week, row.own.attendee.name)


def _how_many(people: Iterable[Attended], *, due: bool) -> int:
    return sum(one.why_not is None and (due or one.row is not None) for one in people)


def _key(row: AttendanceCertificate) -> Key:
    return ("offering", row.offering_id) if row.offering_id else ("session", row.session_id or 0)


def _seen(week_id: int, *which: ColumnElement[bool]) -> list[tuple[Key, Pass, Attendance]]:
    """Return who came to which session, with what it counts for: what they had registered for, else the session."""
    query = (
        select(Attendance, Pass, Registration.offering_id)
        .join(Pass, (Pass.code == Attendance.holder) & (Pass.week_id == Attendance.week_id))
        .join(Pass.attendee)
        .outerjoin(Registration, Registration.code == Attendance.registration_code)
        .where(Attendance.week_id == week_id, Attendance.entries > 0, *which)
        .options(contains_eager(Pass.attendee))
        .order_by(Attendance.id)
    )
    return [
        (("offering", offering) if offering else ("session", attendance.session_id), own, attendance)
        for attendance, own, offering in db.session.execute(query)
    ]


def _counts_for(key: Key) -> ColumnElement[bool]:
    """Select attendance that counts for one offering, or for one session beside what anybody registered for."""
    kind, own = key
    if kind == "offering":
        return Registration.offering_id == own
    return and_(Registration.id.is_(None), Attendance.session_id == own)


def _week_subjects(week: Week, actor: Actor) -> dict[Key, Subject]:
    """Return what somebody came to, as far as the actor may read the people of it."""
    query = select(Attendance.session_id, Registration.offering_id)
    query = query.outerjoin(Registration, Registration.code == Attendance.registration_code)
    rows = db.session.execute(query.where(Attendance.week_id == week.id, Attendance.entries > 0).distinct())
    found = _subjects({("offering", offering) if offering else ("session", session) for session, offering in rows})
    return {key: own for key, own in found.items() if any(_reached(week, one, actor) for one in own.sessions)}


def _reached(week: Week, session: PublishedSession, actor: Actor) -> bool:
    city, track, venue = ((session.facts[name] or {"code": ""})["code"] for name in ("city", "track", "venue"))
    return reaches(actor, Verb.REGISTRATIONS_READ, week.id, city=city, track=track, venue=venue)


def _subjects(keys: Collection[Key]) -> dict[Key, Subject]:
    """Return offerings and sessions as published, without what was cancelled; what is not published is left out."""
    found: dict[Key, Subject] = {}
    for own in load_offerings([one for kind, one in keys if kind == "offering"]):
        subject = _of_offering(own)
        if subject.sessions:
            found["offering", own.offering.id] = subject
    for one, session in map_published([one for kind, one in keys if kind == "session"]).items():
        if not session.cancelled:
            found["session", one] = Subject("session", one, session.code, session.title, (session,))
    return found


def _of_offering(own: OpenOffering) -> Subject:
    offering, on = own.offering, tuple(session for session in own.sessions if not session.cancelled)
    slot = (offering.slot_start, offering.slot_end) if offering.slot_start and offering.slot_end else None
    named = (offering.name.zh or offering.name.en) and not slot
    title = offering.name if named else own.sessions[0].title
    return Subject("offering", offering.id, offering.code, title, on, slot)


def _attended(
    week: Week, subjects: Mapping[Key, Subject], seen: list[tuple[Key, Pass, Attendance]], given: Given
) -> list[Attended]:
    groups: dict[tuple[Key, int], list[tuple[Pass, Attendance]]] = defaultdict(list)
    for key, own, attendance in seen:
        if key in subjects:
            groups[key, own.attendee_id].append((own, attendance))
    found = []
    for (key, person), rows in groups.items():
        best = next((own for own, _row in rows if own.status == "active"), rows[0][0])
        minutes = _minutes(subjects[key], [row for _own, row in rows])
        found.append(_judged(week, subjects[key], best, minutes, given.get((key, person))))
    return found


def _given(week_id: int, attendee_id: int | None = None) -> Given:
    """Return the certificates of a week by what they are for and whose they are, of one person where that is asked."""
    query = select(AttendanceCertificate, Pass.attendee_id).join(AttendanceCertificate.own)
    query = query.where(AttendanceCertificate.week_id == week_id)
    query = query.where(Pass.attendee_id == attendee_id) if attendee_id else query
    rows = db.session.execute(query.order_by(AttendanceCertificate.id.desc()))
    return {(_key(row), person): row for row, person in rows}


def _minutes(subject: Subject, rows: Iterable[Attendance]) -> dict[int, int]:
    """Return the minutes inside by session id."""
    ends = {session.id: session.end for session in subject.sessions}
    found: dict[int, int] = {}
    for row in rows:
        if row.session_id in ends:
            spent = minutes_inside(row.minutes, row.last_in, row.inside, ends[row.session_id])
            found[row.session_id] = found.get(row.session_id, 0) + spent
    return found


def _judged(
    week: Week, subject: Subject, own: Pass, minutes: Mapping[int, int], row: AttendanceCertificate | None
) -> Attended:
    def times(session: PublishedSession) -> dict[str, Any]:
        starts, ends = subject.slot or (session.start, session.end)
        return {"starts": starts, "ends": ends}

    sittings = tuple(Sitting(**times(one), minutes=minutes.get(one.id)) for one in subject.sessions)
    claim = Claim(sittings, week.certificate_share)
    return Attended(subject, own, claim, row, why_no_certificate(claim, now(), row.needed_min if row else None))
