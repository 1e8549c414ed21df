"""Write calendars: a pure function of the release, so a body is the same to the byte every time."""

from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneStandard

from eventweek.scheduling.queries import PublishedSession


class Address(Protocol):
    """Gives the public address of a session's page by its code."""

    def __call__(self, code: str) -> str: ...


def calendar(name: str, zone: str, sessions: list[PublishedSession], language: str, address: Address) -> bytes:
    """Return a subscription body; DTSTAMP and LAST-MODIFIED are the last published change of each occurrence."""
    feed = Calendar()
    feed.add("prodid", "-//eventweek//programme//EN")
    feed.add("version", "2.0")
    feed.add("name", name)
    feed.add("x-wr-calname", name)
    feed.add("x-wr-timezone", zone)
    feed.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    feed.add("x-published-ttl", "PT1H")
    feed.add_component(_timezone(zone, sessions))
    for session in sessions:
        feed.add_component(_event(session, ZoneInfo(zone), language, address))
    return bytes(feed.to_ical())


def _timezone(zone: str, sessions: list[PublishedSession]) -> Timezone:
    offset = sessions[0].start.astimezone(ZoneInfo(zone)).utcoffset() if sessions else timedelta(0)
    block = TimezoneStandard()
    block.add("dtstart", datetime(1970, 1, 1))
    block.add("tzoffsetfrom", offset)
    block.add("tzoffsetto", offset)
    result = Timezone()
    result.add("tzid", zone)
    result.add_component(block)
    return result


def _event(session: PublishedSession, zone: ZoneInfo, language: str, address: Address) -> Event:
    key = "en" if language == "en" else "zh"
    facts, event = session.facts, Event()
    event.add("uid", session.uid)
    event.add("dtstamp", session.changed_at)
    event.add("last-modified", session.changed_at)
    event.add("sequence", session.sequence)
    event.add("status", "CONFIRMED")
    event.add("dtstart", session.start.astimezone(zone))
    event.add("dtend", session.end.astimezone(zone))
    event.add("summary", session.title.best(language)[0])
    places = [facts["city"], facts["venue"], facts["room"]]
    event.add("location", "·".join(place[key] or place["zh"] for place in places if place))
    event.add("categories", [facts["kind"][key]])
    event.add("url", address(session.code))
    return event
