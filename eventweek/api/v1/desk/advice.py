"""The working plan as an editor draws it, and what the planner says of places for one session, over the API."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import asked, blueprint, instant, needs_key
from eventweek.api.v1.desk.schemas import NUMBER, PAIR, TEXT, TIME, Node, asked_for, described_as, many, thing
from eventweek.api.v1.desk.sessions import told_problems
from eventweek.api.v1.frame import private
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.kernel.db import Bilingual
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.models import Week
from eventweek.programme.queries.records import get_record
from eventweek.programme.rules.checks import is_locked
from eventweek.programme.rules.subjects import SESSION
from eventweek.replanning.queries.advice import LETTERS, Advice, best_places, cells, judge
from eventweek.scheduling.queries.remembered import Now, working

FLAG: Node = {"type": "boolean"}
SIGNS = "`.` free, `s` costs wishes, `m` moves people; forbidden: " + ", ".join(
    f"`{sign}` {'/'.join(rule for rule, own in LETTERS.items() if own == sign)}"
    for sign in dict.fromkeys(LETTERS.values())
)
_PLACE = thing(
    start=TIME,
    room=TEXT,
    change={**many(NUMBER), "description": "of the score: hard, medium, soft; above 0 is worse"},
    forbidden={**FLAG, "description": "a hard rule forbids it"},
    held={**many({"enum": ["time", "room", "grid"]}), "description": "what the session itself leaves no choice of"},
    broken=many(PAIR),
    mended=many(PAIR),
)
_SESSION = thing(
    id=TEXT,
    title=PAIR,
    family=TEXT,
    minutes=NUMBER,
    expected=NUMBER,
    locked={**FLAG, "description": "by its safety permit"},
    placement={
        "oneOf": [{"type": "null"}, thing(start=TIME, room=TEXT, pin_time=FLAG, pin_room=FLAG, version=NUMBER)],
    },
)
SHAPES: dict[str, Node] = {
    "DeskTimetable": thing(
        rooms=many(thing(id=TEXT, name=PAIR, venue=TEXT, site=PAIR, city=TEXT, capacity=NUMBER)),
        sessions=many(_SESSION),
        problems={"type": ["array", "null"], "description": "with `problems=true`"},
    ),
    "DeskCells": thing(
        starts={**many(NUMBER), "description": "minutes of the day"},
        rooms={
            "type": "object",
            "additionalProperties": TEXT,
            "description": f"a sign for each start: {SIGNS}, `o` others",
        },
    ),
    "DeskVerdict": _PLACE,
    "DeskPlaces": thing(items=many(_PLACE)),
}
ONE = "/weeks/<week>/sessions/<code>"


@blueprint.get("/weeks/<week>/timetable")
@described_as(
    "Show the working plan: rooms, sessions, where each stands",
    "DeskTimetable",
    asked_for("problems", "with what is wrong", enum=["false", "true"], default="false"),
)
@needs_key(Verb.PROGRAMME_READ)
def timetable(_actor: Actor, week: Week) -> Response:
    """Answer all that an editor draws."""
    wanted = asked("problems").get("problems", "false")
    if wanted not in ("false", "true"):
        raise Invalid([FieldError("problems", "json.choice")])
    now = working(week)
    rooms = [
        {
            "id": one.code,
            "name": one.name,
            "venue": one.venue,
            "site": one.site,
            "city": one.city,
            "capacity": one.capacity,
        }
        for one in now.frame.rooms.values()
        if one.usable
    ]
    sessions = [_session(now, row) for row in now.frame.sessions.values()]
    problems = told_problems(week, now.problems) if wanted == "true" else None
    return private(told({"rooms": rooms, "sessions": sessions}) | {"problems": problems})


@blueprint.get(f"{ONE}/cells")
@described_as(
    "Say of every start in every room of a day what it would be for a session",
    "DeskCells",
    asked_for("day", "the day", format="date"),
)
@needs_key(Verb.PROGRAMME_READ)
def session_cells(_actor: Actor, week: Week, code: str) -> Response:
    """Answer the cells of a day."""
    given = asked("day")
    try:
        day = date.fromisoformat(given.get("day", "")[:20])
    except ValueError:
        raise Invalid([FieldError("day", "json.type")]) from None
    get_record(SESSION, week.id, code)
    found = cells(week, code, day)
    if found is None:
        raise Refusal("session.off")
    return private({"starts": found.starts, "rooms": dict(found.rooms)})


@blueprint.get(f"{ONE}/verdict")
@described_as(
    "Say what one place would break and mend",
    "DeskVerdict",
    asked_for("start", "an instant", format="date-time"),
    asked_for("room", "the room"),
)
@needs_key(Verb.PROGRAMME_READ)
def session_verdict(_actor: Actor, week: Week, code: str) -> Response:
    """Answer what the planner says of one place."""
    given = asked("start", "room")
    start, room = instant(given, "start"), given.get("room", "")
    if start is None:
        raise Invalid([FieldError("start", "field.required")])
    get_record(SESSION, week.id, code)
    found = judge(week, code, start, room)
    if found is None:
        raise Invalid([FieldError("room", "reference.unknown", {"code": room[:16]})])
    return private(told(_place(found)))


@blueprint.get(f"{ONE}/places")
@described_as("List the five best other places of a session, the best first", "DeskPlaces")
@needs_key(Verb.PROGRAMME_READ)
def session_places(_actor: Actor, week: Week, code: str) -> Response:
    """Answer where else a session could be."""
    asked()
    get_record(SESSION, week.id, code)
    return private({"items": [told(_place(one)) for one in best_places(week, code)]})


def _session(now: Now, row: Any) -> Mapping[str, Any]:
    place = now.rows.get(row.id)
    return {
        "id": row.code,
        "title": Bilingual(row.title_zh, row.title_en),
        "family": row.family,
        "minutes": row.duration_min,
        "expected": row.expected,
        "locked": is_locked(row.permit_status),
        "placement": place
        and {
            "start": place.start,
            "room": now.frame.rooms[place.room_id].code,
            "pin_time": place.pin_time,
            "pin_room": place.pin_room,
            "version": place.version,
        },
    }


def _place(own: Advice) -> dict[str, Any]:
    return {
        "start": own.start,
        "room": own.room,
        "change": list(own.change),
        "forbidden": own.forbidden,
        "held": list(own.held),
        "broken": list(own.broken),
        "mended": list(own.mended),
    }
