"""The sessions of a working plan in the few columns by which lists find, sort and count them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, select, type_coerce
from sqlalchemy.orm import joinedload

from eventweek.kernel.clock import local_day
from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.text import search_key
from eventweek.programme.enums import PermitStatus
from eventweek.programme.models import (
    City,
    Kind,
    Organisation,
    Person,
    Room,
    Session,
    SessionOrganisation,
    SessionPerson,
    Venue,
)
from eventweek.scheduling.models import Placement, Plan

PERMIT_DAYS = 20
S, P, W = Session.__table__.c, Placement.__table__.c, Plan.__table__.c
COLUMNS = (
    *(S.id, S.code, S.source_key, S.title_zh, S.title_en, S.kind_id, S.city_id, S.duration_min, S.expected),
    *(S.visibility, S.registration, S.permit_required, S.permit_status),
    *(type_coerce(at, String).label(at.name) for at in (S.cancelled_at, S.archived_at)),  # whether, not when
    *(P.start, P.room_id, P.pin_time, P.pin_room, S.track_id, S.version, P.version.label("place_version")),
)


def _lines(which: ColumnElement[bool]) -> Select[Any]:
    plan = Session.__table__.outerjoin(Plan.__table__, and_(W.week_id == S.week_id, which))
    placed = plan.outerjoin(Placement.__table__, and_(P.plan_id == W.id, P.session_id == S.id))
    return select(*COLUMNS).select_from(placed).where(S.week_id == bindparam("week_id")).order_by(S.id)


LINES, OF_PLAN = _lines(W.working), _lines(W.id == bindparam("plan_id"))


@dataclass(frozen=True)
class Line:
    """A session as a list knows it: `own` holds its columns, `people` says whether it has any.

    `start`: when it is planned, aware in UTC; `room`, `venue`: where; `city`: of that, else the one it belongs to.
    """

    own: Any
    start: datetime | None
    kind: Kind
    room: Room | None
    venue: Venue | None
    city: City | None
    people: bool

    @property
    def code(self) -> str:
        """Return the session's code."""
        return str(self.own.code)

    @property
    def title(self) -> Bilingual:
        """Return the session's title."""
        return Bilingual(self.own.title_zh, self.own.title_en)

    @property
    def end(self) -> datetime | None:
        """Return the planned end, aware in UTC."""
        return self.start + timedelta(minutes=self.own.duration_min) if self.start else None

    @property
    def pins(self) -> str:
        """Return what the planner may not change: `both`, `time`, `room` or nothing."""
        return pins_of(self.own)

    @property
    def state(self) -> str:
        """Return `archived`, `cancelled`, `unplaced` or `planned`, the first that holds."""
        return state_of(self.own, placed=self.room is not None)

    @property
    def missing(self) -> set[str]:
        """Return what a session should have and has not."""
        return missing_of(self.own, people=self.people, english=bool(self.own.title_en))

    def permit_due(self, zone: str) -> date | None:
        """Return the last day on which to apply for the safety permit; None when none is wanting."""
        return permit_due(self.missing, self.start, zone)


def permit_due(missing: Collection[str], start: datetime | None, zone: str) -> date | None:
    """Return the last day on which to apply for the safety permit, 20 days before; None when none is wanting.

    Source: the state's regulation on the safety of large mass events (2007), article 12: 20 days before.
    """
    return local_day(start, zone) - timedelta(days=PERMIT_DAYS) if start and "permit" in missing else None


def pins_of(own: Any) -> str:
    """Return what is pinned of a place: `both`, `time`, `room` or nothing."""
    if own.pin_time and own.pin_room:
        return "both"
    return "time" if own.pin_time else "room" if own.pin_room else ""


def state_of(own: Any, *, placed: bool) -> str:
    """Return `archived`, `cancelled`, `unplaced` or `planned`, the first that holds of a session."""
    if own.archived_at:
        return "archived"
    if own.cancelled_at:
        return "cancelled"
    return "planned" if placed else "unplaced"


def missing_of(own: Any, *, people: bool, english: bool) -> set[str]:
    """Return what a session should have and has not: `people`, `english`, `permit`; a cancelled one nothing."""
    if own.cancelled_at or own.archived_at:
        return set()
    permit = own.permit_required and own.permit_status != PermitStatus.APPROVED
    lacks = {"people": not people, "english": not english, "permit": permit}
    return {name for name, lacking in lacks.items() if lacking}


def list_lines(week_id: int, plan_id: int | None = None) -> list[Line]:
    """Return every session of the week by id, as the working plan has it, or a scenario (`plan_id`).

    Always five statements, none of which loads a text or a snapshot.
    """
    asked = {"week_id": week_id} | ({} if plan_id is None else {"plan_id": plan_id})
    rows = db.session.execute(LINES if plan_id is None else OF_PLAN, asked).all()
    kinds = {kind.id: kind for kind in db.session.scalars(select(Kind).where(Kind.week_id == week_id))}
    place = joinedload(Room.venue).joinedload(Venue.city)
    used = select(Placement.room_id).where(Placement.week_id == week_id)
    rooms = db.session.scalars(select(Room).where(Room.id.in_(used)).options(place))
    places = {room.id: (room, room.venue, room.venue.city) for room in rooms}
    cities = {city.id: city for city in db.session.scalars(select(City))}
    own = select(SessionPerson.session_id).join(Session, Session.id == SessionPerson.session_id)
    peopled = set(db.session.scalars(own.where(Session.week_id == week_id).distinct()))

    def line(row: Any) -> Line:
        room, venue, city = places.get(row.room_id, (None, None, None))
        home = city or cities.get(row.city_id)
        return Line(row, row.start, kinds[row.kind_id], room, venue, home, row.id in peopled)

    return [line(row) for row in rows]


def matching(week_id: int, lines: Iterable[Line], words: str) -> list[Line]:
    """Return the lines where every word stands in title, code, place, people or organisations, in either language."""
    wanted = search_key(words).split()
    if not wanted:
        return list(lines)
    names = _names(week_id)
    return [line for line in lines if all(word in _searched(line, names) for word in wanted)]


def _searched(line: Line, names: Mapping[int, list[str]]) -> str:
    own = line.own
    pairs = [line.title, line.kind.name, *(place.name for place in (line.room, line.venue) if place)]
    told = [own.code, own.source_key, *(f"{pair.zh} {pair.en}" for pair in pairs), *names.get(own.id, [])]
    return search_key(" ".join(told))


def _names(week_id: int) -> dict[int, list[str]]:
    """Return what the people and organisations of each session are called."""
    person, unit = Person.__table__.c, Organisation.__table__.c
    people = (
        select(SessionPerson.session_id, person.name_zh, person.name_en)
        .join(Session, Session.id == SessionPerson.session_id)
        .join(Person, Person.id == SessionPerson.person_id)
    )
    units = (
        select(SessionOrganisation.session_id, unit.name_zh, unit.name_en, unit.short_name_zh, unit.short_name_en)
        .join(Session, Session.id == SessionOrganisation.session_id)
        .join(Organisation, Organisation.id == SessionOrganisation.organisation_id)
    )
    found: dict[int, list[str]] = {}
    for query in (people, units):
        for session_id, *texts in db.session.execute(query.where(Session.week_id == week_id)):
            found.setdefault(session_id, []).extend(texts)
    return found
