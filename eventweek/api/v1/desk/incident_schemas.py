"""Shapes of the same-day desk over the desk's API."""

from eventweek.api.v1.desk.schemas import INSTANT, MOMENT, NUMBER, PAIR, TEXT, TIME, Node, many, optional, thing
from eventweek.replanning.enums import RunState, Settling, Way

_FLAG: Node = {"type": "boolean"}
_WAY: Node = {"type": "string", "enum": [str(one) for one in Way]}
_MAYBE: Node = {"type": ["string", "null"]}
_PLACE = thing(start=TIME, room=TEXT)
_LOSS: dict[str, Node] = {
    "id": TEXT,
    "version": NUMBER,
    "rooms": many(TEXT),
    "since": TIME,
    "until": {**INSTANT, "description": "null: until it is lifted"},
    "reason": PAIR,
    "actor": TEXT,
    "made_at": TIME,
    "lifted_at": INSTANT,
    "decided_at": INSTANT,
    "decided_by": TEXT,
    "way": _MAYBE,
    "release": {"type": ["integer", "null"]},
    "notice": _MAYBE,
}
_PEOPLE: dict[str, Node] = {
    "registered": NUMBER,
    "waiting": NUMBER,
    "speakers": NUMBER,
    "hosts": {**NUMBER, "description": "organisations"},
}
_SESSION = thing(
    session=TEXT,
    title=PAIR,
    start=TIME,
    end=TIME,
    room=TEXT,
    registered=NUMBER,
    waiting=NUMBER,
    begun={**_FLAG, "description": "it is under way"},
    permit={**_FLAG, "description": "its safety permit names the hall: it moves with the reason of the incident"},
)
_MOVE = thing(
    session=TEXT,
    title=PAIR,
    before=_PLACE,
    after=_PLACE,
    registered=NUMBER,
    waiting=NUMBER,
    short={**NUMBER, "description": "seats that are given out and not there"},
    yields={**_FLAG, "description": "it has not lost its hall, and makes way for one that has"},
)
_ONE = thing(
    way=_WAY,
    state={"type": ["string", "null"], "enum": [*(str(one) for one in RunState), None]},
    share={"type": "number", "description": "of the search, while it runs"},
    failure=_MAYBE,
    ready=_FLAG,
    fresh={**_FLAG, "description": "the plan is still the one from which it set out"},
    can_be={**_FLAG, "description": "it can be decided for"},
    moves=many(_MOVE),
    cancelled=many(thing(session=TEXT, title=PAIR, registered=NUMBER, waiting=NUMBER, why=many(PAIR))),
    people={**NUMBER, "description": "who registered or waits and is told"},
    clashing={**NUMBER, "description": "of these, people with a new clash"},
    short=NUMBER,
    problems=many(thing(code=TEXT, level=TEXT, sessions=many(TEXT), detail=TEXT)),
    **_PEOPLE,
)
SHAPES: dict[str, Node] = {
    "DeskIncidents": thing(items=many(thing(**_LOSS))),
    "DeskIncident": thing(
        **_LOSS,
        basis={**TEXT, "description": "what is seen here; a decision names it"},
        concerned=many(_SESSION),
        drafts={**NUMBER, "description": "unpublished sessions that stand there too"},
        ways=many(_ONE),
        **_PEOPLE,
    ),
    "DeskIncidentNew": optional(
        rooms=many(TEXT),
        venues={**many(TEXT), "description": "each stands for its rooms"},
        since={**MOMENT, "description": "default: now"},
        until={**MOMENT, "description": "default: until it is lifted"},
        reason_zh={**TEXT, "maxLength": 200},
        reason_en={**TEXT, "maxLength": 200},
    ),
    "DeskIncidentDecision": {
        **optional(
            way=_WAY,
            basis={**TEXT, "description": "of the incident as it was looked at"},
            note={**TEXT, "maxLength": 200},
            short={"type": "string", "enum": [str(one) for one in Settling], "description": "where seats are short"},
            tell={**_FLAG, "description": "publish an urgent notice; default: yes"},
        ),
        "required": ["way", "basis"],
    },
}
