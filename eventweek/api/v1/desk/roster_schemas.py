"""Shapes and words of lists of people over the desk's API."""

from typing import Any

from apispec import APISpec

from eventweek.api.v1.desk.schemas import INSTANT, NUMBER, TEXT, TIME, asked_for, many, thing
from eventweek.registration.enums import ConsentOrigin, Fate
from eventweek.registration.rosters import LARGEST, MOST_LINES
from eventweek.scheduling.enums import ImportState

Node = dict[str, Any]
_STANDS: Node = {
    "id": TEXT,
    "version": NUMBER,
    "state": {
        "type": "string",
        "enum": [str(state) for state in ImportState],
        "description": "checking and waiting go on by themselves",
    },
    "name": TEXT,
    "send": {"type": "boolean"},
    "consent_from": TEXT,
    "consent_note": TEXT,
    "made_at": TIME,
    "done_at": INSTANT,
    "progress": thing(done=NUMBER, total=NUMBER),
    "counts": {
        "type": "object",
        "additionalProperties": NUMBER,
        "description": "rows by fate, and of the new ones by state",
    },
}
_ROW = thing(
    row=NUMBER,
    offering={**TEXT, "description": "empty where the row cannot be read"},
    fate={"type": "string", "enum": [str(fate) for fate in Fate]},
    becomes={
        **TEXT,
        "description": "the state it has or would have: confirmed, waitlisted, applied",
    },
    column={**TEXT, "description": "the head of the column that is wrong"},
    value={**TEXT, "description": "what stands there; empty once the rows are deleted"},
    code=TEXT,
    detail={**TEXT, "description": "what to do"},
)
SHAPES: dict[str, Node] = {
    "DeskRosters": thing(items=many(thing(**_STANDS))),
    "DeskRoster": thing(
        **_STANDS, rows=many(_ROW), refusal={**thing(code=TEXT, detail=TEXT), "type": ["object", "null"]}
    ),
}
NAME = asked_for("name", "the file's name, for people; the format is told by the content", maxLength=400)
CONSENT = asked_for(
    "consent", "true: everybody on the list knows that their data goes to the organiser, and agreed", enum=["true"]
)
ORIGIN = asked_for("consent_from", "where they agreed", enum=[str(one) for one in ConsentOrigin])
NOTE = asked_for("consent_note", "which system or form, and when; kept with each consent", maxLength=200)
SEND = asked_for("send", "write to everybody who is new", enum=["true", "false"], default="true")
FILE: Node = {
    "required": True,
    "description": f"a workbook or CSV, at most {LARGEST // 1_000_000} MB and {MOST_LINES} rows: name, phone or "
    "e-mail, organisation, offerings by code or name with semicolons between them",
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}


def register(spec: APISpec) -> None:
    """Describe the shapes."""
    for name, schema in SHAPES.items():
        spec.components.schema(name, schema)
