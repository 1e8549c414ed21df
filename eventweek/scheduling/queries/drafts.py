"""The working plan beside what is published of it: what the next release would do to each session."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload, load_only, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from eventweek.kernel.db import db
from eventweek.programme.models import (
    Organisation,
    Person,
    Room,
    SeriesMember,
    Session,
    SessionAttachment,
    SessionOrganisation,
    SessionPerson,
    Tag,
    Venue,
)
from eventweek.scheduling.enums import Action
from eventweek.scheduling.models import Placement, Plan, Published, ReleaseItem
from eventweek.scheduling.queries.bare import Bare, list_bare
from eventweek.scheduling.queries.published import PublishedSession, recall
from eventweek.scheduling.snapshot import Facts, cancelled, difference, lingers, snapshot, withdrawn


@dataclass(frozen=True)
class Draft:
    """A session (`id`, `code`, `title`, `tentative`), what is published of it (`before`), what would be (`after`)."""

    session: Any
    item: ReleaseItem | PublishedSession | None
    after: Facts | None
    action: Action | None

    @property
    def before(self) -> Facts | None:
        """Return the published snapshot, None before the first release."""
        return facts_of(self.item)


def list_drafts(week_id: int, codes: Collection[str] | None = None, plan_id: int | None = None) -> list[Draft]:
    """Return the sessions of a week (or those of these codes) by id, in at most eight statements.

    `plan_id`: as if that scenario were the working plan.
    """
    return draw(list_bare(week_id, codes, plan_id))


def draw(rows: Iterable[Bare]) -> list[Draft]:
    """Say what the next release would do to sessions that were read bare, in at most one statement for each 1,000."""
    every = list(rows)
    items = {own.id: own for own in recall([row.mark for row in every if row.mark])}
    return [replace(draft(row.session, row.placement, items.get(row.id)), session=row) for row in every]


def redraw(rows: Iterable[tuple[Bare, Facts | None, Action]]) -> list[Draft]:
    """Return drafts of which it is known what they would publish, in at most one statement for each 1,000."""
    every = list(rows)
    items = {own.id: own for own in recall([row.mark for row, _after, _action in every if row.mark])}
    return [Draft(row, items.get(row.id), after, action) for row, after, action in every]


def facts_of(item: ReleaseItem | PublishedSession | None) -> Facts | None:
    """Return what an item says, as it was released or as readers receive it."""
    return None if item is None else item.facts if isinstance(item, PublishedSession) else item.snapshot


def draft(session: Any, placement: Any, item: ReleaseItem | PublishedSession | None) -> Draft:
    """Say what the next release would do to one session of which `item` is published: to a tentative one nothing."""
    before = facts_of(item)
    off = session.cancelled_at or session.archived_at
    if session.tentative:
        return Draft(session, item, None, None)
    if off:
        after = cancelled(before, session.cancel_reason) if before else None
    else:
        after = withdrawn(before, snapshot(placement), item.sequence if item else 0) if placement else None
    if after is not None:
        return Draft(session, item, after, difference(before, after))
    return Draft(session, item, None, Action.UNPLACED if before and not off else None)


def list_lingering(week_id: int, codes: Collection[str]) -> set[str]:
    """Return which of these published sessions tell the public what somebody has taken back."""
    if not codes:
        return set()
    person = selectinload(Session.people).joinedload(SessionPerson.person).load_only(Person.code)
    query = select(Session, ReleaseItem).join(Published, Published.session_id == Session.id).join(Published.item)
    query = query.where(Session.week_id == week_id, Session.code.in_(codes))
    rows = db.session.execute(
        query.options(load_only(Session.code, Session.week_id), person.selectinload(Person.consents))
    )
    return {session.code for session, item in rows if lingers(item.snapshot, session)}


def told_of_session() -> list[ORMOption]:
    """Return the loader options for everything that a snapshot tells of a session."""
    return [
        joinedload(Session.kind),
        joinedload(Session.track),
        joinedload(Session.poster),
        selectinload(Session.people)
        .joinedload(SessionPerson.person)
        .options(joinedload(Person.portrait), joinedload(Person.consents)),
        selectinload(Session.organisations).joinedload(SessionOrganisation.organisation).joinedload(Organisation.logo),
        selectinload(Session.links),
        selectinload(Session.attachments).joinedload(SessionAttachment.file),
        selectinload(Session.tags).joinedload(Tag.set),
        selectinload(Session.memberships).joinedload(SeriesMember.series),
    ]


def working_placements(week_id: int) -> Select[Any]:
    """Return the query for the placements of the working plan with their rooms, venues and cities."""
    venue = joinedload(Placement.room).joinedload(Room.venue)
    told = (venue.joinedload(own) for own in (Venue.city, Venue.photo, Venue.floor_plan))
    query = select(Placement).join(Placement.plan).where(Placement.week_id == week_id, Plan.working)
    return query.options(*told)


def find_placement(session_id: int) -> Placement | None:
    """Return the place of a session in the working plan of its week."""
    place = joinedload(Placement.room).joinedload(Room.venue)
    query = select(Placement).join(Placement.plan).where(Placement.session_id == session_id, Plan.working)
    return db.session.scalar(query.options(place))


def find_placement_of(code: str) -> Placement | None:
    """Return the place of a session (code) in the working plan of its week, with the session, in one statement."""
    place = joinedload(Placement.room).joinedload(Room.venue)
    query = select(Placement).join(Placement.plan).join(Placement.session).where(Session.code == code, Plan.working)
    return db.session.scalar(query.options(place, contains_eager(Placement.session)))


def pointers(week_id: int) -> Select[Any]:
    """Return the query for what is published of each session."""
    return select(Published).where(Published.week_id == week_id).options(joinedload(Published.item))
