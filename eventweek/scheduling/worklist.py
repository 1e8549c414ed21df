"""The working plan as the desk reads it: every session with its placement and what the public sees of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from eventweek.kernel.clock import local_day
from eventweek.kernel.db import db
from eventweek.kernel.text import search_key
from eventweek.programme.enums import PermitStatus
from eventweek.programme.models import (
    City,
    Room,
    Session,
    SessionRelation,
    Venue,
)
from eventweek.scheduling.models import Placement, Published, ReleaseItem
from eventweek.scheduling.queries.drafts import draft, pointers, told_of_session, working_placements

PERMIT_DAYS = 20


@dataclass(frozen=True)
class Planned:
    """A session as it stands in the working plan; `item` is what is published of it, None before its first release."""

    session: Session
    placement: Placement | None
    item: ReleaseItem | None

    @property
    def start(self) -> datetime | None:
        """Return the planned start, aware in UTC."""
        return self.placement.start if self.placement else None

    @property
    def end(self) -> datetime | None:
        """Return the planned end, aware in UTC."""
        return self.placement.start + timedelta(minutes=self.session.duration_min) if self.placement else None

    @property
    def room(self) -> Room | None:
        """Return the planned room."""
        return self.placement.room if self.placement else None

    @property
    def venue(self) -> Venue | None:
        """Return the planned venue."""
        return self.placement.room.venue if self.placement else None

    @property
    def city(self) -> City | None:
        """Return the city where it takes place, else the one that it belongs to."""
        return (self.venue.city if self.venue else None) or self.session.city

    @property
    def state(self) -> str:
        """Return `archived`, `cancelled`, `unplaced` or `planned`, the first that holds."""
        if self.session.archived_at:
            return "archived"
        if self.session.cancelled_at:
            return "cancelled"
        return "planned" if self.placement else "unplaced"

    @cached_property
    def publication(self) -> str:
        """Return `new` before its first release, `changed` where the next release would change it, else `same`."""
        if self.item is None:
            return "new"
        return "changed" if draft(self.session, self.placement, self.item).action else "same"

    @property
    def missing(self) -> set[str]:
        """Return what a session should have and has not: `people`, `english`, `permit`; a cancelled one nothing."""
        own = self.session
        if own.cancelled_at or own.archived_at:
            return set()
        permit = own.permit_required and own.permit_status != PermitStatus.APPROVED
        lacks = {"people": not own.people, "english": not own.title.en, "permit": permit}
        return {name for name, lacking in lacks.items() if lacking}

    def permit_due(self, zone: str) -> date | None:
        """Return the last day on which to apply for the safety permit, 20 days before; None when none is wanting.

        Source: the state's regulation on the safety of large mass events (2007), article 12: 20 days before.
        """
        if "permit" not in self.missing or not self.start:
            return None
        return local_day(self.start, zone) - timedelta(days=PERMIT_DAYS)

    def matches(self, words: str) -> bool:
        """Say whether every word stands in the title, code, place, people or organisations, in either language."""
        session = self.session
        names = [session.title, session.kind.name, *(p.person.name for p in session.people)]
        for own in session.organisations:
            names += [own.organisation.name, own.organisation.short_name]
        if self.placement:
            names += [self.placement.room.name, self.placement.room.venue.name]
        text = search_key(" ".join([session.code, session.source_key, *(f"{n.zh} {n.en}" for n in names)]))
        return all(word in text for word in search_key(words).split())


def list_planned(week_id: int) -> list[Planned]:
    """Return every session of the week by start, the unplaced last; a constant number of statements."""
    sessions = list(db.session.scalars(_sessions(week_id)))
    placements = {p.session_id: p for p in db.session.scalars(working_placements(week_id))}
    items = {p.session_id: p.item for p in db.session.scalars(pointers(week_id))}
    planned = [Planned(s, placements.get(s.id), items.get(s.id)) for s in sessions]
    return sorted(planned, key=in_order)


def find_planned(week_id: int, code: str) -> Planned | None:
    """Return one session of the week with its placement and publication."""
    session = db.session.scalar(_sessions(week_id).where(Session.code == code))
    if session is None:
        return None
    placement = db.session.scalar(working_placements(week_id).where(Placement.session_id == session.id))
    pointer = db.session.scalar(pointers(week_id).where(Published.session_id == session.id))
    return Planned(session, placement, pointer.item if pointer else None)


def in_order(planned: Planned) -> tuple[Any, ...]:
    """Sort by start, the unplaced last, then by title and code."""
    start = planned.start.timestamp() if planned.start else float("inf")
    return (start, planned.session.title.zh, planned.session.code)


def _sessions(week_id: int) -> Select[Session]:
    return (
        select(Session)
        .where(Session.week_id == week_id)
        .order_by(Session.id)
        .options(
            *told_of_session(),
            selectinload(Session.city),
            selectinload(Session.days),
            selectinload(Session.features),
            selectinload(Session.venues),
            selectinload(Session.fixed_room),
            selectinload(Session.relations).selectinload(SessionRelation.other),
        )
    )
