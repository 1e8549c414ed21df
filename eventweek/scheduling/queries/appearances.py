"""A person's own sessions of a week: what is published of them, what is planned, what changed since a moment."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise

from sqlalchemy import String, cast, or_, select

from eventweek.kernel.db import Bilingual, db
from eventweek.programme.enums import ConsentItem
from eventweek.programme.models import Person, Session, SessionPerson, SpeakerConsent
from eventweek.programme.queries.speakers import Part, list_parts_of_person
from eventweek.scheduling.enums import Action
from eventweek.scheduling.models import ReleaseItem
from eventweek.scheduling.queries.published import PublishedSession, read
from eventweek.scheduling.snapshot import difference
from eventweek.scheduling.worklist import Planned, list_planned

TOLD = (Action.NEW, Action.MOVED, Action.CANCELLED, Action.RESTORED)


@dataclass(frozen=True)
class Place:
    """A start, aware in UTC, an end, and where; names in both languages."""

    start: datetime
    end: datetime
    venue: Bilingual
    room: Bilingual


@dataclass(frozen=True)
class Appearance:
    """One session of a person: `published` is final, `planned` may still change; both None: nothing is settled."""

    part: Part
    published: Place | None
    planned: Place | None
    cancelled: bool
    to_be_cancelled: bool

    @property
    def code(self) -> str:
        """Return the session's code."""
        return self.part.session.code

    @property
    def place(self) -> Place | None:
        """Return the published place, else the planned one."""
        return self.published or self.planned

    @property
    def differs(self) -> bool:
        """Say whether the plan has another time or place than what is published."""
        return self.published is not None and self.planned is not None and self.published != self.planned


@dataclass(frozen=True)
class Change:
    """What a release did to a session since a moment: `action`, and the place before and after it."""

    code: str
    title: Bilingual
    action: Action
    before: Place | None
    after: Place


def list_appearances(week_id: int, person_id: int) -> list[Appearance]:
    """Return a person's sessions by their start, those without one last; a constant number of statements."""
    parts = list_parts_of_person(week_id, person_id)
    planned = {own.session.code: own for own in list_planned(week_id, [part.session.code for part in parts])}
    found = [_appearance(part, planned[part.session.code]) for part in parts if part.session.code in planned]
    last = datetime.max.replace(tzinfo=UTC)
    return sorted(found, key=lambda own: (own.place.start if own.place else last, own.code))


def list_changes(session_ids: Collection[int], since: datetime) -> list[Change]:
    """Return what releases after a moment did to these sessions, by start, in one statement."""
    query = select(ReleaseItem).where(ReleaseItem.session_id.in_(session_ids)).order_by(ReleaseItem.id)
    items: dict[int, list[ReleaseItem]] = {}
    for item in db.session.scalars(query):
        items.setdefault(item.session_id, []).append(item)
    found = [change for own in items.values() if (change := _change(own, since))]
    return sorted(found, key=lambda change: (change.after.start, change.code))


def _appearance(part: Part, planned: Planned) -> Appearance:
    item = planned.item
    was = read(item) if item else None
    return Appearance(
        part=part,
        published=_published(was) if was else None,
        planned=_planned(planned),
        cancelled=bool(was and was.cancelled),
        to_be_cancelled=part.session.cancelled_at is not None and not (was and was.cancelled),
    )


def _published(own: PublishedSession) -> Place:
    venue, room = own.facts["venue"], own.facts["room"]
    return Place(own.start, own.end, Bilingual(venue["zh"], venue["en"]), Bilingual(room["zh"], room["en"]))


def _planned(own: Planned) -> Place | None:
    if not (own.start and own.end and own.room and own.venue):
        return None
    return Place(own.start, own.end, own.venue.name, own.room.name)


def _change(items: Sequence[ReleaseItem], since: datetime) -> Change | None:
    before = next((item for item in reversed(items) if item.changed_at <= since), None)
    after = items[-1]
    if before is after:
        return None
    action = difference(before.snapshot if before else None, after.snapshot)
    if action not in TOLD:
        return None
    own = read(after)
    return Change(own.code, own.title, action, _published(read(before)) if before else None, _published(own))


def list_of_speaker(week_id: int, person: Person) -> list[PublishedSession]:
    """Return the published sessions that name a person, and as cancelled those that named them once; by start.

    Whoever refuses to be named stands in no snapshot: then the working plan says where they take part.
    """
    held = sessions_held(week_id, person) if is_unnamed(week_id, person.id) else frozenset()
    named = cast(ReleaseItem.snapshot, String).contains(f'"{person.code}"', autoescape=True)
    in_week = select(Session.id).where(Session.week_id == week_id)
    ids = select(ReleaseItem.session_id).where(ReleaseItem.session_id.in_(in_week), named)
    ours = or_(ReleaseItem.session_id.in_(ids), ReleaseItem.session_id.in_(held))
    items: dict[int, list[ReleaseItem]] = {}
    for item in db.session.scalars(select(ReleaseItem).where(ours).order_by(ReleaseItem.id)):
        items.setdefault(item.session_id, []).append(item)
    found = [_followed(own, person.code, key in held) for key, own in items.items()]
    return sorted((own for own in found if own), key=lambda own: (own.start, own.code))


def is_unnamed(week_id: int, person_id: int) -> bool:
    """Say whether a person refuses to be named by a week."""
    query = select(SpeakerConsent.given).filter_by(week_id=week_id, person_id=person_id, item=str(ConsentItem.NAME))
    return db.session.scalar(query) is False


def sessions_held(week_id: int, person: Person) -> frozenset[int]:
    """Return the ids of the sessions in which the working plan has a person."""
    query = select(SessionPerson.session_id).join(Session, Session.id == SessionPerson.session_id)
    own = query.where(Session.week_id == week_id, SessionPerson.person_id == person.id)
    return frozenset(db.session.scalars(own.where(Session.archived_at.is_(None))))


def _followed(items: Sequence[ReleaseItem], code: str, held: bool) -> PublishedSession | None:
    """Return a session as a person's own calendar has it, from its released items, the oldest first.

    Coming and going both raise SEQUENCE by two, being gone by one more, so that it never falls (RFC 5545 3.8.7.4).
    """
    inside = [code in {person["code"] for person in item.snapshot["people"]} for item in items]
    flips = max(0, sum(one != two for one, two in pairwise([False, *inside])) - 1)
    if held or inside[-1]:
        own = read(items[-1])
        return replace(own, sequence=own.sequence + 2 * flips)
    last = max((n for n, present in enumerate(inside) if present), default=-1)
    if last < 0:
        return None
    own, gone = read(items[last]), items[last + 1]
    facts = own.facts | {"cancelled": True, "search": ""}
    return replace(own, facts=facts, sequence=gone.sequence + 2 * flips + 1, changed_at=gone.changed_at)
