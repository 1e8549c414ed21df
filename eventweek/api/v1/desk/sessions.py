"""What a session has beside its fields: a cancellation, a place in the working plan, and what is wrong there."""

from collections.abc import Iterable
from typing import Any

from flask import Response, request

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import (
    Facts,
    blueprint,
    done,
    is_for_absent,
    needs_key,
    record,
    seen_version,
    sent,
    text,
)
from eventweek.api.v1.desk.pins import PINS, pins_of
from eventweek.api.v1.desk.records import shown
from eventweek.api.v1.desk.schemas import ABSENT, IF_MATCH, IF_NONE_MATCH, described_as
from eventweek.api.v1.frame import private
from eventweek.api.v1.problems import spoken
from eventweek.audit.actors import Actor
from eventweek.kernel.db import Bilingual
from eventweek.kernel.errors import Refusal
from eventweek.programme.actions.sessions import cancel_session
from eventweek.programme.models import Week
from eventweek.programme.queries.records import get_record
from eventweek.programme.rules.subjects import SESSION
from eventweek.scheduling.actions.pins import pin_session
from eventweek.scheduling.actions.placements import place_session, unplace_session
from eventweek.scheduling.actions.sessions import Place, foresee_session, resize_session, restore_planned
from eventweek.scheduling.models import Placement, RuleOverride
from eventweek.scheduling.problems import Problem
from eventweek.scheduling.queries.board import list_problems
from eventweek.scheduling.queries.drafts import find_placement
from eventweek.scheduling.queries.overrides import map_overrides
from eventweek.scheduling.queries.reach import find_movable

ONE = "/weeks/<week>/sessions/<code>"


@blueprint.put(f"{ONE}/cancellation")
@described_as(
    "Cancel a session; the public learns of it by the next release", "DeskSession", IF_MATCH, body="DeskReason"
)
@needs_key(Verb.PROGRAMME_EDIT)
def session_cancel(actor: Actor, week: Week, code: str) -> Response:
    """Cancel with a reason in one language at least."""
    body, version = sent(fields=("reason_zh", "reason_en")), seen_version()
    get_record(SESSION, week.id, code)
    reason = Bilingual(text(body, "reason_zh"), text(body, "reason_en"))
    cancel_session(code, reason=reason, version=version, actor=actor)
    return shown(SESSION, week, code)


@blueprint.delete(f"{ONE}/cancellation")
@described_as("Take the cancellation of a session back, and its archiving", "DeskSession", IF_MATCH)
@needs_key(Verb.PROGRAMME_EDIT)
def session_uncancel(actor: Actor, week: Week, code: str) -> Response:
    """Restore."""
    version = seen_version()
    get_record(SESSION, week.id, code)
    restore_planned(code, version=version, actor=actor)
    return shown(SESSION, week, code)


@blueprint.post(f"{ONE}/foresight")
@described_as(
    "See what a change of a session and of its place would differ in and run into; nothing is changed",
    "DeskForesight",
    IF_MATCH,
    body="DeskForesightOf",
)
@needs_key(Verb.PROGRAMME_EDIT)
def session_foresee(actor: Actor, week: Week, code: str) -> Response:
    """Answer as if the change were made, with the same refusals; where no place is sent, the session keeps its own."""
    body, version = sent(), seen_version()
    row = get_record(SESSION, week.id, code)
    start, room, why = (text(body, name) for name in ("start", "room", "override"))
    own = find_placement(row.id)
    if own and not {"start", "room"} & body.keys():
        start, room = own.start.isoformat(), own.room.code
    values = {name: value for name, value in body.items() if name not in ("start", "room", "override")}
    place = Place(start, room, own.version if own else None)
    seen = foresee_session(week.id, code, values, place=place, version=version, actor=actor, override=why)
    changes = {name: {"old": old, "new": new} for name, (old, new) in seen.changes.items()}
    return private({"changes": changes, "problems": told_problems(week, seen.problems)})


@blueprint.get(f"{ONE}/placement")
@described_as("Show start and room of a session in the working plan", "DeskPlacement", IF_NONE_MATCH)
@needs_key(Verb.PROGRAMME_READ)
def placement(_actor: Actor, week: Week, code: str) -> Response:
    """Answer the placement; 404 where it has none."""
    return _placed(_get(week, code))


@blueprint.put(f"{ONE}/placement")
@described_as("Place a session or move it", "DeskPlacement", IF_MATCH, ABSENT, body="DeskPlacementNew")
@needs_key(Verb.PLAN_EDIT)
def placement_set(actor: Actor, week: Week, code: str) -> Response:
    """Place; the first time with `If-None-Match: *`, later with the version of the placement."""
    body = sent(fields=("start", "room", "override"))
    version = None if is_for_absent() else _seen(week, code)
    get_record(SESSION, week.id, code)
    start, room, why = (text(body, name) for name in ("start", "room", "override"))
    return _placed(place_session(code, start, room, version=version, override=why, actor=actor))


