"""Write a week as the JSON document that the import reads."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from eventweek.kernel.db import db
from eventweek.programme.models import (
    CalendarDay,
    City,
    Notice,
    Organisation,
    Person,
    Room,
    Series,
    Session,
    SessionOrganisation,
    SessionPerson,
    Tag,
    TravelTime,
    Venue,
    Week,
)
from eventweek.programme.models.bindings import MODELS, OF_A_WEEK
from eventweek.programme.queries.directory import Directory
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.checks import defaults
from eventweek.programme.rules.documents import FORMAT, PLACEMENT, SECTIONS, WEEK, WITH_ID
from eventweek.programme.rules.subjects import HOLIDAY, Subject
from eventweek.scheduling.queries.drafts import working_placements

Entry = dict[str, Any]
_ALWAYS = ("permit_required", "permit_status")
"""What an import would otherwise take from the expected number of people."""


def export_programme(week: Week, source: str) -> Entry:
    """Return the week with all masters; archived and cancelled sessions are left out.

    Ids of this source lose its name, those of others are whole source keys. Times are on the week's own clock. Values
    that are the default are left out.
    """
    called, zone = Directory(week.id, source), ZoneInfo(week.timezone)
    document: Entry = {"format": FORMAT, "source": source, "week": _told(WEEK, values_of(WEEK, week, called), zone)}
    alive: list[Any] = []  # so that a later section finds the rows of an earlier one without asking the database
    for section, subject in SECTIONS.items():
        if subject.name in MODELS:
            alive += (own := _rows(subject, week.id))
            rows = [_entry(section, subject, row, called, zone) for row in own]
        elif section == "holidays":
            rows = [_told(HOLIDAY, _columns(HOLIDAY, day), zone) for day in _holidays()]
        elif section == "travel_minutes":
            rows = _travel()
        else:
            rows = [_placed(placement, called, zone) for placement in _placements(week.id)]
        if rows:
            document[section] = rows
    return _pruned(document)


def _pruned(document: Entry) -> Entry:
    """Drop what refers to a session that is left out."""
    kept = {session["id"] for session in document.get("sessions", [])}
    for rows, field, name in (("series", "members", "session"), ("sessions", "relations", "other")):
        for entry in document.get(rows, []):
            if field in entry:
                entry[field] = [row for row in entry[field] if row[name] in kept]
    if "notices" in document:
        document["notices"] = [row for row in document["notices"] if row.get("session") in {*kept, None}]
    return document


def _entry(section: str, subject: Subject, row: Any, called: Directory, zone: ZoneInfo) -> Entry:
    identity = {"id": called.reference(subject.name, row)} if section in WITH_ID else {}
    uid = {"uid": row.uid} if section == "sessions" else {}
    return identity | uid | _told(subject, values_of(subject, row, called), zone)


def _told(subject: Subject, values: Entry, zone: ZoneInfo) -> Entry:
    usual = defaults(subject)
    return {n: _json(value, zone) for n, value in values.items() if n in _ALWAYS or _differs(value, usual[n])}


def _differs(value: Any, usual: Any) -> bool:
    return bool(value) if usual in ((), None, "") else value != usual


def _json(value: Any, zone: ZoneInfo) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, list):
        return [_json(one, zone) for one in value]
    if isinstance(value, dict):
        return {name: _json(one, zone) for name, one in value.items() if one not in (None, "")}
    return value.isoformat() if hasattr(value, "isoformat") else value


def _rows(subject: Subject, week_id: int) -> Iterable[Any]:
    model: Any = MODELS[subject.name]
    options: dict[str, list[Any]] = {
        "venue": [joinedload(Venue.city)],
        "room": [joinedload(Room.venue), *(selectinload(r) for r in (Room.features, Room.layouts, Room.hours))]
        + [selectinload(Room.closures)],
        "organisation": [joinedload(Organisation.city)],
        "person": [joinedload(Person.city), selectinload(Person.availability)],
        "tag": [joinedload(Tag.set)],
        "series": [selectinload(Series.members)],
        "notice": [joinedload(relation) for relation in (Notice.session, Notice.venue, Notice.city)],
        "session": [joinedload(one) for one in (Session.kind, Session.track, Session.city, Session.fixed_room)]
        + [selectinload(own) for own in (Session.days, Session.features, Session.venues, Session.relations)]
        + [selectinload(Session.links), selectinload(Session.tags).joinedload(Tag.set)]
        + [selectinload(Session.people).joinedload(SessionPerson.person)]
        + [selectinload(Session.organisations).joinedload(SessionOrganisation.organisation)],
    }
    query = select(model).order_by(model.id).options(*options.get(subject.name, []))
    if subject.name in OF_A_WEEK:
        query = query.where(model.week_id == week_id)
    if subject.name == "session":
        query = query.where(Session.cancelled_at.is_(None), Session.archived_at.is_(None))
    return db.session.scalars(query).all()


def _columns(subject: Subject, row: Any) -> Entry:
    return {name: getattr(row, name) for name in subject.fields}


def _holidays() -> Iterable[CalendarDay]:
    return db.session.scalars(select(CalendarDay).order_by(CalendarDay.day))


def _travel() -> list[Entry]:
    codes = {city.id: city.code for city in db.session.scalars(select(City))}
    times = db.session.scalars(select(TravelTime).order_by(TravelTime.from_id, TravelTime.to_id))
    return [{"from": codes[t.from_id], "to": codes[t.to_id], "minutes": t.minutes} for t in times]


def _placements(week_id: int) -> Iterable[Any]:
    kept = (Session.cancelled_at.is_(None), Session.archived_at.is_(None))
    query = working_placements(week_id).join(Session).where(*kept).order_by(Session.id)
    return db.session.scalars(query)


def _placed(placement: Any, called: Directory, zone: ZoneInfo) -> Entry:
    values = {name: getattr(placement, name) for name in ("start", "pin_time", "pin_room")}
    values["session"] = called.reference("session", placement.session)
    values["room"] = called.reference("room", placement.room)
    return _told(PLACEMENT, {name: values[name] for name in PLACEMENT.fields}, zone)
