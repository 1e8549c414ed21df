"""Sessions that people wait for, with larger halls that are free then, over the API."""

from typing import Any

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import asked, blueprint, needs_key
from eventweek.api.v1.desk.schemas import NUMBER, PAIR, TEXT, TIME, Node, described_as, many, thing
from eventweek.api.v1.frame import private
from eventweek.api.v1.problems import spoken
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.programme.models import Week
from eventweek.replanning.queries.halls import Crowded, list_crowded
from eventweek.scheduling.halls import Hall

SHAPES: dict[str, Node] = {
    "DeskCrowded": thing(
        items=many(
            thing(
                session=TEXT,
                title=PAIR,
                start=TIME,
                room=TEXT,
                capacity=NUMBER,
                registered={**NUMBER, "description": "who has a seat, and would have to be told"},
                waiting=NUMBER,
                fits={
                    "type": "boolean",
                    "description": "its room holds all of them: only the seats on offer are fewer",
                },
                locked={"type": "boolean", "description": "by its safety permit: it may not move"},
                halls=many(
                    thing(
                        room=TEXT,
                        name=PAIR,
                        venue=PAIR,
                        capacity=NUMBER,
                        elsewhere={"type": "boolean", "description": "in another venue"},
                        admits={**NUMBER, "description": "of those who wait, how many would have a seat"},
                        problems=many(thing(code=TEXT, detail=TEXT)),
                    )
                ),
            )
        )
    ),
}


@blueprint.get("/weeks/<week>/larger-halls")
@described_as("List the sessions that people wait for, with larger halls that are free then", "DeskCrowded")
@needs_key(Verb.PROGRAMME_READ)
def larger_hall_list(_actor: Actor, week: Week) -> Response:
    """Answer the twenty with most who wait; for each the best three halls, and what would be wrong there."""
    asked()
    return private({"items": [told(_crowded(one)) for one in list_crowded(week)]})


def _crowded(own: Crowded) -> dict[str, Any]:
    return {
        "session": own.code,
        "title": own.title,
        "start": own.start,
        "room": own.room.code,
        "capacity": own.room.capacity,
        "registered": own.demand.registered,
        "waiting": own.demand.waiting,
        "fits": own.fits,
        "locked": own.locked,
        "halls": [_hall(own, hall) for hall in own.halls],
    }


def _hall(own: Crowded, hall: Hall) -> dict[str, Any]:
    return {
        "room": hall.room.code,
        "name": hall.room.name,
        "venue": hall.room.site,
        "capacity": hall.room.capacity,
        "elsewhere": hall.elsewhere,
        "admits": own.admits(hall),
        "problems": [{"code": one.code, "detail": spoken(one.code, dict(one.facts))} for one in hall.problems],
    }