@blueprint.delete(f"{ONE}/placement")
@described_as(
    "Take a session out of the working plan; the public keeps what was published",
    None,
    IF_MATCH,
    status=204,
    body="DeskOverride",
    optional_body=True,
)
@needs_key(Verb.PLAN_EDIT)
def placement_delete(actor: Actor, week: Week, code: str) -> Response:
    """Unplace; one with its safety permit needs a reason, sent as `override`."""
    why = text(sent(fields=("override",)), "override") if request.content_length else ""
    version = _seen(week, code)
    _get(week, code)
    unplace_session(code, version=version, override=why, actor=actor)
    return done()


@blueprint.put(f"{ONE}/duration")
@described_as("Let a session last so many minutes where it stands", "DeskSession", IF_MATCH, body="DeskDuration")
@needs_key(Verb.PLAN_EDIT)
def session_resize(actor: Actor, week: Week, code: str) -> Response:
    """Resize, for who may place a session and need not edit it; `If-Match` names the version of the session."""
    body, version = sent(fields=("duration_min", "override")), seen_version()
    get_record(SESSION, week.id, code)
    minutes, why = body.get("duration_min"), text(body, "override")
    resize_session(code, minutes, version=version, override=why, actor=actor)
    return shown(SESSION, week, code)


@blueprint.get("/weeks/<week>/reach")
@described_as("List the sessions that this key may place, and the rooms that it may use for them", "DeskReach")
@needs_key(Verb.PROGRAMME_READ)
def reach(actor: Actor, week: Week) -> Response:
    """Answer by ids how far the role reaches into the plan."""
    own = find_movable(week.id, actor)
    lists = {name: sorted(getattr(own, name)) for name in ("sessions", "anywhere", "rooms")}
    return private({"whole": own.whole, **lists})


@blueprint.put(f"{ONE}/pins")
@described_as(
    "Say which parts of the place of a session the planner may not change", "DeskPlacement", IF_MATCH, body="DeskPins"
)
@needs_key(Verb.PLAN_EDIT)
def pins_set(actor: Actor, week: Week, code: str) -> Response:
    """Pin to the time, to the room, to both, or let go; `If-Match` names the version of the placement."""
    own, version = pins_of(sent(fields=PINS)), seen_version()
    get_record(SESSION, week.id, code)
    return _placed(pin_session(code, own, version=version, actor=actor))


@blueprint.get("/weeks/<week>/problems")
@described_as("List what is wrong with the working plan, the gravest first", "DeskProblems")
@needs_key(Verb.PROGRAMME_READ)
def problem_list(_actor: Actor, week: Week) -> Response:
    """Answer all problems of the plan."""
    return private({"items": told_problems(week, list_problems(week))})


@blueprint.get(f"{ONE}/problems")
@described_as("List what is wrong with a session in the working plan", "DeskProblems")
@needs_key(Verb.PROGRAMME_READ)
def session_problem_list(_actor: Actor, week: Week, code: str) -> Response:
    """Answer the problems of one session."""
    get_record(SESSION, week.id, code)
    return private({"items": told_problems(week, [one for one in list_problems(week) if code in one.sessions])})


def _get(week: Week, code: str) -> Placement:
    found = find_placement(get_record(SESSION, week.id, code).id)
    if found is None:
        raise Refusal("placement.not_found")
    return found


def _seen(week: Week, code: str) -> int:
    """Return the version that the request names; for `*` the one that stands."""
    version = seen_version()
    return _get(week, code).version if version is None else version


def _placed(own: Placement) -> Response:
    facts: Facts = {"version": own.version, "start": own.start, "room": own.room.code, "venue": own.room.venue.code}
    return record(facts | {"pin_time": own.pin_time, "pin_room": own.pin_room}, own.version)


def told_problems(week: Week, found: Iterable[Problem]) -> list[dict[str, Any]]:
    """Return problems as the API tells them, with what somebody lets pass."""
    overrides = map_overrides(week.id)
    return [_problem(one, overrides.get(one.key)) for one in found]


def _problem(one: Problem, override: RuleOverride | None) -> dict[str, Any]:
    said, passed = spoken(one.code, dict(one.facts)), override if one.level.stops else None
    known = {"id": one.key, "code": one.code, "rule": one.about.code, "level": str(one.level)}
    told = {"sessions": list(one.sessions), "detail": said}
    return known | told | {"override": {"id": passed.code, "reason": passed.reason} if passed else None}
