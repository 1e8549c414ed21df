"""From the bytes of a schedule to a reading: the document, its places in the file, and what was assumed (pure)."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from zoneinfo import available_timezones

from eventweek.kernel.errors import Refusal
from eventweek.scheduling.formats.conference.document import CAPACITY, code_of, document_of
from eventweek.scheduling.formats.conference.json_reader import read_schedule_json
from eventweek.scheduling.formats.conference.model import Conference
from eventweek.scheduling.formats.conference.xml_reader import read_schedule_xml
from eventweek.scheduling.formats.reading import Context, Place, Reading

_ROW = re.compile(r"(sessions|placements|people)\[(\d+)\]")


def read_xml_schedule(content: bytes, context: Context) -> Reading:
    """Read a schedule.xml.

    Raises: Refusal import.no_events, import.zone with `zone`, and what `read_schedule_xml` raises.
    """
    return _reading("schedule.xml", read_schedule_xml(content), context)


def read_json_schedule(document: Mapping[str, Any], context: Context) -> Reading:
    """Read a loaded schedule.json.

    Raises: Refusal import.no_events, import.zone with `zone`, and what `read_schedule_json` raises.
    """
    return _reading("schedule.json", read_schedule_json(document), context)


def _reading(format_: str, own: Conference, context: Context) -> Reading:
    if not own.events:
        raise Refusal("import.no_events")
    zone = own.zone or context.timezone
    if zone not in available_timezones():
        raise Refusal("import.zone", zone=zone[:40])
    document = document_of(own, context.week or code_of(own.acronym or own.title), zone)
    return Reading(format_, document, locate=_locator(own, document), notes=tuple(_notes(own)))


def _locator(own: Conference, document: Mapping[str, Any]) -> Callable[[str], Place]:
    first: dict[str, str] = {}
    for event in own.events:
        for speaker in event.persons:
            first.setdefault(speaker.key, event.place)
    places = {"people": list(first.values())} | dict.fromkeys(
        ("sessions", "placements"), [event.place for event in own.events]
    )

    def locate(path: str) -> Place:
        found = _ROW.match(path)
        rows = places.get(found[1], []) if found else []
        place = rows[int(found[2])] if found and int(found[2]) < len(rows) else ""
        rest = path[found.end() :].lstrip(".") if found and place else path
        return Place(rest, line=int(place)) if place.isdecimal() else Place(f"{place}.{rest}" if place else path)

    return locate


def _notes(own: Conference) -> Iterator[tuple[str, dict[str, Any]]]:
    if unknown := sum(hall.capacity is None for hall in own.halls):
        yield "import.capacity", {"count": unknown, "seats": CAPACITY}
    if own.unread:
        names = ", ".join(f"{name[:30]} ({count})" for name, count in sorted(own.unread.items())[:12])
        yield "import.unread", {"names": names}
