"""The working plan beside what is published of it: what the next release would do to each session."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, load_only, selectinload
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
from eventweek.scheduling.snapshot import Facts, cancelled, difference, lingers, snapshot, withdrawn


@dataclass(frozen=True)
class Draft:
    """A session, what is published of it (`before`), and what a release would publish (`after`)."""

    session: Session
    placement: Placement | None
    item: ReleaseItem | None
    after: Facts | None
    action: Action | None

    @property
    def before(self) -> Facts | None:
        """Return the published snapshot, None before the first release."""
        return self.item.snapshot if self.item else None


def list_drafts(week_id: int, codes: Collection[str] | None = None, plan_id: int | None = None) -> list[Draft]:
    """Return the sessions of a week (or those of these codes) by id, in a constant number of statements.

    `plan_id`: as if that scenario were the working plan.
    """
    query = select(Session).where(Session.week_id == week_id).order_by(Session.id).options(*told_of_session())
    placed, published = _placements(week_id, plan_id), pointers(week_id)
    if codes is not None:
        query = query.where(Session.code.in_(codes))
        ids = select(Session.id).where(Session.code.in_(codes))
        placed, published = placed.where(Placement.session_id.in_(ids)), published.where(Published.session_id.in_(ids))
    placements = {p.session_id: p for p in db.session.scalars(placed)}
    items = {p.session_id: p.item for p in db.session.scalars(published)}
    return [draft(s, placements.get(s.id), items.get(s.id)) for s in db.session.scalars(query)]


def draft(session: Session, placement: Placement | None, item: ReleaseItem | None) -> Draft:
    """Say what the next release would do to one session of which `item` is published: to a tentative one nothing."""
    before: Facts | None = item.snapshot if item else None
    off = session.cancelled_at or session.archived_at
    if session.tentative:
        return Draft(session, placement, item, None, None)
    if off:
        after = cancelled(before, session.cancel_reason) if before else None
    else:
        after = withdrawn(before, snapshot(placement), item.sequence if item else 0) if placement else None
    if after is not None:
        return Draft(session, placement, item, after, difference(before, after))
    return Draft(session, placement, item, None, Action.UNPLACED if before and not off else None)


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
    return _placements(week_id)


def _placements(week_id: int, plan_id: int | None = None) -> Select[Any]:
    venue = joinedload(Placement.room).joinedload(Room.venue)
    told = (venue.joinedload(own) for own in (Venue.city, Venue.photo, Venue.floor_plan))
    which = Plan.working if plan_id is None else Plan.id == plan_id
    return select(Placement).join(Placement.plan).where(Placement.week_id == week_id, which).options(*told)


def find_placement(session_id: int) -> Placement | None:
    """Return the place of a session in the working plan of its week."""
    place = joinedload(Placement.room).joinedload(Room.venue)
    query = select(Placement).join(Placement.plan).where(Placement.session_id == session_id, Plan.working)
    return db.session.scalar(query.options(place))


def pointers(week_id: int) -> Select[Any]:
    """Return the query for what is published of each session."""
    return select(Published).where(Published.week_id == week_id).options(joinedload(Published.item))
