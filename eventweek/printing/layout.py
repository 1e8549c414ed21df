"""A scene as the plain values that the templates in `papers/` set; every text in one language (pure)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from eventweek.printing.enums import Paper
from eventweek.printing.rules import Wish, alphabet, breakable
from eventweek.printing.scene import Entry, Facts, Scene
from eventweek.printing.tongue import Tongue
from eventweek.programme.enums import RegistrationMode

Values = dict[str, Any]
Drawn = Callable[[str], str]
"""What draws an address as a QR (SVG)."""
INK = "#0a4d68"


@dataclass(frozen=True)
class Shown:
    """A picture as a template takes it: an SVG, and its pixels."""

    svg: str
    width: int
    height: int


Pictured = Callable[[Facts], Shown | None]
"""What makes a picture ready for paper, None where it cannot be shown."""


def values_of(
    scene: Scene, wish: Wish, tongue: Tongue, base: str, draw: Drawn, at: datetime, show: Pictured = lambda _own: None
) -> Values:
    """Return what the template of a paper is given; `base`: scheme and host of addresses, `at`: when it is made.

    `show`: what makes pictures of sessions ready, for posters; without it they have none.
    """
    home = f"{base}{'/en' if tongue.language == 'en' else ''}/w/{scene.week}"
    frame = _frame(scene, wish, tongue, at)
    if wish.paper == Paper.POSTERS:
        return frame | _posters(scene, tongue, home, draw, show)
    return frame | (_book if wish.paper == Paper.BOOK else _doors)(scene, tongue, home, draw)


def sheets_of(entries: Iterable[Entry]) -> list[list[Entry]]:
    """Return the sessions of each door sheet, one for a day and room, in the order of days, venues and rooms."""
    ordered = sorted(entries, key=lambda e: (*_at(e), e.start, e.code))
    return [list(group) for _place, group in groupby(ordered, _at)]


def _at(entry: Entry) -> tuple[date, str, str, str]:
    facts = entry.facts
    return entry.day, (facts["city"] or {}).get("code", ""), facts["venue"]["code"], facts["room"]["code"]


def _frame(scene: Scene, wish: Wish, tongue: Tongue, at: datetime) -> Values:
    words, released = tongue.words, ""
    if scene.number and scene.released_at:
        released = words["release"] % {"n": scene.number, "at": tongue.stamp(scene.local(scene.released_at))}
    return {
        "language": tongue.language,
        "sheet": wish.size,
        "accent": scene.accent or INK,
        "title": breakable(tongue.say(scene.title)),
        "pieces": tongue.pieces(breakable(tongue.say(scene.title))),
        "short": breakable(tongue.say(scene.short) or tongue.say(scene.title)),
        "dates": tongue.span(scene.first_day, scene.last_day),
        "release": words["plan"] if scene.draft else released,
        "printed": words["printed"] % {"at": tongue.stamp(scene.local(at))},
        "draft": words["draft"] if scene.draft else "",
        "words": dict(words),
        "families": dict(tongue.families),
    }


def _book(scene: Scene, tongue: Tongue, home: str, draw: Drawn) -> Values:
    entries = [entry for entry in scene.entries if not entry.cancelled]
    days = [_day(scene, tongue, day, list(own)) for day, own in groupby(entries, lambda entry: entry.day)]
    cities = {entry.facts["city"]["code"] for entry in entries if entry.facts["city"]}
    return {
        "theme": breakable(tongue.say(scene.theme)),
        "organiser": tongue.say(scene.organiser),
        "contact": " ".join(text for text in (tongue.say(scene.contact), scene.phone) if text),
        "count": tongue.words["count" if len(cities) > 1 else "count_here"]
        % {"n": len(entries), "cities": len(cities)},
        "address": home,
        "qr": draw(home),
        "weave": _weave(entries),
        "days": days,
        "people": _index(tongue, _people(entries, tongue)),
        "organisations": _index(tongue, _organisations(entries, tongue)),
    }


def _day(scene: Scene, tongue: Tongue, day: date, entries: Sequence[Entry]) -> Values:
    order = {code: number for number, code in enumerate(scene.cities)}

    def place(entry: Entry) -> tuple[int, str, bool, str]:
        city, venue = (entry.facts["city"] or {}).get("code", ""), entry.facts["venue"]["code"]
        return order.get(city, len(order)), city, venue != scene.host, venue

    ordered = sorted(entries, key=lambda e: (*place(e), e.start, e.facts["room"]["code"], e.code))
    cities = []
    for _place, group in groupby(ordered, lambda entry: place(entry)[:2]):
        venues = [_site(tongue, list(own)) for _v, own in groupby(group, place)]
        cities.append({"name": venues[0]["city"] or tongue.words["elsewhere"], "venues": venues})
    return {"name": tongue.day(day), "key": day.isoformat(), "cities": cities, "count": len(entries)}


def _site(tongue: Tongue, entries: Sequence[Entry]) -> Values:
    facts = entries[0].facts
    return {
        "city": tongue.say(facts["city"]),
        "name": tongue.say(facts["venue"]),
        "address": tongue.say(facts["venue"].get("address")),
        "sessions": [_session(tongue, entry) for entry in entries],
    }


def _session(tongue: Tongue, entry: Entry) -> Values:
    facts, words = entry.facts, tongue.words
    lead, free = facts.get("lead"), facts["registration"] == RegistrationMode.NONE
    title = breakable(tongue.say(facts["title"]))
    return {
        "code": entry.code,
        "start": _clock(entry.start),
        "end": _until(entry, tongue),
        "title": title,
        "pieces": tongue.pieces(title),
        "subtitle": breakable(tongue.say(facts.get("subtitle"))),
        "family": facts["kind"]["family"],
        "kind": tongue.say(facts["kind"]),
        "room": tongue.say(facts["room"]),
        "venue": tongue.say(facts["venue"]),
        "city": tongue.say(facts["city"]),
        "address": tongue.say(facts["venue"].get("address")),
        "host": tongue.say(lead) if lead else "",
        "people": [_person(tongue, person) for person in facts["people"]],
        "note": breakable(tongue.say(facts.get("note"))),
        "registration": tongue.registration.get(facts["registration"], ""),
        "scan": words["scan_more" if free else "scan_session"],
        "cancelled": words["cancelled"] if entry.cancelled else "",
        "reason": tongue.say(facts.get("reason")) if entry.cancelled else "",
    }


def _person(tongue: Tongue, person: Facts) -> Values:
    role = tongue.roles.get(person["role"], "")
    return {"name": tongue.say(person), "role": role, "affiliation": tongue.say(person["affiliation"])}


def _clock(at: datetime) -> str:
    return f"{at:%H:%M}"


def _until(entry: Entry, tongue: Tongue) -> str:
    return _clock(entry.end) if entry.end.date() == entry.day else f"{tongue.day(entry.end.date())} {_clock(entry.end)}"


def _weave(entries: Iterable[Entry]) -> list[Values]:
    """Return the programme as marks: for each day, for each hour, the families of what begins in it."""
    found = []
    for day, own in groupby(entries, lambda entry: entry.day):
        hours: dict[int, list[str]] = {}
        for entry in own:
            hours.setdefault(min(max(entry.start.hour, 8), 20), []).append(str(entry.facts["kind"]["family"]))
        found.append({"number": day.day, "hours": [hours.get(hour, []) for hour in range(8, 21)]})
    return found


Known = dict[str, tuple[str, list[str]]]
"""By name what stands beside it, and the codes of its sessions."""


def _people(entries: Iterable[Entry], tongue: Tongue) -> Known:
    found: dict[str, tuple[str, str, list[str]]] = {}
    for entry in entries:
        for person in entry.facts["people"]:
            name, beside = tongue.say(person), tongue.say(person["affiliation"])
            found.setdefault(person["code"], (name, beside, []))[2].append(entry.code)
    return _by_name(found.values())


def _organisations(entries: Iterable[Entry], tongue: Tongue) -> Known:
    found: dict[str, tuple[str, str, list[str]]] = {}
    for entry in entries:
        for code, name in {own["code"]: tongue.say(own) for own in entry.facts["organisations"]}.items():
            found.setdefault(code, (name, "", []))[2].append(entry.code)
    return _by_name(found.values())


def _by_name(rows: Iterable[tuple[str, str, list[str]]]) -> Known:
    """Put rows under their names; two people of one name are told apart by where they come from."""
    named: dict[str, list[tuple[str, list[str]]]] = {}
    for name, beside, codes in rows:
        named.setdefault(name, []).append((beside, codes))
    return {
        name if len(own) == 1 else f"{name}\t{beside}": (beside, codes)
        for name, own in named.items()
        for beside, codes in own
    }


def _index(tongue: Tongue, known: Mapping[str, tuple[str, list[str]]]) -> list[Values]:
    def line(name: str) -> Values:
        beside, codes = known[name]
        return {"name": breakable(name.partition("\t")[0]), "beside": breakable(beside), "sessions": sorted(set(codes))}

    return [{"letter": own.letter, "names": [line(name) for name in own.names]} for own in alphabet(known)]


def _doors(scene: Scene, tongue: Tongue, home: str, draw: Drawn) -> Values:
    return {"doors": [_door(scene, tongue, home, draw, own) for own in sheets_of(scene.entries)]}


def _door(scene: Scene, tongue: Tongue, home: str, draw: Drawn, entries: Sequence[Entry]) -> Values:
    first = entries[0]
    address = f"{home}/programme?day={first.day.isoformat()}&venue={first.facts['venue']['code']}"
    return {
        "room": breakable(tongue.say(first.facts["room"])),
        "venue": breakable(tongue.say(first.facts["venue"])),
        "city": tongue.say(first.facts["city"]),
        "day": tongue.day(first.day),
        "qr": draw(address),
        "sessions": [_session(tongue, entry) for entry in entries],
    }


def _posters(scene: Scene, tongue: Tongue, home: str, draw: Drawn, show: Pictured) -> Values:
    posters = []
    for entry in (own for own in scene.entries if not own.cancelled):
        address = f"{home}/s/{entry.code}"
        own = _session(tongue, entry) | {"day": tongue.day(entry.day), "address_of_page": address, "qr": draw(address)}
        own |= {"organisations": [breakable(name) for name in _hosts(entry, tongue)]}
        posters.append(own | {"picture": _picture(entry.facts.get("poster"), tongue, show)})
    return {"posters": posters}


def _picture(picture: Facts | None, tongue: Tongue, show: Pictured) -> Values | None:
    shown = show(picture) if picture else None
    if picture is None or shown is None:
        return None
    return asdict(shown) | {"alt": tongue.say(picture["alt"]), "credit": breakable(picture["credit"])}


def _hosts(entry: Entry, tongue: Tongue) -> list[str]:
    return [tongue.say(own) for own in entry.facts["organisations"] if own["role"] in ("host", "organiser")][:4]


def sheet_count(paper: str, entries: Sequence[Entry]) -> int:
    """Return how much of a paper these sessions make: sessions of a book, door sheets, posters."""
    if paper == Paper.DOORS:
        return len(sheets_of(entries))
    return len([entry for entry in entries if not entry.cancelled])
