"""The rows from which a planner's problem is made, a constant number of statements for any week."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from eventweek.kernel.db import db
from eventweek.programme.models import (
    City,
    Kind,
    Room,
    Session,
    Tag,
    TagSet,
    Track,
    Venue,
    Week,
)
from eventweek.programme.models.sessions import session_tag
from eventweek.programme.queries.incidents import map_losses
from eventweek.programme.rules.incidents import Loss
from eventweek.scheduling.models import Placement
from eventweek.scheduling.problems import PersonFacts
from eventweek.scheduling.queries.frame import people_of
from eventweek.scheduling.queries.parts import Parts, read_parts
from eventweek.scheduling.queries.published import PublishedSession, list_published

S = Session.__table__.c
COLUMNS = (
    *(S.id, S.code, S.title_zh, S.title_en, S.duration_min, S.expected, S.language, S.earliest, S.latest_end),
    *(S.plenary, S.fixed_start, S.fixed_room_id, S.permit_status, S.tentative, S.city_id, City.code.label("city")),
    *(Kind.code.label("kind"), Track.code.label("track")),
    *(Kind.earliest.label("usual_earliest"), Kind.latest_end.label("usual_latest")),
    *(Placement.start, Placement.room_id, Placement.pin_time, Placement.pin_room),
)


@dataclass(frozen=True)
class Rows:
    """What the database knows of a week and one of its plans; by session id where not said otherwise."""

    sessions: Sequence[Any]
    kinds: Sequence[Kind]
    rooms: Mapping[int, Room]
    """By id."""
    people: Mapping[int, tuple[PersonFacts, ...]]
    parts: Parts
    tags: Mapping[int, list[Any]]
    published: Mapping[int, PublishedSession]
    lost: Mapping[str, Sequence[Loss]]
    """When rooms (codes) cannot be used."""


def read_rows(week: Week, plan_id: int | None) -> Rows:
    """Return the rows of a week with the places of one of its plans (None: without places)."""
    sessions = _sessions(week.id, plan_id)
    published = {one.id: one for one in list_published(week.id) if not one.cancelled}
    tags = select(session_tag.c.session_id, TagSet.code.label("set"), Tag.code).select_from(session_tag)
    tags = tags.join(Tag, Tag.id == session_tag.c.tag_id).join(TagSet, TagSet.id == Tag.set_id)
    return Rows(
        sessions=sessions,
        kinds=db.session.scalars(select(Kind).where(Kind.week_id == week.id).order_by(Kind.position, Kind.id)).all(),
        rooms=_rooms(week, sessions, {one.facts["room"]["code"] for one in published.values()}),
        people=people_of(week.id),
        parts=read_parts(week),
        tags=_by_session(tags.order_by(Tag.id), week.id),
        published=published,
        lost=map_losses(week.id),
    )


def _sessions(week_id: int, plan_id: int | None) -> Sequence[Any]:
    placed = and_(Placement.session_id == S.id, Placement.plan_id == plan_id)
    query = (
        select(*COLUMNS)
        .select_from(Session)
        .join(Session.kind)
        .outerjoin(Session.track)
        .outerjoin(Placement, placed)
        .outerjoin(City, City.id == S.city_id)
        .where(S.week_id == week_id, S.cancelled_at.is_(None), S.archived_at.is_(None))
    )
    return db.session.execute(query.order_by(S.id)).all()


def _rooms(week: Week, sessions: Sequence[Any], codes: Collection[str]) -> dict[int, Room]:
    """Return the rooms of the week's cities and those on line, and archived ones that a session stands in."""
    named = {id_ for row in sessions for id_ in (row.room_id, row.fixed_room_id) if id_}
    cities = {own.city_id for own in week.cities}
    cities |= {row.city_id for row in sessions if row.city_id} if cities else set()
    near = or_(Venue.city_id.is_(None), Venue.city_id.in_(cities)) if cities else Venue.id == Room.venue_id
    usable = and_(Room.archived_at.is_(None), Venue.archived_at.is_(None), near)
    query = select(Room).join(Room.venue).where(or_(usable, Room.id.in_(named), Room.code.in_(codes)))
    own = (selectinload(Room.features), selectinload(Room.hours), selectinload(Room.closures))
    query = query.options(joinedload(Room.venue).joinedload(Venue.city), *own).order_by(Room.id)
    return {room.id: room for room in db.session.scalars(query)}


def _by_session(query: Any, week_id: int) -> Mapping[int, list[Any]]:
    """Return the rows of a query whose first column is a session's id, for the sessions of a week."""
    found: dict[int, list[Any]] = defaultdict(list)
    own = next(iter(query.selected_columns))
    for row in db.session.execute(query.where(own.in_(select(S.id).where(S.week_id == week_id)))):
        found[row[0]].append(row)
    return found


def members(rows: Rows, kind: str) -> dict[str, list[tuple[int, int]]]:
    """Return the sessions of each series of a kind with their places in it, for sessions that take place."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in rows.sessions:
        for own in rows.parts.series.get(row.id, ()):
            if own.kind == kind:
                found[own.code].append((row.id, own.position))
    return found
