"""Everything that is held about the holder of a pass, over all weeks, as plain values; a fixed number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select

from eventweek.checkin.models import Attendance, AttendanceCertificate, Scan
from eventweek.kernel.clock import now
from eventweek.kernel.db import Base, Bilingual, db
from eventweek.outbox.models import Message
from eventweek.programme.models import ConsentText, Week
from eventweek.registration.forms import ANSWERS_OF_YES_NO, answer_in_words, question_of
from eventweek.registration.models import (
    AnswerFile,
    AskedForm,
    Attendee,
    AttendeeIdentity,
    Consent,
    Offering,
    OfferingSession,
    Pass,
    Registration,
    RegistrationEvent,
    RegistrationGroup,
    Strike,
    StrikeStep,
    WechatConsent,
)
from eventweek.registration.queries.online import list_joined
from eventweek.registration.queries.passes import find_pass_of_link
from eventweek.registration.queries.strikes import map_steps
from eventweek.replanning.messages import describe
from eventweek.replanning.models import AffectedRegistration
from eventweek.scheduling.queries import map_published

Facts = dict[str, Any]
Row = TypeVar("Row", bound=Base)
YES_NO = {code: code for code in ANSWERS_OF_YES_NO}


def is_erased(own: Pass) -> bool:
    """Say whether nothing that names the holder is left: they were erased, or the time of keeping is over."""
    return own.status == "void" and not own.attendee.name


def find_erased(text: str) -> Pass | None:
    """Return the pass of an owner's link whose holder was erased; None for any other link."""
    found = find_pass_of_link(text)
    return found.own if found and is_erased(found.own) else None


@dataclass(frozen=True)
class _Names:
    """Codes and zones of weeks, and titles of published sessions, by id."""

    weeks: Mapping[int, str]
    zones: Mapping[int, str]
    sessions: Mapping[int, Facts]

    def session(self, session_id: int) -> Facts:
        return self.sessions.get(session_id, {"code": "", "title": pair(Bilingual("", ""))})


def tell_person(own: Pass) -> Facts:
    """Return everything held about the holder of a pass. Identity numbers are told as their last four only."""
    person = own.attendee
    rows = _rows(Registration, Registration.attendee_id == person.id)
    held = _rows(Pass, Pass.attendee_id == person.id)
    codes = [one.code for one in held]
    came = _rows(Attendance, Attendance.holder.in_(codes))
    scans = _rows(Scan, Scan.holder.in_(codes))
    links = _links([row.offering_id for row in rows])
    sessions = {session for some in links.values() for session in some}
    sessions |= {one.session_id for one in came} | {one.session_id for one in scans}
    weeks = db.session.execute(select(Week.id, Week.code, Week.timezone)).all()
    titles = {one: {"code": s.code, "title": pair(s.title)} for one, s in map_published(sessions).items()}
    names = _Names({one: code for one, code, _zone in weeks}, {one: zone for one, _code, zone in weeks}, titles)
    return {
        "made_at": now(),
        "person": _person(person),
        "identities": [
            _identity(one, names) for one in _rows(AttendeeIdentity, AttendeeIdentity.attendee_id == person.id)
        ],
        "consents": _consents(person.id, names),
        "passes": [_pass(one, names) for one in held],
        "registrations": _registrations(rows, links, names),
        "questions": _questions(rows, names),
        "groups": [
            {"week": names.weeks[one.week_id], "unit": one.unit}
            for one in _rows(RegistrationGroup, RegistrationGroup.leader_id == person.id)
        ],
        "attendance": [_attendance(one, names) for one in came],
        "certificates": [
            {"week": names.weeks[one.week_id], "code": one.code, "issued_at": one.issued_at}
            for one in _rows(AttendanceCertificate, AttendanceCertificate.pass_id.in_([own.id for own in held]))
        ],
        "scans": [_scan(one, names) for one in scans],
        "messages": [_message(one) for one in _rows(Message, Message.person.in_(codes), Message.person != "")],
        "wechat": [
            {"template": one.template, "given_at": one.given_at, "used": one.message_id is not None}
            for one in _rows(WechatConsent, WechatConsent.pass_id.in_([one.id for one in held]))
        ],
    }


def pair(text: Bilingual) -> dict[str, str]:
    """Return a text in both languages."""
    return {"zh": text.zh, "en": text.en}


def _rows(model: type[Row], *which: Any) -> list[Row]:
    key: Any = getattr(model, "id")  # noqa: B009
    return list(db.session.scalars(select(model).where(*which).order_by(key)))


def _links(offering_ids: Sequence[int]) -> dict[int, list[int]]:
    query = select(OfferingSession.offering_id, OfferingSession.session_id)
    found: dict[int, list[int]] = {}
    for offering, session in db.session.execute(query.where(OfferingSession.offering_id.in_(offering_ids))):
        found.setdefault(offering, []).append(session)
    return found


def _person(person: Attendee) -> Facts:
    names = ("code", "name", "name_en", "organisation", "locale", "created_at")
    contacts = ("phone_verified_at", "email", "email_verified_at")
    told = {name: getattr(person, name) for name in (*names, *contacts)}
    return told | {"phone": person.phone_e164}


def _identity(own: AttendeeIdentity, names: _Names) -> Facts:
    week = names.weeks[own.week_id]
    return {"week": week, "type": own.type, "last4": own.last4, "destroyed_after": own.purge_after}


