"""What people of the programme say to taking part in a session."""

from sqlalchemy import select

from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.text import clean_line
from eventweek.programme.actions.speakers.opening import opened, speakers_of
from eventweek.programme.actions.writing import keep
from eventweek.programme.enums import Reply
from eventweek.programme.models import Person, Session, SessionPerson, SpeakerReply
from eventweek.programme.rules.speakers import LONGEST_REASON
from eventweek.programme.rules.subjects import SESSION


def reply_by_link(code: str, session: str, answer: str, reason: str = "") -> Reply:
    """Confirm or decline a part in a session, as the person to whom the link was given. Twice changes nothing more.

    Raises: Refusal speaker_link.not_found, session.not_found, week.archived, reply.cancelled, text.too_long; Invalid.
    """
    with transaction():
        own, actor = opened(code)
        return _reply(own.week.id, own.person, session, answer, reason, actor, "link")


def note_reply(week_id: int, person: str, session: str, answer: str, reason: str = "", *, actor: Actor) -> Reply:
    """Write down what a person told the organisers, by telephone for example.

    Raises: Refusal permission.denied, week.not_found, week.archived, subject.not_found, session.not_found,
        reply.cancelled, text.too_long; Invalid.
    """
    with transaction():
        _week, people = speakers_of(week_id, [person], actor)
        return _reply(week_id, people[0], session, answer, reason, actor, "desk")


def _reply(week_id: int, person: Person, code: str, answer: str, reason: str, actor: Actor, via: str) -> Reply:
    if answer not in (Reply.CONFIRMED, Reply.DECLINED):
        choices = f"{Reply.CONFIRMED}, {Reply.DECLINED}"
        raise Invalid([FieldError("answer", "choice.unknown", {"choices": choices})])
    session = _own_session(week_id, person, code)
    if session.cancelled_at:
        raise Refusal("reply.cancelled")
    said = clean_line(reason, LONGEST_REASON)
    old = db.session.get(SpeakerReply, (session.id, person.id))
    before = (old.answer, old.reason) if old else ("", "")
    if before == (answer, said):
        return Reply(answer)
    row = old or SpeakerReply(week_id=week_id, session_id=session.id, person_id=person.id)
    row.answer, row.reason, row.via, row.at = str(answer), said, via, now()
    db.session.add(row)
    db.session.flush()
    keep(actor, "reply", SESSION, session, {"replies": [_told(person, before[0]), _told(person, answer)]})
    told = {"session": code, "answer": [before[0], str(answer)]}
    record(actor, f"speaker.{answer}", "person", person.code, week_id=week_id, **told)
    return Reply(answer)


def _told(person: Person, answer: str) -> list[dict[str, str]]:
    return [{"person": person.code, "answer": str(answer)}] if answer else []


def _own_session(week_id: int, person: Person, code: str) -> Session:
    part = select(SessionPerson.session_id).where(SessionPerson.person_id == person.id)
    query = select(Session).where(Session.week_id == week_id, Session.code == code, Session.id.in_(part))
    session = db.session.scalar(query.where(Session.archived_at.is_(None)))
    if session is None:
        raise Refusal("session.not_found")
    return session
