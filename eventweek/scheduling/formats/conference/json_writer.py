"""Write a schedule.json in the schema of the C3VOC (voc/schedule, validator/json) (pure)."""

import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from eventweek.scheduling.formats.conference.model import Conference, Event, Link
from eventweek.scheduling.formats.conference.times import clock, days_of, texts_of

Entry = dict[str, Any]
SCHEMA = "https://c3voc.de/schedule/schema.json"


def write_schedule_json(own: Conference) -> bytes:
    """Return the file; venue and city stand under `meta`, which the schema leaves open."""
    conference: Entry = {
        "acronym": own.acronym,
        "title": own.title,
        "start": own.first_day,
        "end": own.last_day,
        "daysCount": len(days_of(own)),
        "timeslot_duration": clock(own.slot),
        "time_zone_name": own.zone,
        "url": own.url,
        "meta": {"venue": own.venue, "city": own.city},
        "rooms": [
            {"name": hall.name, "guid": _guid(own, hall.name), "description": None, "capacity": hall.capacity}
            for hall in own.halls
        ],
        "tracks": [{"name": name} for name in dict.fromkeys(e.track for e in own.events if e.track)],
        "days": [_day(own, index, day) for index, day in enumerate(days_of(own), 1)],
    }
    schedule = {"version": own.version, "base_url": own.url, "conference": conference}
    document = {"$schema": SCHEMA, "generator": {"name": "eventweek"}, "schedule": schedule}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _day(own: Conference, index: int, day: date) -> Entry:
    zone = ZoneInfo(own.zone)
    start, end = (datetime(at.year, at.month, at.day, tzinfo=zone) for at in (day, day + timedelta(days=1)))
    events = [event for event in own.events if isinstance(event.start, datetime) and event.start.date() == day]
    rooms = {hall.name: [_event(event) for event in events if event.room == hall.name] for hall in own.halls}
    return {
        "index": index,
        "date": day.isoformat(),
        "day_start": start.isoformat(),
        "day_end": end.isoformat(),
        "rooms": rooms,
    }


def _event(event: Event) -> Entry:
    return {
        "id": int(event.key),
        "guid": event.guid,
        **texts_of(event),
        "track": event.track or None,
        "persons": [{"id": int(p.key), "name": p.name, "biography": p.biography} for p in event.persons],
        "links": [_link(link) for link in event.links],
        "attachments": [_link(link) for link in event.attachments],
    }


def _link(link: Link) -> Entry:
    return {"url": link.href, "title": link.title} | ({"type": link.type} if link.type else {})


def _guid(own: Conference, room: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{own.url}/{own.acronym}/rooms/{room}"))
