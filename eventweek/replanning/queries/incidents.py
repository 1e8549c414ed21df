"""What a lost hall means now: the published sessions in it, their people, and what stands everywhere else."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.planner.problem import Problem
from eventweek.programme.models import Incident, Room, Session, Venue, Week
from eventweek.programme.queries.incidents import map_losses
from eventweek.programme.rules.checks import is_locked
from eventweek.programme.rules.incidents import Loss, is_lost
from eventweek.replanning.enums import Way
from eventweek.replanning.outs import Case, Standing, way_out
from eventweek.replanning.queries.demand import demand_of
from eventweek.replanning.queries.problem import week_problem
from eventweek.scheduling.models import Placement, Plan
from eventweek.scheduling.planning import Calendar, Demand
from eventweek.scheduling.queries import list_published
from eventweek.scheduling.queries.published import PublishedSession, find_last_release

NOBODY = Demand()


@dataclass(frozen=True)
class Concerned:
    """A published session in a lost hall. `begun`: it is under way; `permit`: its safety permit names the hall."""

    own: PublishedSession
    demand: Demand
    begun: bool
    permit: bool

    @property
    def code(self) -> str:
        """Return its code."""
        return self.own.code

    @property
    def family(self) -> str:
        """Return the family of its kind."""
        return str(self.own.facts["kind"]["family"])


@dataclass(frozen=True)
class Hall:
    """A room, the published sessions that are on there or ahead, and whether it is lost now."""

    room: Room
    ahead: list[PublishedSession]
    lost: bool


@dataclass(frozen=True)
class Site:
    """A venue and its halls."""

    venue: Venue
    halls: list[Hall]

    def within(self, may: Callable[[Room], bool]) -> "Site | None":
        """Return it with the halls about which one may say something; None where there is none."""
        halls = [hall for hall in self.halls if may(hall.room)]
        return Site(self.venue, halls) if halls else None


@dataclass(frozen=True)
class Spot:
    """Where the working plan has a session; `version` of that place."""

    start: datetime
    room: str
    version: int
    end: datetime


@dataclass(frozen=True)
class Situation:
    """What is concerned now. `number`: of the last release; `drafts`: how many unpublished sessions stand there too.

    `basis` is another as soon as one of them moves, is called off or released, or anything else is.
    """

    lost: Sequence[Concerned]
    public: Sequence[PublishedSession]
    spots: Mapping[str, Spot]
    fixed: frozenset[str]
    number: int
    drafts: int
    basis: str

    @property
    def people(self) -> int:
        """Return for how many seats people have registered."""
        return sum(one.demand.registered for one in self.lost)

    @property
    def waiting(self) -> int:
        """Return how many seats people wait for."""
        return sum(one.demand.waiting for one in self.lost)

    @property
    def speakers(self) -> int:
        """Return how many people take part."""
        return len(parts_of(one.own for one in self.lost))

    @property
    def hosts(self) -> int:
        """Return how many organisations stand behind them."""
        return len(hosts_of(one.own for one in self.lost))


def foresee_loss(week: Week, incident: Incident) -> Situation:
    """Return what an incident concerns from now on, in a constant number of statements."""
    at, loss = now(), Loss(incident.since, incident.until)
    rooms = {own.room.code for own in incident.rooms}
    states, spots = _sessions(week.id), _spots(week.id)
    public = [own for own in list_published(week.id) if not own.cancelled]
    known, demand = {own.code: own for own in public}, demand_of(week.id)
    lost = [
        Concerned(own, demand.get(own.id, NOBODY), own.start <= at, states[own.code])
        for own in public
        if own.code in states and own.end > at and own.facts["room"]["code"] in rooms and loss.meets(own.start, own.end)
    ]
    drafts = [c for c, s in spots.items() if c not in known and s.room in rooms and loss.meets(s.start, s.end)]
    fixed = {code for code, permit in states.items() if permit}
    fixed |= {own.code for own in public if not _is_as_published(own, spots.get(own.code)) or own.start <= at}
    release = find_last_release(week.id)
    number = release.number if release else 0
    basis = _basis(incident, number, lost, spots)
    return Situation(lost, public, spots, frozenset(fixed), number, len(drafts), basis)


def way_problem(week: Week, incident: Incident, way: Way) -> tuple[Problem, str]:
    """Return what the planner shall solve for a way out, and by what the situation is known."""
    found, whole = foresee_loss(week, incident), week_problem(week, "fill")
    calendar = Calendar.over([datetime.fromisoformat(whole.event.start).date()], week.timezone)
    usable = {room.id for room in whole.rooms}

    def standing(code: str, room: str, start: datetime, end: datetime) -> Standing:
        return Standing(code, room, calendar.minute(start), calendar.minute(end))

    codes = {one.code for one in found.lost}
    lost = [standing(o.code, o.own.facts["room"]["code"], o.own.start, o.own.end) for o in found.lost]
    others = [standing(o.code, o.facts["room"]["code"], o.start, o.end) for o in found.public if o.code not in codes]
    others += [standing(code, s.room, s.start, s.end) for code, s in found.spots.items() if code not in codes]
    case = Case(
        lost,
        [own for own in dict.fromkeys(others) if own.room in usable],
        frozenset(one.code for one in found.lost if one.begun),
        frozenset(own.code for own in found.public) - found.fixed,
    )
    return way_out(whole, way, case), found.basis


def list_halls(week: Week) -> list[Site]:
    """Return the venues in which published sessions are on or ahead, with these halls and those sessions."""
    at, losses = now(), map_losses(week.id)
    ahead: dict[str, list[PublishedSession]] = {}
    for own in list_published(week.id):
        if not own.cancelled and own.end > at:
            ahead.setdefault(own.facts["room"]["code"], []).append(own)
    query = select(Room).join(Room.venue).where(Room.code.in_(ahead), Room.archived_at.is_(None))
    query = query.options(joinedload(Room.venue).joinedload(Venue.city))
    sites: dict[str, Site] = {}
    for room in db.session.scalars(query.order_by(Venue.city_id, Venue.id, Room.id)):
        site = sites.setdefault(room.venue.code, Site(room.venue, []))
        lost = is_lost(losses.get(room.code, ()), at, at + timedelta(minutes=1))
        site.halls.append(Hall(room, ahead[room.code], lost))
    return list(sites.values())


def parts_of(sessions: Iterable[PublishedSession]) -> set[str]:
    """Return the people (codes) that take part in published sessions."""
    return {part["code"] for own in sessions for part in own.facts["people"]}


def hosts_of(sessions: Iterable[PublishedSession]) -> set[str]:
    """Return the organisations (codes) of published sessions."""
    return {part["code"] for own in sessions for part in own.facts["organisations"]}


def _sessions(week_id: int) -> dict[str, bool]:
    """Return of each session that is on whether its permit names where it is, by code."""
    on = (Session.week_id == week_id, Session.cancelled_at.is_(None), Session.archived_at.is_(None))
    rows = db.session.execute(select(Session.code, Session.permit_status).where(*on))
    return {code: is_locked(permit) for code, permit in rows}


def _spots(week_id: int) -> dict[str, Spot]:
    own = Placement.__table__.c
    query = (
        select(Session.code, Session.duration_min, own.start, Room.code, own.version)
        .join(Placement, Placement.session_id == Session.id)
        .join(Plan, Plan.id == own.plan_id)
        .join(Room, Room.id == own.room_id)
        .where(Plan.week_id == week_id, Plan.working, Session.cancelled_at.is_(None), Session.archived_at.is_(None))
    )
    rows = db.session.execute(query).all()
    return {code: Spot(start, room, version, start + timedelta(minutes=n)) for code, n, start, room, version in rows}


def _is_as_published(own: PublishedSession, spot: Spot | None) -> bool:
    return spot is not None and (spot.start, spot.room) == (own.start, own.facts["room"]["code"])


def _basis(incident: Incident, number: int, lost: Sequence[Concerned], spots: Mapping[str, Spot]) -> str:
    rows = [
        (one.code, one.own.start.isoformat(), one.own.facts["room"]["code"], spot.version if spot else 0)
        for one in lost
        for spot in (spots.get(one.code),)
    ]
    said = json.dumps([incident.code, number, sorted(rows)])
    return hashlib.sha256(said.encode()).hexdigest()[:24]
