"""Write calendars (RFC 5545, RFC 7986): pure functions of the release, so a body is the same to the byte every time."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneStandard

from eventweek.kernel.text import clean_line, clean_text
from eventweek.scheduling.queries import PublishedSession

REVISION = 2
"""Raised by whoever changes what is written, so that stored bodies are written anew."""
COLOURS = {"meet": "royalblue", "show": "teal", "contest": "sienna", "class": "indigo", "camp": "goldenrod"}
"""CSS3 names (RFC 7986 5.9) nearest to the families' colours."""
WORDS = {
    "zh-CN": {
        "cancelled": "【已取消】",
        "reason": "已取消：",
        "host": "主办：",
        "people": "嘉宾：",
        "page": "详情：",
        "live": "直播：",
    }
    | {"replay": "回放：", "and": "、"},
    "en": {
        "cancelled": "[Cancelled] ",
        "reason": "Cancelled: ",
        "host": "Host: ",
        "people": "With: ",
        "page": "See: ",
        "live": "Live: ",
    }
    | {"replay": "Replay: ", "and": ", "},
}
_LONGEST = 20_000


@dataclass(frozen=True)
class Edition:
    """What all entries of a calendar share: base address (scheme and host), week, its name, IANA zone and language."""

    base: str
    week: str
    name: str
    zone: str
    language: str

    @property
    def root(self) -> str:
        """Return the address of the week's pages in this language, without a slash at its end."""
        return f"{self.base}{'/en' if self.language == 'en' else ''}/w/{self.week}"

    def page(self, session: str) -> str:
        """Return the address of a session's page."""
        return f"{self.root}/s/{session}"

    def feed(self, session: str = "") -> str:
        """Return the address of the week's feed, or of one session's."""
        return f"{self.root}/s/{session}.ics" if session else f"{self.root}/feed.ics"


def holder_calendar(sessions: Sequence[PublishedSession], edition: Edition) -> bytes:
    """Return the calendar of a visitor's own sessions, to download or to send with a mail."""
    return joined(edition, sessions, (entry(session, edition) for session in sessions))


def joined(
    edition: Edition,
    sessions: Sequence[PublishedSession],
    entries: Iterable[bytes],
    source: str = "",
    *,
    refreshed: bool = False,
) -> bytes:
    """Return a calendar of ready-made entries; `source`, its own address, makes it a subscription.

    `refreshed`: it is a subscription whose address is secret.
    """
    feed = Calendar()
    feed.add("prodid", "-//eventweek//programme//EN")
    feed.add("version", "2.0")
    feed.add("calscale", "GREGORIAN")
    feed.add("name", edition.name)
    feed.add("x-wr-calname", edition.name)
    feed.add("x-wr-timezone", edition.zone)
    feed.add("color", "steelblue")
    if source:
        feed.add("source", source, parameters={"VALUE": "URI"})
    if source or refreshed:
        feed.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
        feed.add("x-published-ttl", "PT1H")
    feed.add_component(_timezone(edition.zone, sessions))
    head, end = bytes(feed.to_ical()).rsplit(b"END:VCALENDAR", 1)
    return b"".join([head, *entries, b"END:VCALENDAR", end])


def key(session: PublishedSession, edition: Edition) -> str:
    """Return the name of an entry by its content: the SHA-256 of all that `entry` reads."""
    read = [REVISION, *astuple(edition), session.sequence, session.changed_at.isoformat(), session.facts]
    text = json.dumps(read, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def entry(session: PublishedSession, edition: Edition) -> bytes:
    """Return the VEVENT of a session; DTSTAMP and LAST-MODIFIED are its last published change."""
    facts, words, event = session.facts, WORDS[edition.language], Event()
    cancelled = session.cancelled
    event.add("uid", session.uid)
    event.add("dtstamp", session.changed_at)
    event.add("last-modified", session.changed_at)
    event.add("sequence", session.sequence)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if cancelled else "OPAQUE")
    event.add("dtstart", _local(session.start, edition.zone))
    event.add("dtend", _local(session.end, edition.zone))
    event.add("summary", (words["cancelled"] if cancelled else "") + clean_line(_title(session, edition), _LONGEST))
    event.add("location", _location(session, edition.language))
    if facts["venue"]["latitude"] is not None and facts["venue"]["longitude"] is not None:
        event.add("geo", (facts["venue"]["latitude"], facts["venue"]["longitude"]))
    event.add("categories", _categories(session, edition.language))
    event.add("color", COLOURS.get(facts["kind"]["family"], "steelblue"))
    event.add("url", edition.page(session.code))
    event.add("description", clean_text(_description(session, edition), _LONGEST))
    return bytes(event.to_ical())


def _title(session: PublishedSession, edition: Edition) -> str:
    return session.title.best(edition.language)[0]


def _say(pair: dict[str, str], language: str) -> str:
    own, other = (pair["en"], pair["zh"]) if language == "en" else (pair["zh"], pair["en"])
    return clean_line(own or other, _LONGEST)


def _location(session: PublishedSession, language: str) -> str:
    city, venue, room = (session.facts[name] for name in ("city", "venue", "room"))
    if language == "en":
        return ", ".join(_say(place, language) for place in (room, venue, city) if place)
    site = "·".join(_say(place, language) for place in (city, venue) if place)
    return f"{site} {_say(room, language)}" if room else site


def _categories(session: PublishedSession, language: str) -> list[str]:
    industry = [_say(tag, language) for tag in session.facts["tags"] if tag["set"] == "industry"]
    return [_say(session.facts["kind"], language), *industry]


def _description(session: PublishedSession, edition: Edition) -> str:
    facts, language, words = session.facts, edition.language, WORDS[edition.language]
    people = list(dict.fromkeys(_say(person, language) for person in facts["people"]))
    reason = clean_line(session.reason.best(language)[0], _LONGEST) if session.cancelled else ""
    hosts = [_say(own, language) for own in facts["organisations"] if own["role"] == "host"]
    parts = [
        words["reason"] + reason if reason else "",
        _say(facts["note"], language),
        facts["text"]["en" if language == "en" else "zh"] or facts["text"]["zh"] or facts["text"]["en"],
        words["host"] + words["and"].join(hosts) if hosts else "",
        words["people"] + words["and"].join(people) if people else "",
        *(words[link["kind"]] + link["url"] for link in session.links if link["kind"] in ("live", "replay")),
        words["page"] + edition.page(session.code),
    ]
    return "\n".join(part for part in parts if part)


def _local(instant: datetime, zone: str) -> datetime:
    """Return the wall-clock time where the zone has one offset all year, else UTC: one VTIMEZONE block says no more."""
    return instant.astimezone(ZoneInfo(zone) if _steady(zone, instant.year) else UTC)


def _steady(zone: str, year: int) -> bool:
    return len({datetime(year, month, 1, tzinfo=ZoneInfo(zone)).utcoffset() for month in (1, 4, 7, 10)}) == 1


def _timezone(zone: str, sessions: Sequence[PublishedSession]) -> Timezone:
    at = sessions[0].start if sessions else datetime(2026, 1, 1, tzinfo=UTC)
    offset, block = at.astimezone(ZoneInfo(zone)).utcoffset(), TimezoneStandard()
    block.add("dtstart", datetime(1970, 1, 1))
    block.add("tzoffsetfrom", offset)
    block.add("tzoffsetto", offset)
    result = Timezone()
    result.add("tzid", zone)
    result.add_component(block)
    return result
