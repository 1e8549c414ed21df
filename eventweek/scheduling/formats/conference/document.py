"""Turn a conference's schedule into the document that the import takes (pure).

What the source says is a value; what only a new row takes, and organisers may change later, stands under `new`.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from eventweek.kernel.markup import markdown_of
from eventweek.programme.enums import Family, Language, LinkKind, PersonRole, RegistrationMode
from eventweek.programme.rules.documents import FORMAT, ID, UID
from eventweek.scheduling.formats.conference.model import Conference, Event, Hall, Link, Speaker

Entry = dict[str, Any]
CAPACITY = 100
"""Seats of a new room of which the source does not say them."""
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_FAMILIES = (
    (Family.CAMP, ("camp", "营")),
    (Family.CONTEST, ("contest", "competition", "hackathon", "challenge", "赛")),
    (Family.SHOW, ("exhibit", "stand", "expo", "poster", "showcase", "展")),
    (Family.CLASS, ("workshop", "tutorial", "training", "course", "lecture", "hands-on", "课", "培训", "讲座")),
)
_LANGUAGES = {str(one) for one in Language}
_ATTACHMENTS = {"slides": LinkKind.SLIDES, "video": LinkKind.VIDEO, "audio": LinkKind.AUDIO, "paper": LinkKind.PAPER}
_GRIDS = (60, 30, 20, 15, 10, 5)


def document_of(own: Conference, week: str, zone: str) -> Entry:
    """Return the document for the week of this code; starts without an offset are on the clock of `zone`."""
    source, venue = source_of(own), own.venue or own.title
    starts = [_local(event, zone) for event in own.events]
    people = {speaker.key: speaker for event in own.events for speaker in event.persons}
    tracks = dict.fromkeys(event.track for event in own.events if event.track)
    city = {"city": code_of(own.city, 12)} if own.city else {}
    return {
        "format": FORMAT,
        "source": source,
        "whole": True,
        "cities": [{"code": code_of(own.city, 12), "new": _said("name", own.city)}] if own.city else [],
        "venues": [{"id": code_of(venue), "new": _said("name", venue) | city}],
        "rooms": [_room(hall, code_of(venue)) for hall in _halls(own)],
        "people": [_person(speaker) for speaker in people.values()],
        "week": {"code": week, "new": _week(own, zone, starts)},
        "kinds": _kinds(own.events),
        "tracks": [
            {"code": code_of(name), "new": _said("name", name) | {"position": n}} for n, name in enumerate(tracks)
        ],
        "sessions": [_session(event, f"{week}/{source}") for event in own.events],
        "placements": [_placement(event, start) for event, start in zip(own.events, starts, strict=True)],
    }


def source_of(own: Conference) -> str:
    """Return the name under which a conference's rows are found again: its acronym, else its title; 16 at most."""
    return code_of(own.acronym or own.title, 16)


def code_of(name: str, longest: int = 40) -> str:
    """Return a code that is always the same for a name; what is lost in it is told apart by a digest."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    code = "-".join(re.findall("[a-z0-9]+", plain))
    if len(code) <= longest and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ._-]*", name):
        return code
    return f"{code[: longest - 7]}-{_digest(name, 6)}".lstrip("-")


def _week(own: Conference, zone: str, starts: list[datetime | str]) -> Entry:
    begins = [start for start in starts if isinstance(start, datetime)]
    spans = [
        (start, start + timedelta(minutes=event.minutes))
        for event, start in zip(own.events, starts, strict=True)
        if isinstance(start, datetime) and isinstance(event.minutes, int)
    ]
    days = [*filter(None, (_day(own.first_day), _day(own.last_day))), *(start.date() for start in begins)]
    grid = _grid(own.slot, begins)
    cities = [{"city": code_of(own.city, 12), "role": "main"}] if own.city else []
    return {
        **_said("title", own.title),
        "timezone": zone,
        "first_day": min(days).isoformat() if days else None,
        "last_day": max(days).isoformat() if days else None,
        "slot_min": grid,
        "start_multiple_min": grid,
        "day_start": f"{min((start.hour for start in begins), default=9):02}:00",
        "day_end": _day_end(spans),
        "lunch_start": "",
        "lunch_end": "",
        "cities": cities,
    }


def _grid(slot: int, begins: list[datetime]) -> int:
    """Return the widest grid of ours that the source's slot and every start keep to."""
    marks = [slot, *(start.minute for start in begins)]
    return next((grid for grid in _GRIDS if all(mark % grid == 0 for mark in marks)), _GRIDS[-1])


def _day_end(spans: list[tuple[datetime, datetime]]) -> str:
    """Return the full hour at which the longest day ends, 24:00 where one goes on past midnight."""
    if any(end.date() > start.date() for start, end in spans):
        return "24:00"
    return f"{max((end.hour + (end.minute > 0) for _start, end in spans), default=18):02}:00"


