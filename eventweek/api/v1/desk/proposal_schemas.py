"""Shapes of proposals over the desk's API."""

from typing import Any

from eventweek.api.v1.desk.schemas import NUMBER, TEXT, TIME, many, optional, page_of, thing
from eventweek.programme.enums import ProposalMove, ProposalState, ReviewStep
from eventweek.programme.rules.proposals import DECISIONS, OPENABLE, Side
from eventweek.programme.rules.subjects import PROPOSAL
from eventweek.programme.rules.values import record_schema

Node = dict[str, Any]
_FIELDS = record_schema(PROPOSAL.fields)
_SESSION = {"type": ["string", "null"], "description": "the id of the session made of it"}
_OPEN: Node = {"type": "array", "items": {"type": "string", "enum": list(OPENABLE)}}
_MOVE: Node = {"type": "string", "enum": [str(move) for move in DECISIONS]}
_REASON: Node = {**TEXT, "maxLength": 2000, "description": "needed to return and to reject; the organisation reads it"}
_ENTRY = thing(
    at=TIME,
    side={"type": "string", "enum": [str(side) for side in Side]},
    move={"type": "string", "enum": ["", *(str(move) for move in ProposalMove)], "description": "empty: a comment"},
    internal={"type": "boolean", "description": "the organisation never sees it"},
    text=TEXT,
)
_JUDGED = thing(
    id=TEXT,
    state=TEXT,
    code={**TEXT, "description": "why it cannot go along, else empty"},
    detail=TEXT,
    errors={**many(thing(field=TEXT, code=TEXT, detail=TEXT)), "description": "what it lacks"},
)
_FILE = thing(id=TEXT, name=TEXT, content_type=TEXT, size=NUMBER, added_at=TIME)
_DECISION: dict[str, Node] = {"move": _MOVE, "reason": _REASON, "open_fields": _OPEN}
SHAPES: dict[str, Node] = {
    "DeskProposal": thing(
        id=TEXT,
        version=NUMBER,
        state={"type": "string", "enum": [str(state) for state in ProposalState]},
        step={"type": "string", "enum": [str(step) for step in ReviewStep]},
        submitted_at={**TIME, "type": ["string", "null"]},
        decided_at={**TIME, "type": ["string", "null"]},
        session=_SESSION,
        tentative={"type": "boolean"},
        open_fields=_OPEN,
        files=many(thing(id=TEXT, name=TEXT, size=NUMBER)),
        **_FIELDS["properties"],
    ),
    "DeskProposalNew": _FIELDS,
    "DeskProposalEdit": {**_FIELDS, "required": []},
    "DeskProposalList": page_of("DeskProposal"),
    "DeskProposalReason": optional(reason=_REASON),
    "DeskProposalDecision": {**optional(**_DECISION), "required": ["move"]},
    "DeskProposalDecisions": {
        **optional(proposals=many(TEXT), dry_run={"type": "boolean"}, **_DECISION),
        "required": ["proposals", "move"],
    },
    "DeskProposalSubmissions": {
        **optional(proposals=many(TEXT), dry_run={"type": "boolean"}),
        "required": ["proposals"],
    },
    "DeskProposalsDecided": thing(applied={"type": "boolean"}, items=many(_JUDGED)),
    "DeskProposalEntries": thing(items=many(_ENTRY)),
    "DeskProposalFile": _FILE,
    "DeskProposalFiles": thing(items=many(_FILE)),
    "DeskProposalComment": {**optional(text=TEXT, internal={"type": "boolean"}), "required": ["text"]},
    "DeskProposalSession": {"type": "object", "description": "the fields that are open"},
}
