"""A person's own sessions of a week: what is published of them, what is planned, what changed since a moment."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from eventweek.kernel.db import Bilingual, db
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
