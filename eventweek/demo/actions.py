"""Load and remove the demo week."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, select

from eventweek.accounts.models import User
from eventweek.audit.actions import record
from eventweek.audit.actors import DEMO
from eventweek.audit.revisions import discard, forget
from eventweek.checkin.actions.devices import create_gate
from eventweek.checkin.queries.sessions import list_sessions
from eventweek.demo.document import demo_document
from eventweek.demo.shift import shift_for
from eventweek.demo.source import Row, read
from eventweek.demo.texts import publish_texts
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.kernel.jobs import forget_jobs
from eventweek.outbox.actions import drop_messages
from eventweek.programme.enums import RegistrationMode, WeekState
from eventweek.programme.models import (
    CalendarDay,
    City,
    Feature,
    Notice,
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
from eventweek.registration.actions import edit_offering, forget_attendees, open_offerings
from eventweek.registration.models import Offering
from eventweek.scheduling.actions import release_schedule
from eventweek.scheduling.actions.importing import import_programme


def load_demo(today: date) -> Week:
    """Load the Jilin week, shifted to the run containing `today`, and release its witness schedule.

    Raises: Refusal demo.present when it is loaded already.
    """
    document = demo_document(shift_for(today))
    with transaction():
        if db.session.scalar(select(Week.id).where(Week.demo)):
            raise Refusal("demo.present")
        week = import_programme(_without_known(document), actor=DEMO).week
        assert week is not None
        week.demo, week.state = True, str(WeekState.OPEN)
        record(DEMO, "demo.load", "week", week.code, week_id=week.id, sessions=len(document["sessions"]))
        release_schedule(week.id, actor=DEMO, note="首次发布")
        _review_camps(open_offerings(week.id, actor=DEMO))
        _open_gates(week.id)
        publish_texts(week, shift_for(today))
    return week


def _review_camps(offerings: Sequence[Offering]) -> None:
    """Let two people decide on who comes to a camp of several days; applications keep their seats meanwhile."""
    for offering in offerings:
        if offering.mode == RegistrationMode.APPROVAL and len(offering.sessions) > 1:
            values = {"review_steps": 2, "review_holds": True}
            edit_offering(offering.code, values, version=offering.version, actor=DEMO)


def _open_gates(week_id: int) -> None:
    """Give each venue of the week its main door, so that door phones can be enrolled at once."""
    for code in sorted({session.venue_code for session in list_sessions(week_id)}):
        create_gate(week_id, code, Bilingual("正门", "Main door"), actor=DEMO)


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
        drop_messages(week.code)
        forget_jobs(week_id=week.id)
        discard(week.id, DEMO)
        db.session.execute(delete(Week).where(Week.id == week.id))
        db.session.execute(delete(User).where(User.demo))
        people = select(Person.id).where(Person.source_key.like("demo:%"))
        forget("person", list(db.session.scalars(people)))
        for table in (Room, Venue, Organisation, Person):
            db.session.execute(delete(table).where(table.source_key.like("demo:%")))
        db.session.execute(delete(CalendarDay).where(CalendarDay.source_key.like("demo:%")))
        _remove_shared()


def _without_known(document: Row) -> Row:
    """Leave cities, features, travel times and holidays as they are where somebody has them already."""
    cities = set(db.session.scalars(select(City.code)))
    features, days = set(db.session.scalars(select(Feature.code))), set(db.session.scalars(select(CalendarDay.day)))
    mine: Row = {
        "cities": [row for row in document["cities"] if row["code"] not in cities],
        "features": [row for row in document["features"] if row["code"] not in features],
        "holidays": [row for row in document["holidays"] if date.fromisoformat(row["day"]) not in days],
        "travel_minutes": [row for row in document["travel_minutes"] if not {row["from"], row["to"]} <= cities],
    }
    return document | mine


def _remove_shared() -> None:
    source = read("event.json")
    users = (Venue.city_id, Session.city_id, Organisation.city_id, Person.city_id, WeekCity.city_id, Notice.city_id)
    cities = delete(City).where(City.code.in_([row["code"] for row in source["cities"]]))
    db.session.execute(cities.where(*(~select(1).where(own == City.id).exists() for own in users)))
    features = delete(Feature).where(Feature.code.in_([row["code"] for row in source["features"]]))
    joins = (room_feature, session_feature)
    db.session.execute(features.where(*(~select(1).where(t.c.feature_id == Feature.id).exists() for t in joins)))
