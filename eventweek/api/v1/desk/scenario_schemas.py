"""Shapes and words of scenarios over the desk's API."""

from eventweek.api.v1.desk.schemas import (
    MOMENT,
    NUMBER,
    PAIR,
    TEXT,
    TIME,
    Node,
    asked_for,
    many,
    page_of,
    thing,
)

_FLAG: Node = {"type": "boolean"}
_PLACE = thing(start=TIME, room=TEXT, pin_time=_FLAG, pin_room=_FLAG)
PROBLEM = thing(code=TEXT, level=TEXT, sessions=many(TEXT), detail=TEXT)
_NONE: Node = {"type": "null"}
_CHANGE = thing(
    session=TEXT,
    title=PAIR,
    off={**_FLAG, "description": "cancelled or archived"},
    before={"anyOf": [_PLACE, _NONE]},
    after={"anyOf": [_PLACE, _NONE]},
)
_GLANCE: dict[str, Node] = {
    "id": TEXT,
    "version": NUMBER,
    "name": {**TEXT, "description": "empty for a working plan that never was a scenario"},
    "working": _FLAG,
    "actor": TEXT,
    "made_at": TIME,
    "placed": {**NUMBER, "description": "sessions that are on and have a place"},
    "differs": {**NUMBER, "description": "sessions that it has elsewhere than the working plan"},
    "blocking": {**NUMBER, "description": "problems that would stop a release"},
    "warnings": NUMBER,
}
_NAME: Node = {**TEXT, "minLength": 1, "maxLength": 80, "description": "of one scenario of the week alone"}
_ROW: Node = {
    "type": "object",
    "properties": {"session": TEXT, "start": MOMENT, "room": TEXT, "pin_time": _FLAG, "pin_room": _FLAG},
    "required": ["session", "start", "room"],
    "additionalProperties": False,
}
SHAPES: dict[str, Node] = {
    "DeskScenarios": page_of("DeskScenarioAtAGlance"),
    "DeskScenarioAtAGlance": thing(**_GLANCE),
    "DeskScenario": thing(
        **_GLANCE, placements=many(thing(session=TEXT, start=TIME, room=TEXT, pin_time=_FLAG, pin_room=_FLAG))
    ),
    "DeskScenarioNew": {
        "type": "object",
        "properties": {"name": _NAME, "placements": many(_ROW) | {"description": "left out: as the working plan"}},
        "required": ["name"],
        "additionalProperties": False,
    },
    "DeskScenarioName": thing(name=_NAME),
    "DeskComparison": thing(
        before={"type": ["string", "null"], "description": "the plan compared with; null: nothing is placed yet"},
        after=TEXT,
        items=many(_CHANGE),
        problems_before=many(PROBLEM) | {"description": "those that only the first has"},
        problems_after=many(PROBLEM) | {"description": "those that only the second has"},
    ),
    "DeskPromotion": thing(
        scenario=TEXT,
        items=many(_CHANGE),
        published_moved={**NUMBER, "description": "published sessions with another time or place"},
        published_unplaced={**NUMBER, "description": "published sessions without a place"},
        people=NUMBER,
        registrations=NUMBER,
        clashing=NUMBER,
        held=many(TEXT) | {"description": "sessions that a permit holds: these must move first, with a reason"},
        shut=many(TEXT) | {"description": "sessions that would move into an archived room"},
    ),
}
OTHER = asked_for("with", "the plan to compare with; left out: the working plan")
