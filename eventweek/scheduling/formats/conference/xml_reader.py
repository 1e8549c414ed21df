"""Read a frab / pentabarf schedule.xml (schema: voc/schedule, validator/xsd)."""

from collections import Counter

from eventweek.kernel.errors import Refusal
from eventweek.kernel.xml import Node, read_xml
from eventweek.scheduling.formats.conference.model import Conference, Event, Hall, Link, Speaker
from eventweek.scheduling.formats.conference.times import minutes, slot, start

KEPT = frozenset(
    {
        "room",
        "title",
        "subtitle",
        "type",
        "date",
        "start",
        "duration",
        "abstract",
        "description",
        "slug",
        "url",
        "track",
    }
    | {"persons", "language", "links", "attachments"}
)


def read_schedule_xml(content: bytes) -> Conference:
    """Return the schedule of a file.

    Raises: Refusal import.no_schedule with `line` and `name`, and what `read_xml` raises.
    """
    root = read_xml(content)
    head = root.child("conference")
    if root.name != "schedule" or head is None:
        raise Refusal("import.no_schedule", line=root.line, name=root.name[:40])
    days = root.all("day")
    change = head.said("day_change")
    events = tuple(
        _event(node, room, day, change) for day in days for room in day.all("room") for node in room.all("event")
    )
    names = dict.fromkeys(room.attributes.get("name", "") for day in days for room in day.all("room"))
    return Conference(
        title=head.said("title"),
        acronym=head.said("acronym"),
        venue=head.said("venue"),
        city=head.said("city"),
        zone=head.said("time_zone_name"),
        first_day=head.said("start")[:10],
        last_day=head.said("end")[:10],
        slot=slot(head.said("timeslot_duration")),
        halls=tuple(Hall(name) for name in names if name),
        events=events,
        unread=_unread(days),
    )


def _event(node: Node, room: Node, day: Node, change: str) -> Event:
    own = node.attributes
    texts = {name: node.said(name) for name in ("slug", "url", "title", "subtitle", "track", "type", "language")}
    return Event(
        key=own.get("id", "") or own.get("guid", ""),
        place=str(node.line),
        guid=own.get("guid", ""),
        start=start(node.said("date"), node.said("start"), day.attributes.get("date", ""), change),
        minutes=minutes(node.said("duration")),
        room=node.said("room") or room.attributes.get("name", ""),
        abstract=node.said("abstract"),
        description=node.said("description"),
        persons=tuple(_speaker(person) for group in node.all("persons") for person in group.all("person")),
        links=tuple(_link(link) for group in node.all("links") for link in group.all("link")),
        attachments=tuple(_link(one) for group in node.all("attachments") for one in group.all("attachment")),
        **texts,
    )


def _speaker(node: Node) -> Speaker:
    own, name = node.attributes, node.text.strip()
    key = own.get("id") or own.get("guid") or own.get("code") or name
    return Speaker(key, name or node.said("name"), node.said("biography"))


def _link(node: Node) -> Link:
    return Link(node.attributes.get("href", "").strip(), node.text.strip(), node.attributes.get("type", ""))


def _unread(days: list[Node]) -> dict[str, int]:
    """Count the elements of events that are neither empty nor kept."""
    own = (child for day in days for room in day.all("room") for event in room.all("event") for child in event.children)
    return dict(
        Counter(child.name for child in own if child.name not in KEPT and (child.text.strip() or child.children))
    )
