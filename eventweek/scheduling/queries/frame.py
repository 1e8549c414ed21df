"""What the rules know of a week beside where its sessions stand: read once, and good for any plan of it.

The rows of sessions are read bare: as mapped objects, 2,000 of them would take four times as long.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import String, and_, cast, literal, select, union_all
from sqlalchemy.orm import aliased, joinedload, selectinload

from eventweek.kernel.db import Bilingual, db
from eventweek.programme.enums import Reply
from eventweek.programme.models import (
    City,
    Feature,
    Kind,
    Person,
    Room,
    Series,
    SeriesMember,
    Session,
    SessionDay,
    SessionPerson,
    SessionRelation,
    SpeakerReply,
    Track,
    TravelTime,
    Venue,
    Week,
)
from eventweek.programme.models.parties import PersonAvailability
from eventweek.programme.models.sessions import session_feature, session_venue
from eventweek.programme.queries.incidents import map_losses
from eventweek.programme.rules.checks import window
from eventweek.scheduling.problems import PersonFacts, Placed, RoomFacts, WeekFacts

Rows = Mapping[int, list[Any]]
Spot = tuple[datetime, int]
"""Where a session stands: start in UTC, the room's id."""
S, P = Session.__table__.c, Person.__table__.c
COLUMNS = (
    *(S.id, S.code, S.title_zh, S.title_en, S.duration_min, S.expected, S.kind_id, S.city_id, S.permit_status),
    *(S.earliest, S.latest_end, S.plenary, S.fixed_start, S.fixed_room_id, City.code.label("city")),
    *(Kind.family, Kind.changeover_min, Kind.may_span_lunch, Track.code.label("track")),
    *(Kind.earliest.label("usual_earliest"), Kind.latest_end.label("usual_latest")),
)


@dataclass(frozen=True)
class Frame:
    """A week without its plans: `sessions` that are on, by id; what they refer to, and the rows that belong to them."""

    week: WeekFacts
    zone: ZoneInfo
    sessions: Mapping[int, Any]
    rooms: Mapping[int, RoomFacts]
    people: Mapping[int, tuple[PersonFacts, ...]]
    wants: Mapping[int, Mapping[str, list[str]]]
    relations: Rows
    series: Rows

    def placed(self, spots: Mapping[int, Spot]) -> list[Placed]:
        """Return the sessions of a plan as its rules see them, by id; `spots`: by session, others are left out."""
        return [self.at(own, spots[own]) for own in self.sessions if own in spots]

    def at(self, session_id: int, spot: Spot) -> Placed:
        """Return a session at a place."""
        own, begins, room = self.sessions[session_id], spot[0].astimezone(self.zone), self.rooms[spot[1]]
        relations, wants = self.relations.get(own.id, ()), self.wants.get(own.id, {})
        return Placed(
            code=own.code,
            title=Bilingual(own.title_zh, own.title_en),
            start=begins,
            end=begins + timedelta(minutes=own.duration_min),
            room=room,
            family=own.family,
            city=own.city or "",
            changeover=own.changeover_min,
            expected=own.expected,
            features=frozenset(wants.get("feature", ())),
            venues=frozenset(wants.get("venue", ())),
            days=frozenset(map(date.fromisoformat, wants.get("day", ()))),
            earliest=own.earliest or own.usual_earliest,
            latest_end=own.latest_end or own.usual_latest,
            may_span_lunch=own.may_span_lunch,
            plenary=own.plenary,
            fixed_start=own.fixed_start,
            fixed_room=self.rooms[own.fixed_room_id].code if own.fixed_room_id else "",
            people=self.people.get(own.id, ()),
            after=tuple((row.code, row.min_gap_min) for row in relations if row.kind == "after"),
            together=frozenset(row.code for row in relations if row.kind == "sync_with"),
            series=tuple((row.code, row.kind, row.position) for row in self.series.get(own.id, ())),
        )


