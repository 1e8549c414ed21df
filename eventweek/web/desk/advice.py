"""What the planner says of places for one session while it is dragged."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, jsonify, request

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Refusal
from eventweek.language import say, sentence, words
from eventweek.programme.models import Week
from eventweek.programme.queries.incidents import map_losses
from eventweek.programme.queries.masters import list_rooms_in_use
from eventweek.replanning.queries.advice import Advice, cells, judge, make_ready
from eventweek.scheduling.queries.reach import find_movable, why_not_use
from eventweek.scheduling.queries.remembered import working
from eventweek.scheduling.queries.rooms import why_lost
from eventweek.scheduling.worklist import find_planned
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, edition
from eventweek.web.desk.moves import refused
from eventweek.web.desk.rights import ask_to_move
from eventweek.web.frame import best, needs

BEYOND = "x"
"""The sign of a room that the session may not be put into by who is at work."""


@blueprint.get("/w/<week>/sessions/<code>/cells")
@needs(Verb.PLAN_EDIT)
def session_cells(week: str, code: str) -> Response:
    """Answer what every start in every room of a day would be for a session, and the ways of its people."""
    own = edition(week, Verb.PLAN_EDIT)
    day = _day(request.args.get("day", "")) or abort(400)
    found = cells(own, code, day)
    if found is None:
        abort(404)
    reach = find_movable(own.id, at_work())
    if not reach.may_move(code):
        try:
            ask_to_move(find_planned(own.id, code) or abort(404))
        except Refusal as refusal:
            return refused(refusal)
    rooms = {r: signs if reach.may_use(code, r) else BEYOND * len(signs) for r, signs in found.rooms.items()}
    return _private({"starts": found.starts, "step": own.slot_min, "rooms": rooms, "ways": [*_ways(own, code, day)]})


@blueprint.get("/w/<week>/timetable/readiness")
@needs(Verb.PLAN_EDIT)
def timetable_readiness(week: str) -> Response:
    """Have the rules of the week made ready, before the first session is dragged."""
    make_ready(edition(week, Verb.PLAN_EDIT))
    return _private({})


@blueprint.get("/w/<week>/sessions/<code>/verdict")
@needs(Verb.PLAN_EDIT)
def session_verdict(week: str, code: str) -> Response:
    """Answer in sentences what one place would break and mend, and why nothing gets past it (`never`)."""
    own = edition(week, Verb.PLAN_EDIT)
    start = _moment(own, request.args.get("start", "")) or abort(400)
    found = judge(own, code, start, request.args.get("room", ""))
    if found is None:
        abort(404)
    never = _never(own, code, found)
    return _private(
        {
            "forbidden": found.forbidden,
            "change": found.change,
            "broken": [*(str(words.HELD[one]) for one in found.held), *(best(said) for said in found.broken)],
            "mended": [best(said) for said in found.mended],
        }
        | ({"never": never} if never else {})
    )


def _never(week: Week, code: str, place: Advice) -> str:
    """Return in a sentence why a session never goes to a place: the hall is another's, or lost; empty where it may."""
    if find_movable(week.id, at_work()).may_use(code, place.room) and place.room not in map_losses(week.id):
        return ""
    planned = find_planned(week.id, code)
    hall = next((room for room in list_rooms_in_use(week) if room.code == place.room), None)
    if planned is None or hall is None:
        return ""
    if bar := why_not_use(planned.session, hall, at_work()):
        return sentence(bar)
    lost = why_lost(planned.session, place.start, hall)
    return say(lost.code, lost.facts) if lost else ""


def _ways(week: Week, code: str, day: date) -> Iterator[dict[str, Any]]:
    """Yield for each person of a session the other sessions of that day, and the minutes from where it stands."""
    now = working(week)
    frame = now.frame
    placed = {one.code: one for one in frame.placed(now.spots) if one.day == day}
    own = placed.get(code)
    for other in placed.values() if own else ():
        assert own
        shared = {person.code for person in own.people} & {person.code for person in other.people}
        names = [best(person.name) for person in other.people if person.code in shared]
        if other is not own and names:
            minutes = frame.week.minutes(own.room, other.room)
            yield {"session": other.code, "people": names, "minutes": minutes}


def _moment(week: Week, given: str) -> datetime | None:
    """Return an instant from local `YYYY-MM-DDTHH:MM`, None where it is none."""
    try:
        at = datetime.fromisoformat(given[:16])
    except ValueError:
        return None
    return at.replace(tzinfo=ZoneInfo(week.timezone)) if at.tzinfo is None else at


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given[:10])
    except ValueError:
        return None


def _private(body: dict[str, Any]) -> Response:
    response = jsonify(body)
    response.headers["Cache-Control"] = "no-store"
    return response
