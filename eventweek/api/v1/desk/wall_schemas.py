"""Shapes of the live wall and of the forecast of gates."""

from eventweek.api.v1.desk.schemas import INSTANT, NUMBER, PAIR, TEXT, TIME, Node, many, thing
from eventweek.checkin.enums import Contact, Fit

_PEOPLE = thing(registered=NUMBER, arrived=NUMBER, inside=NUMBER)
_PLACE = thing(id=TEXT, name=PAIR, today=_PEOPLE, week=_PEOPLE)
_CURVE = many(thing(from_min=NUMBER | {"description": "minutes after the beginning"}, share=NUMBER))
_NEEDED = thing(
    start=TIME,
    people=NUMBER,
    rate={"type": "number", "description": "people a second in the busiest minutes"},
    needed=NUMBER,
    fit={
        "type": "string",
        "enum": [str(one) for one in Fit],
        "description": "tight: a queue in the busiest minutes; short: one that grows all along",
    },
)
SHAPES: dict[str, Node] = {
    "DeskWall": thing(
        at=TIME | {"description": "when the numbers were read"},
        day={"type": "string", "format": "date"},
        today=_PEOPLE,
        week=_PEOPLE,
        sessions=many(
            thing(
                id=TEXT,
                title=PAIR,
                start=TIME,
                end=TIME,
                venue=TEXT,
                room=PAIR,
                city=TEXT,
                capacity={"type": ["integer", "null"]},
                people=_PEOPLE,
            )
        ),
        venues=many(_PLACE),
        cities=many(_PLACE),
        quarters=many(thing(start=TIME, arrived=NUMBER)) | {"description": "first entries on the day"},
        gates=many(thing(id=TEXT, venue=TEXT, name=PAIR, stopped={"type": "boolean"})),
        devices=many(
            thing(
                id=TEXT,
                name=TEXT,
                gates=many(TEXT) | {"description": "none: all of the week"},
                last_seen_at=INSTANT,
                contact={"type": "string", "enum": [str(one) for one in Contact]},
                clock_off_ms=NUMBER | {"description": "how far its clock was ahead of ours"},
                clock_wrong={"type": "boolean", "description": "by more than a minute"},
            )
        ),
    ),
    "DeskGateForecast": thing(
        day={"type": "string", "format": "date"},
        seconds=NUMBER,
        shares=_CURVE,
        measured={
            "anyOf": [_CURVE, {"type": "null"}],
            "description": "the week's own curve, null: too few came so far",
        },
        doors=many(
            thing(
                venue=TEXT,
                name=PAIR,
                gates=NUMBER,
                phones=NUMBER | {"description": "that stand at this venue alone"},
                lanes=NUMBER | {"description": "the greater of both"},
                needed=NUMBER,
                quarters=many(_NEEDED),
            )
        ),
        uncounted=NUMBER | {"description": "sessions of the day that need no registration"},
        roaming=NUMBER | {"description": "phones of several venues, not counted"},
    ),
}
