"""Shapes and words of lists of people over the desk's API."""

from eventweek.api.v1.desk.importing import REFUSAL, Node, file_of, stands
from eventweek.api.v1.desk.schemas import NUMBER, TEXT, asked_for, many, thing
from eventweek.registration.enums import ConsentOrigin, Fate
from eventweek.registration.rosters import LARGEST, MOST_LINES

_STANDS: Node = {
    **stands(send={"type": "boolean"}, consent_from=TEXT, consent_note=TEXT),
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
    "DeskRoster": thing(**_STANDS, rows=many(_ROW), refusal=REFUSAL),
}
CONSENT = asked_for(
    "consent", "true: everybody on the list knows that their data goes to the organiser, and agreed", enum=["true"]
)
ORIGIN = asked_for("consent_from", "where they agreed", enum=[str(one) for one in ConsentOrigin])
NOTE = asked_for("consent_note", "which system or form, and when; kept with each consent", maxLength=200)
SEND = asked_for("send", "write to everybody who is new", enum=["true", "false"], default="true")
FILE = file_of(
    f"a workbook or CSV, at most {LARGEST // 1_000_000} MB and {MOST_LINES} rows: name, phone or "
    "e-mail, organisation, offerings by code or name with semicolons between them"
)
