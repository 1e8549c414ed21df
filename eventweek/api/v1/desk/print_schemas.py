"""Shapes of papers over the desk's API."""

from eventweek.api.v1.desk.schemas import INSTANT, NUMBER, TEXT, TIME, Node, many, optional, thing
from eventweek.printing.enums import Paper, PrintState, Sheet, Step
from eventweek.printing.rules import LANGUAGES, NARROWED

_PAPER: Node = {"type": "string", "enum": [str(one) for one in Paper]}
_SHEET: Node = {"type": "string", "enum": [str(one) for one in Sheet]}
_LANGUAGE: Node = {"type": "string", "enum": list(LANGUAGES)}
_WHERE = {
    name: {**TEXT, "description": f"of {', '.join(paper for paper, own in NARROWED.items() if name in own)}"}
    for facets in NARROWED.values()
    for name in facets
}
_STEP: Node = {"type": "string", "enum": ["", *(str(one) for one in Step)]}
_PRINT: dict[str, Node] = {
    "id": TEXT,
    "paper": _PAPER,
    "sheet": _SHEET,
    "language": _LANGUAGE,
    "draft": {"type": "boolean", "description": "the working plan with a watermark, not what is published"},
    "part": {"type": "object", "additionalProperties": TEXT, "description": "to what the week is narrowed"},
    "state": {"type": "string", "enum": [str(one) for one in PrintState]},
    "release": {**NUMBER, "description": "that it shows; 0: not made yet, or the working plan"},
    "pages": NUMBER,
    "size": {**NUMBER, "description": "in bytes"},
    "actor": TEXT,
    "progress": thing(share={**NUMBER, "description": "in per cent"}, step=_STEP, done=NUMBER, total=NUMBER),
    "failure": {"anyOf": [thing(code=TEXT, detail=TEXT), {"type": "null"}]},
    "made_at": TIME,
    "done_at": INSTANT,
}
SHAPES: dict[str, Node] = {
    "DeskPrints": thing(items=many(thing(**_PRINT))),
    "DeskPrint": thing(**_PRINT),
    "DeskPrintNew": {
        **optional(
            paper=_PAPER,
            sheet={**_SHEET, "description": "default: the usual one of the paper"},
            language={**_LANGUAGE, "default": "zh"},
            draft={"type": "boolean", "default": False},
            **_WHERE,
        ),
        "required": ["paper"],
    },
}
