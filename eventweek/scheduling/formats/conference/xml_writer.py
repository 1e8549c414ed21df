"""Write a schedule.xml that frab's readers and the C3VOC validator take (pure)."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from xml.etree import ElementTree

from eventweek.scheduling.formats.conference.model import Conference, Event, Link
from eventweek.scheduling.formats.conference.times import clock, days_of, texts_of

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_schedule_xml(own: Conference) -> bytes:
    """Return the file; every day lists every room, as frab does."""
    root = ElementTree.Element("schedule")
    _put(root, "version", own.version)
    head = ElementTree.SubElement(root, "conference")
    for name, text in _head(own).items():
        _put(head, name, text)
    for index, day in enumerate(days_of(own), 1):
        root.append(_day(own, index, day))
    ElementTree.indent(root, " ")
    text = ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _head(own: Conference) -> dict[str, str]:
    return {
        "acronym": own.acronym,
        "title": own.title,
        "venue": own.venue,
        "city": own.city,
        "start": own.first_day,
        "end": own.last_day,
        "days": str(len(days_of(own))),
        "day_change": "00:00:00",
        "timeslot_duration": f"{clock(own.slot)}:00",
        "base_url": own.url,
        "time_zone_name": own.zone,
    }


def _day(own: Conference, index: int, day: date) -> ElementTree.Element:
    events = [event for event in own.events if isinstance(event.start, datetime) and event.start.date() == day]
    node = ElementTree.Element("day", index=str(index), date=day.isoformat())
    node.attrib["start"] = f"{day.isoformat()}T00:00:00"
    node.attrib["end"] = f"{(day + timedelta(days=1)).isoformat()}T00:00:00"
    for hall in own.halls:
        room = ElementTree.SubElement(node, "room", name=_xml(hall.name))
        room.extend(_event(event) for event in events if event.room == hall.name)
    return node


def _event(event: Event) -> ElementTree.Element:
    node = ElementTree.Element("event", id=event.key, guid=event.guid)
    for name, text in texts_of(event).items():
        _put(node, name, text)
    persons = ElementTree.SubElement(node, "persons")
    for person in event.persons:
        _put(persons, "person", person.name, id=person.key)
    node.append(_links("links", "link", event.links))
    node.append(_links("attachments", "attachment", event.attachments))
    return node


def _links(group: str, name: str, links: Iterable[Link]) -> ElementTree.Element:
    node = ElementTree.Element(group)
    for link in links:
        _put(node, name, link.title, href=_xml(link.href), **({"type": link.type} if link.type else {}))
    return node


def _put(parent: ElementTree.Element, name: str, text: str, **attributes: str) -> None:
    ElementTree.SubElement(parent, name, attributes).text = _xml(text) or None


def _xml(text: str) -> str:
    """Return the text without the characters that XML 1.0 cannot hold (2.2)."""
    return _NO_XML.sub("", text)
