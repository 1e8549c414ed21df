"""What the timetable editor does to the plan, answered as data: the new place, and what is wrong with the session."""

from collections.abc import Callable
from typing import Any

from flask import Response, jsonify, request
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.language import say, sentence
from eventweek.language.status import status_of
from eventweek.programme.models import Week
from eventweek.scheduling.actions.placements import place_session, unplace_session
from eventweek.scheduling.actions.sessions import resize_session
from eventweek.scheduling.models import Placement
from eventweek.scheduling.queries.remembered import working
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, edition, said
from eventweek.web.forms.sessions import PlacedForm
from eventweek.web.frame import needs


@blueprint.post("/w/<week>/sessions/<code>/moves")
@needs(Verb.PLAN_EDIT)
def session_move(week: str, code: str) -> Response:
    """Place a session, or move it: `start` on the week's clock, `room`, the `version` that was seen, a `reason`."""
    own = edition(week, Verb.PLAN_EDIT)
    start, room, why = (request.form.get(name, "") for name in ("start", "room", "reason"))

    def move() -> Placement:
        version = _number("version")
        return place_session(code, start, room, version=version, actor=at_work(), override=why, week=own.code)

    return _answer(own, code, move)


@blueprint.post("/w/<week>/sessions/<code>/unplacement")
@needs(Verb.PLAN_EDIT)
def session_unplacement(week: str, code: str) -> Response:
    """Take a session out of the plan: it goes to those that have no place yet."""
    own, why = edition(week, Verb.PLAN_EDIT), request.form.get("reason", "")

    def unplace() -> None:
        unplace_session(code, version=_number("version"), actor=at_work(), override=why, week=own.code)

    return _answer(own, code, unplace)


@blueprint.post("/w/<week>/sessions/<code>/duration")
@needs(Verb.PLAN_EDIT)
def session_duration(week: str, code: str) -> Response:
    """Make a session longer or shorter where it stands: `minutes`, and the `version` of the session."""
    own, why = edition(week, Verb.PLAN_EDIT), request.form.get("reason", "")

    def resize() -> None:
        minutes, version = request.form.get("minutes", ""), _number("version")
        resize_session(code, minutes, version=version, actor=at_work(), override=why, week=own.code)

    return _answer(own, code, resize)


def _number(name: str) -> int | None:
    """Return a version that was sent; None where it is empty, -1, which fits none, where it is no number."""
    given = request.form.get(name, "")
    if not given:
        return None
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1


def _answer(week: Week, code: str, change: Callable[[], object]) -> Response:
    """Make a change and answer what has become of it; a refusal says why, and whether a reason would help."""
    try:
        change()
    except Refusal as refusal:
        if refusal.code == "permission.denied":
            raise
        return refused(refusal)
    now = working(week)
    found = now.problems
    placed = next((now.rows.get(own) for own, row in now.frame.sessions.items() if row.code == code), None)
    own = [{"stops": one.level.stops, "said": said(one)} for one in found if code in one.sessions]
    place = placed and {
        "start": placed.start.isoformat(),
        "room": now.frame.rooms[placed.room_id].code,
        "version": placed.version,
    }
    stopping = sum(one.level.stops for one in found)
    response = jsonify(place=place, problems=own, stopping=stopping, every=len(found))
    response.headers["Cache-Control"] = "no-store"
    return response


def refused(refusal: Refusal) -> Response:
    """Answer why not, as data: the sentence, and whether a reason would get past it."""
    why = sentence(refusal)
    if isinstance(refusal, Invalid):
        why = " ".join(say(error.code, error.facts) for error in refusal.errors)
    if refusal.code == "version.stale":
        why = _("别人刚刚改过这一场，这次没有动。看清楚它现在在哪里，再决定。")
    told: dict[str, Any] = {"code": refusal.code, "said": why, "reason": refusal.code in PlacedForm.REASONED}
    if refusal.code == "version.stale":
        told |= {"fields": refusal.facts["fields"], "version": refusal.facts["version"]}
    response = jsonify(told)
    response.status_code = status_of(refusal.code)
    response.headers["Cache-Control"] = "no-store"
    return response
