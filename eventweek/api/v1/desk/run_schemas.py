"""Shapes and words of the planner's runs over the desk's API."""

from eventweek.api.v1.desk.schemas import INSTANT, NUMBER, PAIR, TEXT, TIME, Node, asked_for, many, optional, thing
from eventweek.replanning.actions.runs import LARGEST_SEED, LONGEST
from eventweek.replanning.enums import RunMode, RunState

_NONE: Node = {"type": "null"}
_MODE: Node = {"type": "string", "enum": [str(one) for one in RunMode]}
_SAID: Node = {"anyOf": [PAIR, _NONE]}
_POINT = thing(
    share={"type": "number"}, hard=NUMBER, medium=NUMBER, soft=NUMBER, iterations=NUMBER, seconds={"type": "number"}
)
_MATTER = thing(sessions=many(TEXT), said=PAIR, cure=_SAID)
_RULE = thing(rule=TEXT, title=PAIR, level=TEXT, matches=NUMBER, cost=NUMBER, worst=PAIR)
_ROOMS: Node = {"anyOf": [thing(before=TEXT, after=TEXT), _NONE]}
_TIMES: Node = {"anyOf": [thing(before=TIME, after=TIME), _NONE]}
_MOVE = thing(session=TEXT, people=NUMBER, start=_TIMES, room=_ROOMS, removed={"type": "boolean"})
_LEFT = thing(session=TEXT, reasons=many(PAIR), places=many(thing(place=PAIR, broken=many(PAIR))))
_RESULT = thing(
    rules=many(_RULE),
    moves=many(_MOVE),
    unplaced=many(_LEFT),
    findings=many(_MATTER),
    culprits=many(_MATTER),
)
_FIGURES: Node = {
    **optional(**dict.fromkeys(("hard", "medium", "soft", "placed", "total", "moved", "people"), NUMBER)),
    "description": "`people`: registrations of the sessions that would move; empty before there is a plan",
}
_RUN: dict[str, Node] = {
    "id": TEXT,
    "version": NUMBER,
    "number": NUMBER,
    "name": TEXT,
    "mode": _MODE,
    "seconds": NUMBER,
    "seed": NUMBER,
    "base": {**TEXT, "description": "the plan from which it sets out; empty: the working plan"},
    "state": {"type": "string", "enum": [str(one) for one in RunState]},
    "stopping": {"type": "boolean"},
    "actor": TEXT,
    "made_at": TIME,
    "started_at": INSTANT,
    "ended_at": INSTANT,
    "scenario": {"type": ["string", "null"], "description": "what came of it; it may have been deleted since"},
    "figures": _FIGURES,
}
SHAPES: dict[str, Node] = {
    "DeskRuns": thing(items=many(thing(**_RUN))),
    "DeskRun": thing(
        **_RUN,
        failure={"anyOf": [thing(code=TEXT, detail=TEXT), _NONE]},
        faults=many(PAIR),
        curve=many(_POINT),
        result={"anyOf": [_RESULT, _NONE]},
    ),
    "DeskRunNew": {
        **optional(
            mode=_MODE,
            seconds={**NUMBER, "minimum": 1, "maximum": LONGEST},
            seed={**NUMBER, "minimum": 0, "maximum": LARGEST_SEED},
            plan={**TEXT, "description": "code of the plan from which it sets out; default: the working plan"},
        ),
        "required": ["mode", "seconds"],
    },
}
MODE = asked_for("mode", "what may move", enum=[str(one) for one in RunMode], default="full")