def _consents(attendee_id: int, names: _Names) -> list[Facts]:
    query = select(Consent, ConsentText).join(ConsentText, ConsentText.id == Consent.text_id)
    return [
        {
            "week": names.weeks[text.week_id],
            "purpose": text.purpose,
            "version": text.version,
            "text": {"zh": text.text_zh, "en": text.text_en},
            "channel": own.channel,
            "origin": own.origin,
            "given_at": own.given_at,
            "withdrawn_at": own.withdrawn_at,
        }
        for own, text in db.session.execute(query.where(Consent.attendee_id == attendee_id).order_by(Consent.id))
    ]


def _pass(own: Pass, names: _Names) -> Facts:
    told = {"week": names.weeks[own.week_id], "code": own.code, "status": own.status}
    return told | {"created_at": own.created_at, "calendar": own.feed_hash is not None}


def _registrations(rows: Sequence[Registration], links: Mapping[int, list[int]], names: _Names) -> list[Facts]:
    ids, offered = [row.id for row in rows], [row.offering_id for row in rows]
    offerings = {one.id: one for one in _rows(Offering, Offering.id.in_(offered))}
    forms = {
        (one.offering_id, one.number): one.questions for one in _rows(AskedForm, AskedForm.offering_id.in_(offered))
    }
    files = _by(_rows(AnswerFile, AnswerFile.registration_id.in_(ids)))
    events = _by(_rows(RegistrationEvent, RegistrationEvent.registration_id.in_(ids)))
    strikes = {one.registration_id: one for one in _rows(Strike, Strike.registration_id.in_(ids))}
    steps = map_steps([one.id for one in strikes.values()])
    joined = list_joined(ids)
    plain = ("code", "seats", "state", "end_reason", "source", "created_at", "ended_at", "remark", "answer")
    return [
        {
            **{name: getattr(row, name) for name in plain},
            "week": names.weeks[row.week_id],
            "class": row.cls,
            "offering": {"code": offerings[row.offering_id].code, "name": pair(offerings[row.offering_id].name)},
            "sessions": [names.session(one) for one in links.get(row.offering_id, [])],
            "answers": _answers(row.answers, forms.get((row.offering_id, row.form_version), [])),
            "joined_on_line": [
                {"session": names.session(one.session_id), "at": one.first_at} for one in joined.get(row.id, [])
            ],
            "files": [{"code": f.code, "key": f.key, "name": f.name, "size": f.size} for f in files.get(row.id, [])],
            "steps": [
                {"at": e.at, "from": e.from_state, "to": e.to_state, "reason": e.reason} for e in events.get(row.id, [])
            ],
            "no_show": _no_show(strikes[row.id], steps) if row.id in strikes else None,
        }
        for row in rows
    ]


def _no_show(own: Strike, steps: Mapping[int, Sequence[StrikeStep]]) -> Facts:
    told = [{"at": s.at, "to": s.to_state, "reason": s.reason, "words": s.words} for s in steps[own.id]]
    return {"code": own.code, "state": own.state, "given_at": own.given_at, "steps": told}


def _questions(rows: Sequence[Registration], names: _Names) -> list[Facts]:
    """Return what releases asked about registrations, and what became of it."""
    own = {row.id: row for row in rows}
    asked = _rows(AffectedRegistration, AffectedRegistration.registration_id.in_(list(own)))
    return [
        {
            "week": names.weeks[own[one.registration_id].week_id],
            "registration": own[one.registration_id].code,
            "release": one.release,
            "changes": pair(describe(one.changes, names.zones[own[one.registration_id].week_id])),
            "answer": one.choice,
            "offering": one.target,
            "asked_at": one.noted_at,
            "answered_at": one.decided_at,
        }
        for one in asked
    ]


def _by(rows: Sequence[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.registration_id, []).append(row)
    return found


def _answers(answers: Mapping[str, Any], questions: Sequence[Facts]) -> list[Facts]:
    """Return what was answered with what was asked, in the words of that time, each choice as its name."""
    asked = {question_of(one).key: question_of(one) for one in questions}
    told = []
    for key, value in answers.items():
        own = asked.get(key)
        words = {code: answer_in_words(own, value, code, YES_NO) if own else str(value) for code in ("zh", "en")}
        told.append({"key": key, "question": pair(own.label) if own else pair(Bilingual(key, key)), "answer": words})
    return told


def _attendance(own: Attendance, names: _Names) -> Facts:
    plain = ("first_in", "last_in", "last_out", "minutes", "entries", "party")
    return {"session": names.session(own.session_id)} | {name: getattr(own, name) for name in plain}


def _scan(own: Scan, names: _Names) -> Facts:
    seen = {"at": own.effective_time, "kind": own.kind, "verdict": own.door_verdict, "rehearsal": own.rehearsal}
    return {"session": names.session(own.session_id)} | seen


def _message(own: Message) -> Facts:
    told = {
        "kind": own.template.rpartition("/")[2],
        "channel": own.channel,
        "recipient": own.recipient,
        "state": own.state,
    }
    times: dict[str, datetime | None] = {"written_at": own.created_at, "sent_at": own.sent_at}
    return told | times | {"delivered_at": own.delivered_at}
