"""Shapes of changes of many sessions over the desk's API."""

from eventweek.api.v1.desk.schemas import CHANGES, TEXT, Node, thing
from eventweek.programme.rules.bulk import FIELDS, LISTS, MOST
from eventweek.programme.rules.subjects import SESSION, Subject
from eventweek.programme.rules.values import record_schema
from eventweek.registration.queries.settings import SETTINGS

LINES: Node = {
    "type": "array",
    "items": thing(
        id=TEXT,
        changes=CHANGES,
        refused={"type": "array", "items": TEXT},
        changed_since={"type": "boolean"},
    ),
}


def bulk_wish() -> Node:
    """Describe what can be wished for many sessions."""

    def some(subject: Subject, names: tuple[str, ...]) -> Node:
        return record_schema({name: subject.fields[name] for name in names}) | {"required": []}

    properties = {
        "sessions": {"type": "array", "items": TEXT, "maxItems": MOST},
        "dry_run": {"type": "boolean", "default": False},
        "set": some(SESSION, FIELDS),
        "add": some(SESSION, LISTS),
        "remove": some(SESSION, LISTS),
        "offering": some(SETTINGS, tuple(SETTINGS.fields)),
    }
    return {"type": "object", "properties": properties, "required": ["sessions"], "additionalProperties": False}


SHAPES: dict[str, Node] = {
    "DeskBulkWish": bulk_wish(),
    "DeskBulkChange": thing(
        id=TEXT,
        state={"enum": ["planned", "applied", "undone"]},
        stay={"type": "integer", "description": "how many sessions are so already"},
        sessions=LINES,
        offerings=LINES,
    ),
}
