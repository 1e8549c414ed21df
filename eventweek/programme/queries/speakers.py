"""Links and replies of the people of the programme."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, joinedload

from eventweek.kernel.clock import local_day, now
from eventweek.kernel.db import db
from eventweek.kernel.keys import contact_hash
from eventweek.programme.enums import Reply
from eventweek.programme.models import (
    ConsentText,
    Person,
    PersonContact,
    Session,
    SessionPerson,
    SpeakerConsent,
    SpeakerLink,
    SpeakerReply,
    Week,
)
from eventweek.programme.queries.consents import find_kept_text, text_as_it_reads
from eventweek.programme.queries.weeks import get_week
from eventweek.programme.rules.speakers import (
    FEED,
    PAGE,
    PUBLISHING,
    PUBLISHING_EN,
    PUBLISHING_ZH,
    last_day_of_links,
    read_token,
    reply_of,
    summed,
)


@dataclass(frozen=True)
class Opened:
    """A link that works, with its week and its person."""

    link: SpeakerLink
    week: Week
    person: Person


@dataclass(frozen=True)
class Part:
    """A session of a week in which somebody takes part: in which roles, and what they said to it."""

    session: Session
    person: Person
    roles: tuple[str, ...]
    said: SpeakerReply | None
    link: SpeakerLink | None

    @property
    def reply(self) -> Reply:
        """Return how it stands with this part."""
        return reply_of(self.said.answer if self.said else "", self.link is not None)

    @property
    def since(self) -> datetime | None:
        """Return when it came to stand so."""
        return self.said.at if self.said else self.link.made_at if self.link else None


@dataclass(frozen=True)
class Replies:
    """What a person has said to all their sessions of a week: the number of sessions by reply."""

    counts: Mapping[Reply, int]
    link: SpeakerLink | None

    @cached_property
    def reply(self) -> Reply:
        """Return what it comes to."""
        return summed([reply for reply, count in self.counts.items() if count])


def token_hash(domain: bytes, token: str) -> str:
    """Return the keyed hash by which a secret is found."""
    return contact_hash(domain + b"/" + token.encode())


def open_link(token: str) -> Opened | None:
    """Return the working link of a secret; unknown, revoked and expired ones alike are none."""
    return _opened(PAGE, SpeakerLink.token_hash, token)


def open_feed(token: str) -> Opened | None:
    """Return the working link to which the secret of a calendar's address belongs."""
    return _opened(FEED, SpeakerLink.feed_hash, token)


def open_link_of(code: str) -> Opened | None:
    """Return a working link by its code, which is no secret."""
    return _working(SpeakerLink.code == code)


def find_link_in_use(week_id: int, person_id: int) -> SpeakerLink | None:
    """Return a person's working link of a week."""
    found = _working(and_(SpeakerLink.week_id == week_id, SpeakerLink.person_id == person_id))
    return found.link if found else None


def list_parts_of_person(week_id: int, person_id: int) -> list[Part]:
    """Return a person's sessions of a week but the archived ones, by id, in one statement."""
    return _parts(week_id, SessionPerson.person_id == person_id)


def list_parts_of_session(session: Session) -> list[Part]:
    """Return who takes part in a session, by position."""
    return _parts(session.week_id, SessionPerson.session_id == session.id)


def list_parts(week_id: int) -> list[Part]:
    """Return who takes part in which session of a week, by session."""
    return _parts(week_id, Session.week_id == week_id)


def list_declined(week_id: int) -> list[Part]:
    """Return who has declined which session of a week that is on, by session."""
    return _parts(week_id, and_(SpeakerReply.answer == Reply.DECLINED, Session.cancelled_at.is_(None)))


def map_replies(week_id: int) -> dict[int, Replies]:
    """Return how each person who takes part in a week has replied, by the person's id, in three statements."""
    links = {link.person_id: link for link in list_links(week_id)}
    query = (
        select(SessionPerson.person_id, SessionPerson.session_id, SpeakerReply.answer)
        .join(Session, Session.id == SessionPerson.session_id)
        .outerjoin(SpeakerReply, _said())
        .where(Session.week_id == week_id, Session.archived_at.is_(None), Session.cancelled_at.is_(None))
        .distinct()
    )
    found: dict[int, dict[Reply, int]] = {person_id: {} for person_id in links}
    for person_id, _session_id, answer in db.session.execute(query):
        counts, reply = found.setdefault(person_id, {}), reply_of(answer or "", person_id in links)
        counts[reply] = counts.get(reply, 0) + 1
    return {person_id: Replies(counts, links.get(person_id)) for person_id, counts in found.items()}


