"""What a session may refer to: everything that is not archived, in the order of lists to choose from."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from eventweek.kernel.db import db
from eventweek.programme.models import (
    City,
    Feature,
    Kind,
    Organisation,
    Person,
    Room,
    Session,
    TagSet,
    Track,
    Venue,
)


@dataclass(frozen=True)
class Choices:
    """Rows by subject; archived ones are there too, for what still refers to them."""

    kinds: list[Kind]
    tracks: list[Track]
    cities: list[City]
    people: list[Person]
    organisations: list[Organisation]
    features: list[Feature]
    tag_sets: list[TagSet]
    rooms: list[Room]
    sessions: list[Session]


def list_choices(week_id: int) -> Choices:
    """Return everything that sessions of a week choose from, in a constant number of statements."""
    return Choices(
        kinds=_rows(select(Kind).where(Kind.week_id == week_id).order_by(Kind.position, Kind.id)),
        tracks=_rows(select(Track).where(Track.week_id == week_id).order_by(Track.position, Track.id)),
        cities=_rows(select(City).order_by(City.code)),
        people=_rows(select(Person).order_by(Person.__table__.c.name_zh, Person.id)),
        organisations=_rows(select(Organisation).order_by(Organisation.__table__.c.name_zh, Organisation.id)),
        features=_rows(select(Feature).order_by(Feature.code)),
        tag_sets=_rows(
            select(TagSet)
            .where(TagSet.week_id == week_id)
            .order_by(TagSet.position, TagSet.id)
            .options(selectinload(TagSet.tags))
        ),
        rooms=_rows(
            select(Room)
            .join(Room.venue)
            .order_by(Venue.city_id, Venue.id, Room.id)
            .options(joinedload(Room.venue).joinedload(Venue.city))
        ),
        sessions=_rows(
            select(Session).where(Session.week_id == week_id).order_by(Session.__table__.c.title_zh, Session.id)
        ),
    )


def _rows(query: Any) -> list[Any]:
    return list(db.session.scalars(query))
