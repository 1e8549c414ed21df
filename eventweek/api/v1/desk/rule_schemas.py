"""Shapes of rules over the desk's API."""

from typing import Any

from eventweek.api.v1.desk.schemas import NUMBER, PAIR, TEXT, TIME, many, optional, thing
from eventweek.scheduling.enums import Group, Level, Preset
from eventweek.scheduling.rulebook import MOST_WEIGHT

Node = dict[str, Any]
LEVELS = [str(one) for one in Level]
PRESET: Node = {"type": "string", "enum": [str(one) for one in Preset]}
WEIGHT: Node = {"type": ["integer", "null"], "minimum": 0, "maximum": MOST_WEIGHT}
OWN_LEVEL: Node = {"type": ["string", "null"], "enum": [*LEVELS, None], "description": "null: as usual"}
FLAG: Node = {"type": ["boolean", "null"], "description": "null or left out: as it is"}
_OVERRIDE = thing(
    id=TEXT,
    problem={**TEXT, "description": "the id of the problem that may pass"},
    rule=TEXT,
    reason=TEXT,
    actor=TEXT,
    at=TIME,
    counts={"type": "boolean", "description": "false as soon as one of the sessions has moved"},
    sessions=many(thing(session=TEXT, start=TIME, room={"type": ["string", "null"]})),
)
SHAPES: dict[str, Node] = {
    "DeskRules": thing(
        preset=PRESET,
        items=many(
            thing(
                rule=TEXT,
                title=PAIR,
                group={"type": "string", "enum": [str(one) for one in Group]},
                level={"type": "string", "enum": LEVELS},
                own_level=OWN_LEVEL,
                choices=many({"type": "string", "enum": LEVELS}),
                planner={"type": ["string", "null"], "enum": ["hard", "medium", "soft", "ignore", None]},
                weight=WEIGHT,
                own_weight=WEIGHT,
                problems={**NUMBER, "type": ["integer", "null"]},
            )
        ),
    ),
    "DeskRuleOverride": _OVERRIDE,
    "DeskRuleOverrides": thing(items=many(_OVERRIDE), page=NUMBER, page_size=NUMBER, pages=NUMBER, total=NUMBER),
    "DeskRuleOverrideNew": {
        **optional(problem=TEXT, reason={**TEXT, "minLength": 5, "maxLength": 300}),
        "required": ["problem", "reason"],
    },
    "DeskPins": optional(time=FLAG, room=FLAG),
    "DeskPinsNew": optional(
        time=FLAG, room=FLAG, sessions=many(TEXT), day={"type": "string", "format": "date"}, track=TEXT
    ),
    "DeskPinned": thing(changed=NUMBER),
    "DeskRulesNew": optional(
        preset=PRESET,
        rules=many({**optional(rule=TEXT, level=OWN_LEVEL, weight=WEIGHT), "required": ["rule"]}),
    ),
}
