"""The working plan as facts for its rules, and what they find in it.

The rows of sessions are read bare: as mapped objects, 2,000 of them would take four times as long.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, String, and_, cast, literal, select, union_all
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
    TravelTime,
    Venue,
    Week,
)
from eventweek.programme.models.parties import PersonAvailability
from eventweek.programme.models.sessions import session_feature, session_venue
from eventweek.programme.queries.incidents import map_losses
from eventweek.programme.rules.checks import window
from eventweek.scheduling.enums import Level
from eventweek.scheduling.halls import Hall, larger_halls
from eventweek.scheduling.models import Placement, Plan
from eventweek.scheduling.problems import PersonFacts, Placed, Problem, RoomFacts, WeekFacts, clashes, problems
from eventweek.scheduling.queries.levels import levels
from eventweek.scheduling.queries.lines import Line
from eventweek.scheduling.queries.overrides import still_stopping
from eventweek.scheduling.rulebook import LEVELS, only_clashes_stop

Rows = Mapping[int, list[Any]]
S, P = Session.__table__.c, Person.__table__.c
COLUMNS = (
    *(S.id, S.code, S.title_zh, S.title_en, S.duration_min, S.expected),
    *(S.earliest, S.latest_end, S.plenary, S.fixed_start, S.fixed_room_id, City.code.label("city")),
    *(Kind.family, Kind.changeover_min, Kind.may_span_lunch),
    *(Kind.earliest.label("usual_earliest"), Kind.latest_end.label("usual_latest")),
)


@dataclass(frozen=True)
class _Facts:
    """What sessions refer to, and by session id the rows that belong to them."""

    rooms: Mapping[int, RoomFacts]
    people: Mapping[int, tuple[PersonFacts, ...]]
    wants: Mapping[int, Mapping[str, list[str]]]
    relations: Rows
    series: Rows


def list_problems(week: Week) -> list[Problem]:
    """Return what is wrong with the working plan, in a constant number of statements."""
    return problems(_week(week), _plan(week), levels(week.id))


def list_problems_as(week: Week, places: Mapping[str, tuple[datetime, str]]) -> list[Problem]:
    """Return what would be wrong if only these sessions stood anywhere, each at its start in the room of that code."""
    rooms: dict[str, int] = {code: own for code, own in db.session.execute(select(Room.code, Room.id))}
    instead = {code: (start, rooms[room]) for code, (start, room) in places.items() if room in rooms}
    plan = [placed for placed in _plan(week, instead) if placed.code in instead]
    return problems(_week(week), plan, levels(week.id))


def list_stopping(week: Week, lines: Iterable[Line]) -> list[Problem]:
    """Return what stops a release of the whole plan, without what somebody lets pass; `lines`: those of the week."""
    own = levels(week.id)
    found = list_clashes(week.id, lines, own) if only_clashes_stop(own) else list_problems(week)
    return still_stopping(week.id, found)


def list_clashes(week_id: int, lines: Iterable[Line], own: Mapping[str, Level] = LEVELS) -> list[Problem]:
    """Return where two of these sessions need one room or one person at one time, which cannot be.

    One statement: the rest is in the lines, which say what the plan says. `own`: the levels of the week.
    """
    part = SessionPerson.__table__.c
    rows = select(part.session_id, P.code, P.name_zh, P.name_en).join(Person.__table__, P.id == part.person_id)
    people: dict[int, dict[str, PersonFacts]] = defaultdict(dict)
    for session_id, code, zh, en in db.session.execute(rows.join(Session.__table__).where(S.week_id == week_id)).all():
        people[session_id][code] = PersonFacts(code, Bilingual(zh, en))
    placed = [line for line in lines if line.state == "planned"]
    rooms = {
        room.id: RoomFacts(room.code, room.name, "", "", room.capacity) for room in {p.room for p in placed} if room
    }
    plan = [
        Placed(
            line.code, line.title, line.start, line.end, rooms[line.room.id], people=tuple(people[line.own.id].values())
        )
        for line in placed
        if line.start and line.end and line.room
    ]
    return clashes(plan, own)


def list_problems_at(week: Week, session: Session, start: datetime, room: Room) -> list[Problem]:
    """Return what would be wrong with this session if it were placed there; nothing is changed."""
    plan = _plan(week, {session.code: (start, room.id)})
    found = problems(_week(week), plan, levels(week.id))
    return [problem for problem in found if session.code in problem.sessions]


def map_larger_halls(week: Week, wanted: Mapping[str, int]) -> dict[str, list[Hall]]:
    """Return larger halls for placed sessions by code, in a constant number of statements.

    `wanted`: for each how many seats it should have; a session without a place is left out.
    """
    plan, frame, meant = _plan(week), _week(week), levels(week.id)
    usable = select(Room.id).join(Room.venue).where(Room.archived_at.is_(None), Venue.archived_at.is_(None))
    rooms = _rooms(usable).values()
    return {p.code: larger_halls(frame, plan, p, rooms, wanted[p.code], meant) for p in plan if p.code in wanted}


def map_problems(week: Week, plans: Collection[int]) -> dict[int, list[Problem]]:
    """Return what is wrong with each of these plans (ids), in a constant number of statements."""
    sessions = _sessions_on(week)
    places: dict[int, Spots] = {plan: {} for plan in plans}
    columns = (Placement.plan_id, Placement.session_id, Placement.start, Placement.room_id)
    for plan, session, start, room in db.session.execute(select(*columns).where(Placement.plan_id.in_(plans))):
        places[plan][session] = (start, room)
    return dict(zip(places, _problems_of(week, sessions, list(places.values())), strict=True))


def list_problems_of(week: Week, variants: Sequence[Mapping[str, tuple[datetime, str]]]) -> list[list[Problem]]:
    """Return for each variant what would be wrong if only its sessions stood anywhere, in a constant number of
    statements: each at its start in the room of that code."""
    rooms: dict[str, int] = {code: own for code, own in db.session.execute(select(Room.code, Room.id))}
    sessions = _sessions_on(week)
    codes = {row.code: row.id for row in sessions}
    places: list[Spots] = [
        {codes[code]: (start, rooms[room]) for code, (start, room) in own.items() if code in codes and room in rooms}
        for own in variants
    ]
    return _problems_of(week, sessions, places)


Spots = dict[int, tuple[datetime, int]]
"""Start and room (id) by session id."""


def _sessions_on(week: Week) -> Sequence[Any]:
    query = select(*COLUMNS).join(Session.kind).outerjoin(City, City.id == S.city_id)
    on = (S.week_id == week.id, S.cancelled_at.is_(None), S.archived_at.is_(None))
    return db.session.execute(query.where(*on).order_by(S.id)).all()


def _problems_of(week: Week, sessions: Sequence[Any], places: Sequence[Spots]) -> list[list[Problem]]:
    """Return what is wrong with sessions at each of these places, whose facts are read once."""
    used = {room for own in places for _start, room in own.values()}
    facts = _facts(week.id, used | {row.fixed_room_id for row in sessions} - {None})
    frame, zone, meant = _week(week), ZoneInfo(week.timezone), levels(week.id)

    def placed(own: Spots) -> list[Placed]:
        rows = [(row, *own[row.id]) for row in sessions if row.id in own]
        return [_placed(row, start.astimezone(zone), facts.rooms[room], facts) for row, start, room in rows]

    return [problems(frame, placed(own), meant) for own in places]


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


def _plan(week: Week, instead: Mapping[str, tuple[datetime, int]] | None = None) -> list[Placed]:
    """Return the sessions that are on and have a place; `instead` gives some another start and room."""
    moved = instead or {}
    placed = and_(Placement.session_id == S.id, Placement.plan_id == Plan.id)
    query = (
        select(*COLUMNS, Placement.start, Placement.room_id)
        .select_from(Session)
        .join(Session.kind)
        .outerjoin(Plan, and_(Plan.week_id == S.week_id, Plan.working))
        .outerjoin(Placement, placed)
        .outerjoin(City, City.id == S.city_id)
        .where(S.week_id == week.id, S.cancelled_at.is_(None), S.archived_at.is_(None))
        .order_by(S.id)
    )
    rows = [(row, *moved.get(row.code, (row.start, row.room_id))) for row in db.session.execute(query)]
    rooms = {room_id for _row, _start, room_id in rows} | {row.fixed_room_id for row, _start, _room in rows}
    facts, zone = _facts(week.id, rooms - {None}), ZoneInfo(week.timezone)
    return [_placed(row, start.astimezone(zone), facts.rooms[room], facts) for row, start, room in rows if start]


def _placed(own: Any, begins: datetime, room: RoomFacts, facts: _Facts) -> Placed:
    relations, wants = facts.relations.get(own.id, ()), facts.wants.get(own.id, {})
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
        fixed_room=facts.rooms[own.fixed_room_id].code if own.fixed_room_id else "",
        people=facts.people.get(own.id, ()),
        after=tuple((row.code, row.min_gap_min) for row in relations if row.kind == "after"),
        together=frozenset(row.code for row in relations if row.kind == "sync_with"),
        series=tuple((row.code, row.kind, row.position) for row in facts.series.get(own.id, ())),
    )


def _facts(week_id: int, rooms: Collection[int]) -> _Facts:
    other, tie, member = aliased(Session), SessionRelation, SeriesMember
    ties = select(tie.session_id, other.code, tie.kind, tie.min_gap_min).join(other, other.id == tie.other_id)
    series = select(member.session_id, Series.code, Series.kind, member.position)
    return _Facts(
        rooms=_rooms(rooms),
        people=people_of(week_id),
        wants=wants_of(week_id),
        relations=by_session(ties.order_by(tie.other_id, tie.kind), week_id),
        series=by_session(series.join(member.series).order_by(Series.id), week_id),
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


def _rooms(ids: Collection[int] | Select[int]) -> dict[int, RoomFacts]:
    own = (selectinload(Room.features), selectinload(Room.hours), selectinload(Room.closures))
    query = select(Room).where(Room.id.in_(ids)).options(joinedload(Room.venue).joinedload(Venue.city), *own)
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
