"""What we write keeps to the rules of schedule.xml and schedule.json, told here in our words.

They are those of voc/schedule (validator/xsd/schedule.xml.xsd, validator/json/schema.json), which has no licence that
would let us carry its files; so each rule that its validators check stands here once.
"""

import json
import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

import pytest
from flask import Flask

from eventweek.programme.queries import find_week
from eventweek.scheduling.formats.writing import WRITERS, Asked

CLOCK, SPAN = r"[0-2]\d:[0-5]\d(:[0-5]\d)?", r"\d{1,2}:\d\d(:\d{1,2})?"
HEAD = {"title", "acronym", "start", "end", "days", "timeslot_duration"}
NEEDED = ("room", "title", "type", "date", "start", "duration", "abstract", "slug", "subtitle", "track")
MAY = {*NEEDED, "persons", "language", "description", "recording", "links", "attachments", "url", "logo"}
CONFERENCE = {"title", "acronym", "days", "daysCount", "start", "end", "timeslot_duration"}
ELSE = {"description", "time_zone_name", "logo", "colors", "keywords", "url", "tracks", "rooms", "meta"}
EVENT = {"abstract", "date", "duration", "guid", "id", "language", "links", "persons", "room", "slug", "start"}
EVENT |= {"subtitle", "title", "track", "type", "url"}
Found = Iterable[str]


def xml_faults(root: ElementTree.Element) -> Found:
    """Yield what breaks a rule of schedule.xml."""
    names = [child.tag for child in root]
    if root.tag != "schedule" or names != sorted(names, key=["version", "conference", "day"].index):
        yield f"the order of {names}"
    head = [child.tag for child in root.findall("conference/*")]
    if not {"title", "acronym"} <= set(head) or len(head) != len(set(head)):
        yield f"the head {head}"
    for name in ("start", "end"):
        date.fromisoformat(root.findtext(f"conference/{name}", ""))
    if not re.fullmatch(SPAN, root.findtext("conference/timeslot_duration", "")):
        yield "timeslot_duration"
    yield from _day_faults(root)
    events = root.findall("day/room/event")
    for wording in (lambda e: e.get("guid"), lambda e: e.get("id"), lambda e: e.findtext("slug")):
        if len({wording(event) for event in events}) != len(events):
            yield "a guid, id or slug stands twice"
    for event in events:
        yield from _event_faults(event)


def _day_faults(root: ElementTree.Element) -> Found:
    for day in root.findall("day"):
        date.fromisoformat(day.attrib["date"])
        if int(day.attrib["index"]) < 1 or set(day.attrib) - {"date", "start", "end", "index"}:
            yield f"day {day.attrib}"
        if {child.tag for child in day} - {"room"} or {e.tag for e in day.findall("room/*")} - {"event"}:
            yield "what stands under a day or a room"


def _event_faults(event: ElementTree.Element) -> Found:
    names, text = [child.tag for child in event], {child.tag: child.text or "" for child in event}
    if len(names) != len(set(names)) or set(NEEDED) - set(names) or set(names) - MAY:
        yield f"event {event.get('id')}: {set(NEEDED) ^ set(names)}"
    if int(event.attrib["id"]) < 1 or not UUID(event.attrib["guid"]):
        yield f"event {event.attrib}"
    begins = datetime.fromisoformat(text["date"])
    if begins.utcoffset() is None or f"{begins:%H:%M}" != text["start"] or not re.fullmatch(CLOCK, text["start"]):
        yield f"{text['date']} begins at {text['start']}"
    if not re.fullmatch(SPAN, text["duration"]):
        yield f"duration {text['duration']}"
    if any(int(person.attrib["id"]) < 1 for person in event.findall("persons/person")):
        yield "a person's id"
    if {part.tag for part in event.findall("links/*")} - {"link"} or any(
        not link.get("href") for link in event.findall("links/link")
    ):
        yield "links"


def json_faults(document: dict[str, Any]) -> Found:
    """Yield what breaks a rule of schedule.json."""
    if set(document) - {"$schema", "generator", "schedule"} or "version" not in document["schedule"]:
        yield f"the document {set(document)}"
    head = document["schedule"]["conference"]
    if CONFERENCE - set(head) or set(head) - CONFERENCE - ELSE or "rooms" in document["schedule"]:
        yield f"the conference {CONFERENCE ^ set(head)}"
    if not re.search(r"^([A-Z][a-z]+/[A-Z][a-z]+)|UTC$", head["time_zone_name"]) or head["daysCount"] != len(
        head["days"]
    ):
        yield f"{head['time_zone_name']}, {head['daysCount']}"
    for room in head["rooms"]:
        if set(room) - {"name", "guid", "description", "capacity"} or not UUID(room["guid"]):
            yield f"room {room}"
    for day in head["days"]:
        if set(day) != {"date", "day_end", "day_start", "index", "rooms"}:
            yield f"day {set(day)}"
        for event in (event for events in day["rooms"].values() for event in events):
            yield from _json_event_faults(event)


def _json_event_faults(event: dict[str, Any]) -> Found:
    if EVENT - set(event) or set(event) - EVENT - {"logo", "description", "attachments", "answers"}:
        yield f"event {EVENT ^ set(event)}"
    if event["id"] < 1 or not UUID(event["guid"]) or not re.fullmatch(r"\d+:\d\d", event["duration"]):
        yield f"event {event['id']}"
    if not re.fullmatch(r"[a-z0-9_-]+[a-z0-9]", event["slug"]):
        yield f"slug {event['slug']}"
    if datetime.fromisoformat(event["date"]).utcoffset() is None or any("name" not in p for p in event["persons"]):
        yield f"event {event['date']}"


def _written(format_: str) -> bytes:
    week = find_week("jl2026")
    assert week
    return WRITERS[format_].write(week, Asked("sheet", "https://week.example"))


def test_the_demo_week_keeps_to_the_rules_of_both(demo_app: Flask) -> None:
    root, document = ElementTree.fromstring(_written("xml")), json.loads(_written("frab-json"))
    assert len(root.findall("day/room/event")) > 100
    assert list(xml_faults(root)) == [] and list(json_faults(document)) == []


@pytest.mark.parametrize(
    ("broken", "by"),
    [
        (lambda root: root.append(root.find("conference")), "order"),
        (lambda root: root.find("conference").remove(root.find("conference/acronym")), "head"),
        (lambda root: root.find("day/room").append(root.find("day/room/event")), "twice"),
        (lambda root: root.find("day/room/event").remove(root.find("day/room/event/slug")), "event"),
        (lambda root: setattr(root.find("day/room/event/start"), "text", "9:75"), "begins"),
        (lambda root: setattr(root.find("day/room/event/duration"), "text", "90 min"), "duration"),
    ],
)
def test_the_rules_bite(demo_app: Flask, broken: Any, by: str) -> None:
    root = ElementTree.fromstring(_written("xml"))
    broken(root)
    assert any(by in fault for fault in xml_faults(root))