def list_speakers(codes: Collection[str]) -> list[tuple[Person, PersonContact | None]]:
    """Return people by their codes, archived ones left out, with where they are written to; by id."""
    query = select(Person, PersonContact).outerjoin(PersonContact, PersonContact.person_id == Person.id)
    rows = db.session.execute(query.where(Person.code.in_(codes), Person.archived_at.is_(None)).order_by(Person.id))
    return [(person, contact) for person, contact in rows]


def list_links(week_id: int) -> list[SpeakerLink]:
    """Return the working links of a week with their people, by id; archived people have none."""
    if not is_in_time(get_week(week_id)):
        return []
    query = select(SpeakerLink).join(SpeakerLink.person).options(contains_eager(SpeakerLink.person))
    query = query.where(SpeakerLink.week_id == week_id, SpeakerLink.revoked_at.is_(None))
    return list(db.session.scalars(query.order_by(SpeakerLink.id)))


def is_in_time(week: Week) -> bool:
    """Say whether links of a week still work."""
    return local_day(now(), week.timezone) <= last_day_of_links(week.last_day, week.speaker_link_days)


def map_consents(week_id: int, person_id: int) -> dict[str, SpeakerConsent]:
    """Return what somebody lets a week publish, or not, by item; what they never decided is missing."""
    query = select(SpeakerConsent).filter_by(week_id=week_id, person_id=person_id)
    return {consent.item: consent for consent in db.session.scalars(query)}


def publishing_text(week: Week) -> ConsentText:
    """Return what people read before they let the week publish something of theirs."""
    return text_as_it_reads(week.id, PUBLISHING, PUBLISHING_ZH, PUBLISHING_EN, find_kept_text(week.id, PUBLISHING))


def _opened(domain: bytes, column: InstrumentedAttribute[str], token: str) -> Opened | None:
    secret = read_token(token)
    return _working(column == token_hash(domain, secret)) if secret else None


def _working(term: ColumnElement[bool]) -> Opened | None:
    query = (
        select(SpeakerLink, Week, Person)
        .join(Week, Week.id == SpeakerLink.week_id)
        .join(Person, Person.id == SpeakerLink.person_id)
        .where(term, SpeakerLink.revoked_at.is_(None), Person.archived_at.is_(None))
    )
    row = db.session.execute(query).first()
    return Opened(*row) if row is not None and is_in_time(row[1]) else None


def _said() -> ColumnElement[bool]:
    same_session = SpeakerReply.session_id == SessionPerson.session_id
    return and_(same_session, SpeakerReply.person_id == SessionPerson.person_id)


def _parts(week_id: int, term: ColumnElement[bool]) -> list[Part]:
    working = and_(
        SpeakerLink.week_id == week_id,
        SpeakerLink.person_id == SessionPerson.person_id,
        SpeakerLink.revoked_at.is_(None),
    )
    query = (
        select(Session, SessionPerson, SpeakerReply, SpeakerLink)
        .join(SessionPerson, SessionPerson.session_id == Session.id)
        .outerjoin(SpeakerReply, _said())
        .outerjoin(SpeakerLink, working)
        .where(Session.week_id == week_id, Session.archived_at.is_(None), term)
        .options(joinedload(Session.kind), joinedload(SessionPerson.person))
        .order_by(Session.id, SessionPerson.position)
    )
    return _merged(db.session.execute(query), is_in_time(get_week(week_id)))


def _merged(rows: Iterable[Any], in_time: bool) -> list[Part]:
    """Return one part for each session and person, with all roles."""
    found: dict[tuple[int, int], Part] = {}
    for session, part, said, link in rows:
        key = (session.id, part.person_id)
        before = found[key].roles if key in found else ()
        found[key] = Part(session, part.person, (*before, part.role), said, link if in_time else None)
    return list(found.values())
