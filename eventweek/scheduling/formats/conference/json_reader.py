"""Read a C3VOC / pretalx / frab schedule.json (schema: voc/schedule, validator/json)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from eventweek.kernel.errors import Refusal
from eventweek.scheduling.formats.conference.model import Conference, Event, Hall, Link, Speaker
from eventweek.scheduling.formats.conference.times import minutes, slot, start

KEPT = frozenset(
    {"id", "guid", "code", "room", "title", "subtitle", "type", "date", "start", "end", "duration", "abstract", "slug"}
    | {"description", "url", "track", "persons", "language", "links", "attachments"}
)
Object = Mapping[str, Any]


def read_schedule_json(document: Object) -> Conference:
    """Return the schedule of a loaded file.

    Raises: Refusal import.no_schedule with `line` and `name`.
    """
    schedule = _object(document.get("schedule"))
    head = _object(schedule.get("conference"))
    if not isinstance(head.get("days"), list):
        raise Refusal("import.no_schedule", line=1, name="schedule.conference.days")
    meta = _object(head.get("meta"))
    found = list(_events(_objects(head["days"])))
    halls = [Hall(_said(room, "name"), _whole(room.get("capacity"))) for room in _objects(head.get("rooms"))]
    named = {hall.name for hall in halls}
    halls += [Hall(name) for name in dict.fromkeys(event.room for event, _own in found) if name not in named]
    return Conference(
        title=_said(head, "title"),
        acronym=_said(head, "acronym"),
        venue=_said(head, "venue") or _said(meta, "venue"),
        city=_said(head, "city") or _said(meta, "city"),
        zone=_said(head, "time_zone_name"),
        first_day=_said(head, "start")[:10],
        last_day=_said(head, "end")[:10],
        slot=slot(_said(head, "timeslot_duration")),
        halls=tuple(hall for hall in halls if hall.name),
        events=tuple(event for event, _own in found),
        unread=dict(
            Counter(name for _event, own in found for name, value in own.items() if value and name not in KEPT)
        ),
    )


def _events(days: list[Object]) -> Iterator[tuple[Event, Object]]:
    for n, day in enumerate(days):
        for room, entries in _object(day.get("rooms")).items():
            for m, own in enumerate(_objects(entries)):
                yield _event(own, f'days[{n}].rooms["{room}"][{m}]', room, _said(day, "date")), own


def _event(own: Object, place: str, room: str, day: str) -> Event:
    texts = {
        name: _said(own, name) for name in ("guid", "slug", "url", "title", "subtitle", "track", "type", "language")
    }
    return Event(
        key=_said(own, "id") or texts["guid"] or _said(own, "code"),
        place=place,
        start=start(_said(own, "date"), _said(own, "start"), day, ""),
        minutes=minutes(_said(own, "duration")),
        room=_said(own, "room") or room,
        abstract=_said(own, "abstract"),
        description=_said(own, "description"),
        persons=tuple(_speaker(person) for person in _objects(own.get("persons"))),
        links=tuple(_links(own.get("links"))),
        attachments=tuple(_links(own.get("attachments"))),
        **texts,
    )


def _speaker(own: Object) -> Speaker:
    name = _said(own, "name") or _said(own, "public_name")
    key = next((_said(own, part) for part in ("id", "guid", "code") if _said(own, part)), name)
    return Speaker(key, name, _said(own, "biography"))


def _links(value: object) -> Iterable[Link]:
    for one in value if isinstance(value, list) else []:
        own = _object(one)
        yield Link(_said(own, "url"), _said(own, "title"), _said(own, "type")) if own else Link(_text(one), "")


def _object(value: object) -> Object:
    return value if isinstance(value, Mapping) else {}


def _objects(value: object) -> list[Object]:
    return [_object(one) for one in value] if isinstance(value, list) else []


def _said(own: Object, name: str) -> str:
    return _text(own.get(name))


def _text(value: object) -> str:
    plain = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value).strip() if plain else ""


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
