"""What going back to an older release would publish, and what must not come back."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from sqlalchemy import func, select

from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import Attachment, Person, PictureRendition, Room, Session, SpeakerConsent, Venue
from eventweek.scheduling.diff import Change, change
from eventweek.scheduling.enums import Obstacle
from eventweek.scheduling.media import files_of
from eventweek.scheduling.models import Release, ReleaseItem
from eventweek.scheduling.queries.drafts import Draft
from eventweek.scheduling.queries.published import MARKS, PublishedSession, list_published, recall
from eventweek.scheduling.snapshot import Facts, back_to, difference, persons_shown, withheld_by

ITEM: Any = ReleaseItem.__table__.c


@dataclass(frozen=True)
class Barred:
    """A session that cannot be as it was, and why; `what` names who or what is gone, in both languages."""

    code: str
    title: Bilingual
    why: Obstacle
    what: Bilingual


@dataclass(frozen=True)
class Restoration:
    """What going back to a release publishes (`drafts`), what stands against it, and what that release did not have.

    `since`: the sessions that were published only later; they stay as they are.
    """

    number: int
    drafts: Sequence[Draft]
    barred: Sequence[Barred]
    since: Sequence[PublishedSession]

    @property
    def changes(self) -> list[Change]:
        """Return what it changes, to be shown."""
        return [change(draft) for draft in self.drafts]


def plan_restoration(week_id: int, number: int, codes: Collection[str] | None = None) -> Restoration:
    """Return what going back to a release would do, to all of its sessions or to those of these codes.

    Raises: Refusal release.not_found, release.unknown_session.
    """
    found = select(Release.id).where(Release.week_id == week_id, Release.number == number)
    if not 0 < number < 2**31 or db.session.scalar(found) is None:
        raise Refusal("release.not_found")
    then = {own.code: own for own in _as_of(week_id, number)}
    if codes is not None and (unknown := sorted(set(codes) - then.keys())):
        raise Refusal("release.unknown_session", session=unknown[0][:16])
    now = list_published(week_id)
    wanted = [own for own in now if own.code in then and (codes is None or own.code in codes)]
    drafts = [draft for own in wanted if (draft := _draft(own, then[own.code].facts))]
    since = [own for own in now if own.code not in then] if codes is None else []
    return Restoration(number, drafts, _barred(week_id, drafts), since)


def _as_of(week_id: int, number: int) -> list[PublishedSession]:
    """Return what the public read after a release of a week: of each session the newest item until then."""
    newest = (
        select(func.max(ITEM.id))
        .join(Release, Release.id == ITEM.release_id)
        .where(Release.week_id == week_id, Release.number <= number)
        .group_by(ITEM.session_id)
    )
    return recall([tuple(row) for row in db.session.execute(select(*MARKS).where(ITEM.id.in_(newest)))])


def _draft(now: PublishedSession, then: Facts) -> Draft | None:
    """Return what publishes the older snapshot again, None where the public reads it already."""
    after = back_to(now.facts, then, now.sequence)
    action = difference(now.facts, after)
    title = Bilingual(then["title"]["zh"], then["title"]["en"])
    session = SimpleNamespace(id=now.id, code=now.code, title=title)
    return Draft(session, now, after, action) if action else None


def _barred(week_id: int, drafts: Sequence[Draft]) -> list[Barred]:
    """Return what has been taken back since and must not become public again; at most six statements."""
    known = _Known(week_id, [draft.after for draft in drafts if draft.after])
    found = []
    for draft in drafts:
        assert draft.after is not None
        told = {(why, what.zh, what.en): what for why, what in known.against(draft.after)}
        found += [Barred(draft.session.code, draft.session.title, why, what) for (why, *_names), what in told.items()]
    return found


class _Known:
    """What is there now of all that older snapshots name."""

    def __init__(self, week_id: int, every: Sequence[Facts]) -> None:
        query = select(Session.code, Session.cancelled_at, Session.archived_at).where(Session.week_id == week_id)
        self.sessions = {code: (cancelled, archived) for code, cancelled, archived in db.session.execute(query)}
        rooms = select(Room.code).join(Venue).where(Room.archived_at.is_(None), Venue.archived_at.is_(None))
        self.rooms = set(db.session.scalars(rooms))
        self.people = _decisions(week_id, {person["code"] for facts in every for person in facts["people"]})
        self.files = _kept({digest for facts in every for digest in files_of(facts)})

    def against(self, facts: Facts) -> Iterable[tuple[Obstacle, Bilingual]]:
        """Yield why a snapshot must not come back, with the name of what is gone."""
        cancelled, archived = self.sessions.get(facts["code"], (None, True))
        if archived:
            yield Obstacle.ARCHIVED, _name(facts["title"])
        elif cancelled and not facts["cancelled"]:
            yield Obstacle.CANCELLED, _name(facts["title"])
        if facts["room"]["code"] not in self.rooms:
            yield Obstacle.ROOM, _name(facts["room"])
        for person in facts["people"]:
            if person["code"] not in self.people:
                yield Obstacle.PERSON, Bilingual("", "")
            elif persons_shown(facts, person) & self.people[person["code"]]:
                yield Obstacle.CONSENT, _name(person)
        if not files_of(facts) <= self.files:
            yield Obstacle.FILE, _name(facts["title"])


def _decisions(week_id: int, codes: Collection[str]) -> dict[str, frozenset[str]]:
    """Return for each of these people who is still there what the week may not publish of them."""
    people = select(Person.id, Person.code).where(Person.code.in_(codes), Person.archived_at.is_(None))
    found = {own: code for own, code in db.session.execute(people)}
    said: Mapping[int, dict[str, bool]] = {own: {} for own in found}
    query = select(SpeakerConsent.person_id, SpeakerConsent.item, SpeakerConsent.given)
    of_week = (SpeakerConsent.week_id == week_id, SpeakerConsent.person_id.in_(select(people.subquery().c.id)))
    for own, item, given in db.session.execute(query.where(*of_week)):
        said[own][item] = given
    return {code: withheld_by(said[own]) for own, code in found.items()}


def _kept(digests: Collection[str]) -> set[str]:
    """Return those of these files that are still there."""
    if not digests:
        return set()
    columns = (Attachment.sha256, PictureRendition.sha256)
    return {own for column in columns for own in db.session.scalars(select(column).where(column.in_(digests)))}


def _name(facts: Facts) -> Bilingual:
    return Bilingual(facts["zh"], facts["en"])
