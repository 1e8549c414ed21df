"""Load and remove the demo week."""

from datetime import date

from sqlalchemy import delete, select

from eventweek.audit.actions import record
from eventweek.audit.actors import DEMO
from eventweek.demo import edition, masters
from eventweek.demo.shift import shift_for
from eventweek.demo.source import read
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import (
    CalendarDay,
    City,
    Feature,
    Organisation,
    Person,
    Room,
    Session,
    Venue,
    Week,
    WeekCity,
)
from eventweek.programme.models.places import room_feature
from eventweek.programme.models.sessions import session_feature
from eventweek.registration.actions import forget_attendees, open_offerings
from eventweek.scheduling.actions import release_schedule


def load_demo(today: date) -> Week:
    """Load the Jilin week, shifted to the run containing `today`, and release its witness schedule.

    Raises: Refusal demo.present when it is loaded already.
    """
    source, rows, shift = read("event.json"), read("sessions.json"), shift_for(today)
    with transaction():
        if db.session.scalar(select(Week.id).where(Week.demo)):
            raise Refusal("demo.present")
        cities = masters.cities(source["cities"], source["travel_minutes"])
        features = masters.features(source["features"])
        venues = masters.venues(read("venues.json")["sites"], cities, features, shift)
        every = edition.Masters(
            cities=cities,
            features=features,
            venues=venues,
            rooms={r.source_key.removeprefix("demo:"): r for venue in venues.values() for r in venue.rooms},
            organisations=masters.organisations(read("organisers.json"), cities),
            people=masters.people(read("people.json"), cities, shift),
        )
        masters.holidays()
        db.session.flush()
        week = edition.week(source, every, shift)
        kinds, tags = edition.kinds(week.id, source["kinds"]), edition.tags(week.id, source)
        db.session.flush()
        sessions = {row["id"]: edition.session(week, row, kinds, tags, every, shift) for row in rows}
        db.session.flush()
        edition.bonds(week.id, rows, sessions)
        edition.placements(week.id, sessions, every.rooms, shift)
        record(DEMO, "demo.load", "week", week.code, week_id=week.id, sessions=len(sessions))
        release_schedule(week.id, actor=DEMO, note="首次发布")
        open_offerings(week.id, actor=DEMO)
    return week


def remove_demo() -> None:
    """Take the demo week and its masters away; what others use stays.

    Raises: Refusal demo.absent.
    """
    with transaction():
        week = db.session.scalar(select(Week).where(Week.demo))
        if week is None:
            raise Refusal("demo.absent")
        record(DEMO, "demo.remove", "week", week.code, week_id=week.id)
        forget_attendees(week.id)
        db.session.execute(delete(Week).where(Week.id == week.id))
        for table in (Room, Venue, Organisation, Person):
            db.session.execute(delete(table).where(table.source_key.like("demo:%")))
        db.session.execute(delete(CalendarDay).where(CalendarDay.source_key.like("demo:%")))
        _remove_shared()


def _remove_shared() -> None:
    source = read("event.json")
    users = (Venue.city_id, Session.city_id, Organisation.city_id, Person.city_id, WeekCity.city_id)
    cities = delete(City).where(City.code.in_([row["code"] for row in source["cities"]]))
    db.session.execute(cities.where(*(~select(1).where(own == City.id).exists() for own in users)))
    features = delete(Feature).where(Feature.code.in_([row["code"] for row in source["features"]]))
    joins = (room_feature, session_feature)
    db.session.execute(features.where(*(~select(1).where(t.c.feature_id == Feature.id).exists() for t in joins)))
