"""Lists of places, parties and the state's calendar, as the desk shows them and offers them to choose from."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from eventweek.kernel.db import db
from eventweek.programme.models import CalendarDay, City, Feature, Organisation, Person, Room, TravelTime, Venue, Week

Window = Callable[[int], tuple[int, int]]


@dataclass(frozen=True)
class MasterFilter:
    """What a list shows: rows with all words in a name, of a city, in use or archived; the rest is each list's own."""

    words: str = ""
    city: str = ""
    archived: bool = False
    type: str = ""
    role: str = ""
    venue: str = ""
    layout: str = ""
    among: frozenset[int] | None = None
    """Only rows of these ids."""


@dataclass(frozen=True)
class Listed:
    """A part of a list, and how long the whole is."""

    rows: Sequence[Any]
    total: int


def list_venues(wanted: MasterFilter, window: Window) -> Listed:
    """Return venues with their rooms, by city; `window` gives offset and limit for a total."""
    own = [Venue.site_type == wanted.type] if wanted.type else []
    query = select(Venue).outerjoin(City, Venue.city_id == City.id).where(*terms(Venue, wanted), *own)
    query = query.options(joinedload(Venue.city), selectinload(Venue.rooms))
    return listed(query, window, City.code.is_(None), City.code, Venue.id)


def list_site_types() -> list[str]:
    """Return the types of site that occur."""
    return [t for t in db.session.scalars(select(Venue.site_type).distinct().order_by(Venue.site_type)) if t]


def list_rooms(wanted: MasterFilter, window: Window) -> Listed:
    """Return rooms with their venues and features, the largest first."""
    own = [Venue.code == wanted.venue] if wanted.venue else []
    own += [Room.layout == wanted.layout] if wanted.layout else []
    query = select(Room).join(Room.venue).where(*terms(Room, wanted, city=Venue.city_id, more=(Venue,)), *own)
    query = query.options(joinedload(Room.venue).joinedload(Venue.city), selectinload(Room.features))
    return listed(query, window, Room.capacity.desc(), Room.id)


def list_rooms_of(venue_id: int) -> list[Room]:
    """Return every room of a venue with its features, the archived last, the largest first."""
    query = select(Room).where(Room.venue_id == venue_id).options(selectinload(Room.features))
    return list(db.session.scalars(query.order_by(Room.archived_at.is_not(None), Room.capacity.desc(), Room.id)))


def list_rooms_in_use(week: Week) -> list[Room]:
    """Return the rooms in use in the cities of a week (none named: anywhere), and those without a city, by venue."""
    cities = {own.city_id for own in week.cities}
    near = or_(Venue.city_id.is_(None), Venue.city_id.in_(cities)) if cities else Venue.id == Room.venue_id
    query = select(Room).join(Room.venue).where(shelf(Room, False), shelf(Venue, False), near)
    query = query.options(joinedload(Room.venue).joinedload(Venue.city))
    return list(db.session.scalars(query.order_by(Room.venue_id, Room.id)))


def list_organisations(wanted: MasterFilter, window: Window) -> Listed:
    """Return organisations in the order in which they were made."""
    own = [Organisation.type == wanted.type] if wanted.type else []
    query = select(Organisation).where(*terms(Organisation, wanted), *own).options(joinedload(Organisation.city))
    return listed(query, window, Organisation.id)


def list_people(wanted: MasterFilter, window: Window) -> Listed:
    """Return people in the order in which they were made."""
    own = [Person.id.in_(_with_role(wanted.role))] if wanted.role else []
    own += [Person.id.in_(wanted.among)] if wanted.among is not None else []
    query = select(Person).where(*terms(Person, wanted), *own)
    return listed(query.options(joinedload(Person.city), selectinload(Person.availability)), window, Person.id)


def list_cities(*, archived: bool = False) -> list[City]:
    """Return the cities by code."""
    return list(db.session.scalars(select(City).where(shelf(City, archived)).order_by(City.code)))


def list_features(*, archived: bool = False) -> list[Feature]:
    """Return the features by code."""
    return list(db.session.scalars(select(Feature).where(shelf(Feature, archived)).order_by(Feature.code)))


def list_choosable_venues() -> list[Venue]:
    """Return the venues in use, to choose from."""
    return list(db.session.scalars(select(Venue).where(shelf(Venue, False)).order_by(Venue.id)))


def list_choosable_organisations() -> list[Organisation]:
    """Return the organisations in use, to choose from."""
    return list(db.session.scalars(select(Organisation).where(shelf(Organisation, False)).order_by(Organisation.id)))


def list_travel_times() -> dict[tuple[int, int], int]:
    """Return the minutes between cities, by their ids with the lower first."""
    return {(t.from_id, t.to_id): t.minutes for t in db.session.scalars(select(TravelTime))}


def list_holidays(first: date, last: date) -> list[CalendarDay]:
    """Return the holidays and adjusted workdays between two days, both included."""
    query = select(CalendarDay).where(CalendarDay.day.between(first, last)).order_by(CalendarDay.day)
    return list(db.session.scalars(query))


def shelf(model: Any, archived: bool) -> ColumnElement[bool]:
    """Return the condition that a row is archived, or that it is not."""
    term: ColumnElement[bool] = model.archived_at.is_not(None) if archived else model.archived_at.is_(None)
    return term


def terms(model: Any, wanted: MasterFilter, *, city: Any = None, more: Iterable[Any] = ()) -> list[ColumnElement[bool]]:
    """Return the conditions that lists have in common; words are also looked for in the names of `more`."""
    found = [shelf(model, wanted.archived)]
    found += named(wanted.words, (model, *more))
    if wanted.city:
        key = model.city_id if city is None else city
        found.append(key == select(City.id).where(City.code == wanted.city).scalar_subquery())
    return found


def named(words: str, models: Iterable[Any]) -> list[ColumnElement[bool]]:
    """Return the condition for each word that it stands in a name or a title."""
    stems = [(one, stem) for one in models for stem in ("name", "short_name", "title") if hasattr(one, stem)]
    columns = [getattr(one, f"{stem}_{tongue}") for one, stem in stems for tongue in ("zh", "en")]
    return [
        or_(*(func.lower(column).contains(word, autoescape=True) for column in columns))
        for word in words.lower().split()
    ]


def _with_role(role: str) -> list[int]:
    rows = db.session.execute(select(Person.id, Person.roles))
    return [key for key, roles in rows if role in roles]


def listed(query: Select[Any], window: Window, *order: Any) -> Listed:
    """Return a part of what a query finds, and how long the whole is."""
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    offset, limit = window(total)
    return Listed(list(db.session.scalars(query.order_by(*order).offset(offset).limit(limit))), total)
