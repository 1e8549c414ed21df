"""The working plan as facts for its rules, and what they find in it."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventweek.kernel.db import db
from eventweek.programme.enums import Reply
from eventweek.programme.models import (
    City,
    Person,
    Room,
    SeriesMember,
    Session,
    SessionPerson,
    SessionRelation,
    TravelTime,
    Venue,
    Week,
)
from eventweek.programme.rules.checks import window
from eventweek.scheduling.models import Placement, Plan
from eventweek.scheduling.problems import PersonFacts, Placed, Problem, RoomFacts, WeekFacts, problems


def list_problems(week: Week) -> list[Problem]:
    """Return what is wrong with the working plan, in a constant number of statements."""
    return problems(_week(week), _plan(week))


def list_problems_among(week: Week, codes: Collection[str]) -> list[Problem]:
    """Return what is wrong with these sessions among themselves; what binds them to others is not looked at."""
    return problems(_week(week), _plan(week, codes))


def list_problems_at(week: Week, session: Session, start: datetime, room: Room) -> list[Problem]:
    """Return what would be wrong with this session if it were placed there; nothing is changed."""
    others = [placed for placed in _plan(week) if placed.code != session.code]
    moved = _placed(session, start, room, ZoneInfo(week.timezone))
    return [problem for problem in problems(_week(week), [*others, moved]) if session.code in problem.sessions]


def _week(week: Week) -> WeekFacts:
    codes = {city.id: city.code for city in db.session.scalars(select(City))}
    times = db.session.scalars(select(TravelTime))
    return WeekFacts(
        days=frozenset(window((row.day for row in week.days), week.first_day, week.last_day)),
        lunch=(week.lunch_start, week.lunch_end),
        same_site=week.travel_same_site_min,
        same_city=week.travel_same_city_min,
        travel={frozenset({codes[t.from_id], codes[t.to_id]}): t.minutes for t in times},
    )


def _plan(week: Week, codes: Collection[str] | None = None) -> list[Placed]:
    session, room = joinedload(Placement.session), joinedload(Placement.room)
    people = session.selectinload(Session.people)
    person = people.joinedload(SessionPerson.person)
    query = (
        select(Placement)
        .join(Placement.plan)
        .join(Placement.session)
        .where(Placement.week_id == week.id, Plan.working)
        .where(Session.cancelled_at.is_(None), Session.archived_at.is_(None))
        .options(session.joinedload(Session.kind), session.joinedload(Session.city))
        .options(session.selectinload(Session.days), session.selectinload(Session.features))
        .options(session.selectinload(Session.venues), session.joinedload(Session.fixed_room))
        .options(session.selectinload(Session.relations).joinedload(SessionRelation.other))
        .options(session.selectinload(Session.memberships).joinedload(SeriesMember.series))
        .options(person.selectinload(Person.availability), people.joinedload(SessionPerson.reply))
        .options(room.joinedload(Room.venue).joinedload(Venue.city), room.selectinload(Room.features))
        .options(room.selectinload(Room.hours), room.selectinload(Room.closures))
    )
    if codes is not None:
        query = query.where(Session.code.in_(codes))
    zone = ZoneInfo(week.timezone)
    return [_placed(p.session, p.start, p.room, zone) for p in db.session.scalars(query)]


def _placed(session: Session, start: datetime, room: Room, zone: ZoneInfo) -> Placed:
    kind, begins = session.kind, start.astimezone(zone)
    relations = [(r.other.code, r.kind, r.min_gap_min) for r in session.relations]
    return Placed(
        code=session.code,
        title=session.title,
        start=begins,
        end=begins + timedelta(minutes=session.duration_min),
        room=_room(room),
        family=kind.family,
        city=session.city.code if session.city else "",
        changeover=kind.changeover_min,
        expected=session.expected,
        features=frozenset(feature.code for feature in session.features),
        venues=frozenset(venue.code for venue in session.venues),
        days=frozenset(row.day for row in session.days),
        earliest=session.earliest or kind.earliest,
        latest_end=session.latest_end or kind.latest_end,
        may_span_lunch=kind.may_span_lunch,
        plenary=session.plenary,
        fixed_start=session.fixed_start,
        fixed_room=session.fixed_room.code if session.fixed_room else "",
        people=_people(session.people),
        after=tuple((code, gap) for code, kind_, gap in relations if kind_ == "after"),
        together=frozenset(code for code, kind_, _gap in relations if kind_ == "sync_with"),
        series=tuple((m.series.code, m.series.kind, m.position) for m in session.memberships),
    )


def _room(room: Room) -> RoomFacts:
    return RoomFacts(
        code=room.code,
        name=room.name,
        venue=room.venue.code,
        city=room.venue.city.code if room.venue.city else "",
        capacity=room.capacity,
        features=frozenset(feature.code for feature in room.features),
        hours=tuple((h.day, h.opens, h.closes) for h in room.hours),
        closures=frozenset(closure.day for closure in room.closures),
    )


def _people(parts: Iterable[SessionPerson]) -> tuple[PersonFacts, ...]:
    own = {part.person_id: part for part in parts}
    return tuple(
        PersonFacts(
            code=part.person.code,
            name=part.person.name,
            spans=tuple((span.day, span.opens, span.closes) for span in part.person.availability),
            max_per_day=part.person.max_per_day,
            declined=part.reply is not None and part.reply.answer == Reply.DECLINED,
        )
        for part in own.values()
    )