def read_frame(week: Week) -> Frame:
    """Return what the rules know of a week, in a constant number of statements."""
    query = select(*COLUMNS).select_from(Session).join(Session.kind).outerjoin(Session.track)
    query = query.outerjoin(City, City.id == S.city_id)
    on = (S.week_id == week.id, S.cancelled_at.is_(None), S.archived_at.is_(None))
    other, tie, member = aliased(Session), SessionRelation, SeriesMember
    ties = select(tie.session_id, other.code, tie.kind, tie.min_gap_min).join(other, other.id == tie.other_id)
    series = select(member.session_id, Series.code, Series.kind, member.position)
    return Frame(
        week=_week(week),
        zone=ZoneInfo(week.timezone),
        sessions={row.id: row for row in db.session.execute(query.where(*on).order_by(S.id))},
        rooms=_rooms(),
        people=people_of(week.id),
        wants=wants_of(week.id),
        relations=by_session(ties.order_by(tie.other_id, tie.kind), week.id),
        series=by_session(series.join(member.series).order_by(Series.id), week.id),
    )


def _week(week: Week) -> WeekFacts:
    one, two = aliased(City), aliased(City)
    times = select(one.code, two.code, TravelTime.minutes).join_from(TravelTime, one, one.id == TravelTime.from_id)
    times = times.join(two, two.id == TravelTime.to_id)
    return WeekFacts(
        days=frozenset(window((row.day for row in week.days), week.first_day, week.last_day)),
        lunch=(week.lunch_start, week.lunch_end),
        same_site=week.travel_same_site_min,
        same_city=week.travel_same_city_min,
        multiple=week.start_multiple_min,
        travel={frozenset({start, end}): minutes for start, end, minutes in db.session.execute(times)},
        lost=map_losses(week.id),
    )


def wants_of(week_id: int) -> Mapping[int, Mapping[str, list[str]]]:
    """Return by session the features, venues and days that it asks for, as texts by these names."""
    feature, venue, day = session_feature.c, session_venue.c, SessionDay
    own = union_all(
        select(feature.session_id, literal("feature").label("name"), Feature.code.label("value"))
        .select_from(session_feature)
        .join(Feature, Feature.id == feature.feature_id),
        select(venue.session_id, literal("venue"), Venue.code)
        .select_from(session_venue)
        .join(Venue, Venue.id == venue.venue_id),
        select(day.session_id, literal("day"), cast(day.day, String)),
    ).subquery()
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for session_id, rows in by_session(select(own), week_id).items():
        for _id, name, value in rows:
            found[session_id][name].append(value)
    return found


def by_session(query: Any, week_id: int) -> Rows:
    """Return the rows of a query whose first column is a session's id, for the sessions of a week."""
    found: dict[int, list[Any]] = defaultdict(list)
    own = next(iter(query.selected_columns))
    for row in db.session.execute(query.where(own.in_(select(S.id).where(S.week_id == week_id)))):
        found[row[0]].append(row)
    return found


def _rooms() -> dict[int, RoomFacts]:
    own = (selectinload(Room.features), selectinload(Room.hours), selectinload(Room.closures))
    query = select(Room).options(joinedload(Room.venue).joinedload(Venue.city), *own)
    return {room.id: _room(room) for room in db.session.scalars(query)}


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
        site=room.venue.name,
        usable=room.archived_at is None and room.venue.archived_at is None,
    )


def people_of(week_id: int) -> Mapping[int, tuple[PersonFacts, ...]]:
    """Return the people of each session in their order, each once, and whether they declined it."""
    part, span, said = SessionPerson, PersonAvailability, SpeakerReply
    replied = and_(said.session_id == part.session_id, said.person_id == part.person_id)
    parts = select(part.session_id, part.person_id, said.answer).outerjoin(said, replied)
    people = by_session(parts.order_by(part.session_id, part.position), week_id)
    named = select(part.person_id).join(Session, Session.id == part.session_id).where(Session.week_id == week_id)
    query = select(P.id, P.code, P.name_zh, P.name_en, P.max_per_day, span.day, span.opens, span.closes)
    query = query.outerjoin_from(Person, span, span.person_id == P.id).where(P.id.in_(named))
    known: dict[int, PersonFacts] = {}
    for own, code, zh, en, most, *times in db.session.execute(query.order_by(P.id, span.day, span.opens)):
        before = known[own].spans if own in known else ()
        known[own] = PersonFacts(code, Bilingual(zh, en), (*before, *([tuple(times)] if times[0] else [])), most)
    return {
        session_id: tuple({own: _taking_part(known[own], answer) for _id, own, answer in group}.values())
        for session_id, group in people.items()
    }


def _taking_part(person: PersonFacts, answer: str | None) -> PersonFacts:
    return replace(person, declined=True) if answer == Reply.DECLINED else person
