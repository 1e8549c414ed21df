"""What the rules know of a week beside where its sessions stand: read once, and good for any plan of it.

The rows of sessions are read bare: as mapped objects, 2,000 of them would take four times as long.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select

from eventweek.kernel.db import Bilingual, db
from eventweek.programme.enums import Reply
from eventweek.programme.models import (
    City,
    Kind,
    Person,
    Room,
    Session,
    SessionPerson,
    SpeakerReply,
    Track,
    Venue,
    Week,
)
from eventweek.programme.models.parties import PersonAvailability
from eventweek.programme.queries.incidents import map_losses
from eventweek.scheduling.problems import PersonFacts, Placed, RoomFacts, WeekFacts
from eventweek.scheduling.queries.parts import Parts, read_parts

Spot = tuple[datetime, int]
"""Where a session stands: start in UTC, the room's id."""
S, P, R, V = Session.__table__.c, Person.__table__.c, Room.__table__.c, Venue.__table__.c
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
    parts: Parts

    def placed(self, spots: Mapping[int, Spot]) -> list[Placed]:
        """Return the sessions of a plan as its rules see them, by id; `spots`: by session, others are left out."""
        return [self.at(own, spots[own]) for own in self.sessions if own in spots]

    def at(self, session_id: int, spot: Spot) -> Placed:
        """Return a session at a place."""
        own, begins, room = self.sessions[session_id], spot[0].astimezone(self.zone), self.rooms[spot[1]]
        relations, wants = self.parts.relations.get(own.id, ()), self.parts.wants.get(own.id, {})
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
            series=tuple(self.parts.series.get(own.id, ())),
        )


def read_frame(week: Week) -> Frame:
    """Return what the rules know of a week, in a constant number of statements."""
    query = select(*COLUMNS).select_from(Session).join(Session.kind).outerjoin(Session.track)
    query = query.outerjoin(City, City.id == S.city_id)
    on = (S.week_id == week.id, S.cancelled_at.is_(None), S.archived_at.is_(None))
    parts = read_parts(week)
    return Frame(
        week=_week(week, parts),
        zone=ZoneInfo(week.timezone),
        sessions={row.id: row for row in db.session.execute(query.where(*on).order_by(S.id))},
        rooms=_rooms(parts),
        people=people_of(week.id),
        parts=parts,
    )


def _week(week: Week, parts: Parts) -> WeekFacts:
    return WeekFacts(
        days=parts.days,
        lunch=(week.lunch_start, week.lunch_end),
        same_site=week.travel_same_site_min,
        same_city=week.travel_same_city_min,
        multiple=week.start_multiple_min,
        travel={frozenset({start, end}): minutes for start, end, minutes in parts.travel},
        lost=map_losses(week.id),
    )


def _rooms(parts: Parts) -> dict[int, RoomFacts]:
    columns = (R.id, R.code, R.name_zh, R.name_en, R.capacity, R.archived_at, V.archived_at.label("venue_archived_at"))
    query = select(*columns, V.code.label("venue"), V.name_zh, V.name_en, City.code.label("city")).select_from(Room)
    query = query.join(Room.venue).outerjoin(City, City.id == V.city_id)
    return {row.id: _room(row, parts) for row in db.session.execute(query)}


def _room(row: Any, parts: Parts) -> RoomFacts:
    return RoomFacts(
        code=row.code,
        name=Bilingual(*row[2:4]),
        venue=row.venue,
        city=row.city or "",
        capacity=row.capacity,
        features=frozenset(parts.features.get(row.id, ())),
        hours=tuple(parts.hours.get(row.id, ())),
        closures=frozenset(parts.closures.get(row.id, ())),
        site=Bilingual(*row[8:10]),
        usable=row.archived_at is None and row.venue_archived_at is None,
    )


def people_of(week_id: int) -> Mapping[int, tuple[PersonFacts, ...]]:
    """Return the people of each session in their order, each once, and whether they declined it."""
    part, span, said = SessionPerson, PersonAvailability, SpeakerReply
    replied = and_(said.session_id == part.session_id, said.person_id == part.person_id)
    query = select(part.session_id, P.id, said.answer, P.code, P.name_zh, P.name_en, P.max_per_day)
    query = query.add_columns(span.day, span.opens, span.closes).join_from(part, Session, Session.id == part.session_id)
    query = query.join(Person, P.id == part.person_id).outerjoin(said, replied).outerjoin(span, span.person_id == P.id)
    query = query.where(Session.week_id == week_id).order_by(part.session_id, part.position, span.day, span.opens)
    spans: dict[int, dict[Any, None]] = defaultdict(dict)
    found: dict[int, dict[int, Any]] = defaultdict(dict)
    for row in db.session.execute(query):
        found[row.session_id].setdefault(row.id, row)
        if row.day:
            spans[row.id][row.day, row.opens, row.closes] = None
    known: dict[tuple[int, bool], PersonFacts] = {}
    return {own: tuple(_person(row, spans, known) for row in rows.values()) for own, rows in found.items()}


def _person(row: Any, spans: Mapping[int, Iterable[Any]], known: dict[tuple[int, bool], PersonFacts]) -> PersonFacts:
    """Return a person as somebody who takes part, each made once."""
    key = row.id, row.answer == Reply.DECLINED
    if key not in known:
        name = Bilingual(row.name_zh, row.name_en)
        known[key] = PersonFacts(row.code, name, tuple(spans.get(row.id, ())), row.max_per_day, declined=key[1])
    return known[key]