def _halls(own: Conference) -> list[Hall]:
    known = {hall.name: hall for hall in own.halls}
    return list(known.values()) + [
        Hall(name) for name in dict.fromkeys(e.room for e in own.events) if name not in known
    ]


def _room(hall: Hall, venue: str) -> Entry:
    new = _said("name", hall.name) | {"capacity": hall.capacity or CAPACITY, "changeover_min": 0}
    return {"id": code_of(hall.name), "venue": venue, "new": new}


def _person(own: Speaker) -> Entry:
    return {"id": _identity(own.key), **_said("name", own.name), **_said("bio", markdown_of(own.biography))}


def _kinds(events: Iterable[Event]) -> list[Entry]:
    lengths: dict[str, Counter[int]] = {}
    for event in events:
        lengths.setdefault(event.type, Counter())[event.minutes if isinstance(event.minutes, int) else 0] += 1
    return [_kind(name, own.most_common(1)[0][0], n) for n, (name, own) in enumerate(lengths.items())]


def _kind(name: str, usual: int, position: int) -> Entry:
    named = _said("name", name) if name else {"name_zh": "场次", "name_en": "Session"}
    family = next((family for family, words in _FAMILIES if any(word in name.lower() for word in words)), Family.MEET)
    rules = {"family": family, "default_minutes": min(max(usual, 5), 1440), "changeover_min": 0, "position": position}
    rules |= {"registration": RegistrationMode.NONE, "may_span_lunch": True}
    return {"code": code_of(name) if name else "session", "new": named | rules}


def _session(event: Event, scope: str) -> Entry:
    language = _language(event)
    own = "zh" if language == Language.ZH else "en" if language == Language.EN else _script(event.title)
    key = _identity(event.key)
    guid = event.guid if re.fullmatch(UID.shape, event.guid) else str(uuid5(NAMESPACE_URL, f"{scope}/{key}"))
    return {
        "id": key,
        "kind": code_of(event.type) if event.type else "session",
        "track": code_of(event.track) if event.track else None,
        "slug": re.sub("[^A-Za-z0-9_-]+", "-", event.slug),
        f"title_{own}": event.title,
        f"subtitle_{own}": event.subtitle,
        f"abstract_{own}": markdown_of(event.abstract),
        f"text_{own}": markdown_of(event.description),
        "language": language,
        "duration_min": event.minutes,
        "people": [{"person": key, "role": PersonRole.SPEAKER} for key in _persons(event)],
        "links": _links(event, own),
        "new": {"uid": guid},
    }


def _persons(event: Event) -> list[str]:
    return list(dict.fromkeys(_identity(speaker.key) for speaker in event.persons))


def _links(event: Event, own: str) -> list[Entry]:
    page = [_link(LinkKind.PAGE, Link(event.url, ""), own)] if event.url else []
    links = [_link(LinkKind.LINK, link, own) for link in event.links]
    attached = [_link(_ATTACHMENTS.get(link.type, LinkKind.ATTACHMENT), link, own) for link in event.attachments]
    rows = page + links + attached
    return [row for n, row in enumerate(rows) if row not in rows[:n]]


def _link(kind: LinkKind, link: Link, own: str) -> Entry:
    """Return a link; an address that no browser can open is kept in its title."""
    url = re.sub(r'[\s"<>\\^`{|}]', lambda sign: quote(sign[0]), link.href)
    if not _opens(url):
        return {"kind": kind, "url": "", f"title_{own}": f"{link.title} <{link.href}>".strip()}
    return {"kind": kind, "url": url, f"title_{own}": link.title}


def _opens(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def _placement(event: Event, start: datetime | str) -> Entry:
    at = start.isoformat(timespec="minutes") if isinstance(start, datetime) else start
    return {"session": _identity(event.key), "room": code_of(event.room) if event.room else "", "start": at}


def _local(event: Event, zone: str) -> datetime | str:
    start = event.start
    if isinstance(start, str):
        return start
    return start.astimezone(ZoneInfo(zone)) if start.tzinfo else start.replace(tzinfo=ZoneInfo(zone))


def _language(event: Event) -> Language:
    """Return what is spoken: what the source says, else the script of the title; one we do not name is `other`."""
    said = event.language.lower().replace("_", "-")
    known = said if said in _LANGUAGES else said.partition("-")[0]
    if known in _LANGUAGES:
        return Language(known)
    return Language.OTHER if said else Language(_script(event.title))


def _script(text: str) -> str:
    return "zh" if _HAN.search(text) else "en"


def _said(stem: str, text: str) -> Entry:
    """Return a text in the field of its script: Chinese characters make it Chinese."""
    return {f"{stem}_{_script(text)}": text} if text else {}


def _identity(key: str) -> str:
    fits = len(key) <= 60 and re.fullmatch(ID, key) and ":" not in key
    return key if fits or not key else f"{code_of(key, 50)}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _digest(text: str, longest: int) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:longest]
