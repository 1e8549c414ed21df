"""Shapes of releases to come, of whom they affect and of splits over the desk's API."""

from typing import Any

from eventweek.api.v1.desk.scenario_schemas import PROBLEM
from eventweek.api.v1.desk.schemas import INSTANT, NUMBER, PAIR, TEXT, TIME, many, optional, thing
from eventweek.replanning.enums import Audience, Choice, Settling
from eventweek.scheduling.enums import Difference, Obstacle

Node = dict[str, Any]
FLAG: Node = {"type": "boolean"}
CHOICE: Node = {"type": "string", "enum": [str(one) for one in Choice]}
WAY: Node = {"type": "string", "enum": [str(one) for one in Settling]}
_PLACE = thing(code=TEXT, zh=TEXT, en=TEXT)
_SPOT = thing(start=TIME, end=TIME, room=_PLACE, venue=_PLACE, cancelled=FLAG)
_STOP = thing(session=TEXT, zh=TEXT, en=TEXT)
CHANGES = many(thing(session=TEXT, zh=TEXT, en=TEXT, before=_SPOT, after=_SPOT))
CLASHES = many(thing(kind={"enum": ["overlap", "journey"]}, needed=NUMBER, left=NUMBER, first=_STOP, second=_STOP))
_AFFECTED: dict[str, Node] = {
    "id": TEXT,
    "registration": TEXT,
    "name": TEXT,
    "organisation": TEXT,
    "seats": NUMBER,
    "state": TEXT,
    "offering": TEXT,
    "release": {"type": "integer", "description": "0: a split"},
    "changes": CHANGES,
    "clashes": CLASHES,
    "displaced": FLAG,
    "choice": CHOICE,
    "target": TEXT,
    "noted_at": TIME,
    "decided_at": INSTANT,
    "decided_by": TEXT,
}
_SHORTAGE = thing(
    offering=TEXT, session=TEXT, title=PAIR, room=PAIR, size=NUMBER, taken=NUMBER, held=NUMBER, short=NUMBER
)
_COMPARED: dict[str, Node] = {
    "last_release": NUMBER,
    "items": many(
        thing(
            session=TEXT,
            title=PAIR,
            action=TEXT,
            group={"enum": [str(one) for one in Difference]},
            fields=many(TEXT),
            before={"anyOf": [_SPOT, {"type": "null"}]},
            after={"anyOf": [_SPOT, {"type": "null"}]},
            registrations=NUMBER,
            waiting=NUMBER,
            clashing=NUMBER,
        )
    ),
    "people": NUMBER,
    "registrations": NUMBER,
    "clashing": NUMBER,
    "cancelled": NUMBER,
    "shortages": many(_SHORTAGE),
}
SHAPES: dict[str, Node] = {
    "DeskChanges": thing(**_COMPARED, blocking=many(PROBLEM), passed=many(PROBLEM), warnings=many(PROBLEM)),
    "DeskRestoration": thing(
        release={**NUMBER, "description": "the one to go back to"},
        **_COMPARED,
        blocking=many(PROBLEM),
        barred=many(thing(session=TEXT, title=PAIR, why={"enum": [str(one) for one in Obstacle]}, what=PAIR)),
        since=many(TEXT) | {"description": "sessions that were published later; they stay as they are"},
    ),
    "DeskReleaseMessages": thing(
        items=many(
            thing(
                audience={"enum": [str(one) for one in Audience]},
                kind=TEXT,
                people={**NUMBER, "description": "how many are written to"},
                unreached={**NUMBER, "description": "how many have no address"},
                subject=PAIR,
                body=PAIR,
            )
        )
    ),
    "DeskReleaseNew": optional(
        note=TEXT,
        sessions=many(TEXT),
        shortages={"type": "object", "description": "offering -> what is decided", "additionalProperties": WAY},
        reason=TEXT,
    ),
    "DeskAffectedList": thing(
        items=many(thing(**_AFFECTED)),
        page=NUMBER,
        page_size=NUMBER,
        pages=NUMBER,
        total=NUMBER,
        counts=thing(**{str(one): NUMBER for one in Choice}),
    ),
    "DeskAffected": thing(**_AFFECTED),
    "DeskChoice": {
        **optional(choice={"enum": [str(one) for one in Choice if one != Choice.OPEN]}, offering=TEXT),
        "required": ["choice"],
    },
    "DeskSpreadNew": {**optional(offering=TEXT, targets=many(TEXT), dry_run=FLAG), "required": ["offering", "targets"]},
    "DeskSpread": thing(
        offering=TEXT, dry_run=FLAG, stay=NUMBER, moves=many(thing(registration=TEXT, seats=NUMBER, offering=TEXT))
    ),
}
