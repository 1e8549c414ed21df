"""The working plan as the desk reads it: every session with its placement and what the public sees of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from eventweek.kernel.db import db
from eventweek.programme.models import (
    City,
    Room,
    Session,
    SessionRelation,
    Venue,
)
from eventweek.scheduling.models import Placement, Published, ReleaseItem
from eventweek.scheduling.queries.drafts import draft, pointers, told_of_session, working_placements
from eventweek.scheduling.queries.lines import missing_of, permit_due, pins_of, state_of
from eventweek.scheduling.queries.marks import Mark


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
    def pins(self) -> str:
        """Return what the planner may not change: `both`, `time`, `room` or nothing."""
        return pins_of(self.placement) if self.placement else ""

    @property
    def state(self) -> str:
        """Return `archived`, `cancelled`, `unplaced` or `planned`, the first that holds."""
        return state_of(self.session, placed=self.placement is not None)

    @cached_property
    def publication(self) -> str:
        """Return `new` before its first release, `changed` where the next release would change it, else `same`."""
        action = draft(self.session, self.placement, self.item).action if self.item else None
        return Mark(action, self.item is not None).publication

    @property
    def missing(self) -> set[str]:
        """Return what a session should have and has not: `people`, `english`, `permit`; a cancelled one nothing."""
        own = self.session
        return missing_of(own, people=bool(own.people), english=bool(own.title.en))

    def permit_due(self, zone: str) -> date | None:
        """Return the last day on which to apply for the safety permit; None when none is wanting."""
        return permit_due(self.missing, self.start, zone)


def list_planned(week_id: int, codes: Collection[str] | None = None) -> list[Planned]:
    """Return the sessions of the week (or those of these codes) by start, the unplaced last.

    A constant number of statements for up to 500 sessions, and one more of each kind for the next 500.
    """
    query, placed, published = _sessions(week_id), working_placements(week_id), pointers(week_id)
    if codes is not None:
        query = query.where(Session.code.in_(codes))
        ids = select(Session.id).where(Session.code.in_(codes))
        placed, published = placed.where(Placement.session_id.in_(ids)), published.where(Published.session_id.in_(ids))
    sessions = list(db.session.scalars(query))
    placements = {p.session_id: p for p in db.session.scalars(placed)}
    items = {p.session_id: p.item for p in db.session.scalars(published)}
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
            joinedload(Session.city),
            selectinload(Session.days),
            selectinload(Session.features),
            selectinload(Session.venues),
            joinedload(Session.fixed_room),
            selectinload(Session.relations).selectinload(SessionRelation.other),
        )
    )
