"""Scenarios over the API: plans beside the working one, compared with each other, put in its place."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import (
    Facts,
    asked,
    blueprint,
    created,
    done,
    needs_key,
    paged,
    record,
    seen_version,
    sent,
    text,
)
from eventweek.api.v1.desk.scenario_schemas import OTHER
from eventweek.api.v1.desk.schemas import IF_MATCH, IF_NONE_MATCH, ONCE, PAGE, described_as
from eventweek.api.v1.frame import private
from eventweek.api.v1.problems import in_words, spoken
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.language.scheduling import former_name
from eventweek.programme.models import Room, Week
from eventweek.programme.queries.masters import Listed
from eventweek.replanning.queries import foresee_stir
from eventweek.scheduling.actions.filling import FIELDS, fill_scenario
from eventweek.scheduling.actions.scenarios import (
    create_scenario,
    delete_scenario,
    promote_scenario,
    rename_scenario,
)
from eventweek.scheduling.models import Plan
from eventweek.scheduling.moves import Move, Spot, only_in
from eventweek.scheduling.problems import Problem
from eventweek.scheduling.queries.board import map_problems
from eventweek.scheduling.queries.scenarios import (
    Scenario,
    compare,
    find_plan,
    find_working_plan,
    foresee_promotion,
    get_scenario,
    glance,
    list_plans,
    map_rooms,
)

ADDRESS = "/weeks/<week>/scenarios"
ONE = f"{ADDRESS}/<code>"


@blueprint.get(ADDRESS)
@described_as("List the working plan and the scenarios, the newest first", "DeskScenarios", *PAGE)
@needs_key(Verb.PROGRAMME_READ)
def scenario_list(_actor: Actor, week: Week) -> Response:
    """Answer one page of the plans, each at a glance."""
    asked()
    every = list_plans(week.id)

    def part(window: Any) -> Listed:
        offset, limit = window(len(every))
        return Listed(glance(week, every[offset : offset + limit]), len(every))

    return paged(part, _glance)


@blueprint.post(ADDRESS)
@described_as(
    "Keep a copy of the working plan under a name, or a plan that is sent",
    "DeskScenario",
    ONCE,
    status=201,
    body="DeskScenarioNew",
)
@needs_key(Verb.PLAN_EDIT)
def scenario_create(actor: Actor, week: Week) -> Response:
    """Copy the working plan where no placements are sent."""
    body = sent(fields=("name", "placements"))
    name, rows = text(body, "name"), _rows(body)

    def produce() -> str:
        if rows is None:
            return create_scenario(week.id, name, None, actor=actor).code
        return fill_scenario(week.id, name, rows, actor=actor).code

    return created(body, "desk_api.scenario", produce, lambda code: _shown(week, code), week=week.code)


@blueprint.get(ONE)
@described_as("Show a plan with all its places", "DeskScenario", IF_NONE_MATCH)
@needs_key(Verb.PROGRAMME_READ)
def scenario(_actor: Actor, week: Week, code: str) -> Response:
    """Answer the plan at a glance, and where it has each session."""
    return _shown(week, code)


@blueprint.patch(ONE)
@described_as("Call a scenario something else", "DeskScenario", IF_MATCH, body="DeskScenarioName")
@needs_key(Verb.PLAN_EDIT)
def scenario_rename(actor: Actor, week: Week, code: str) -> Response:
    """Rename."""
    body = sent(fields=("name",))
    rename_scenario(week.id, code, text(body, "name"), version=seen_version(), actor=actor)
    return _shown(week, code)


@blueprint.delete(ONE)
@described_as("Throw a scenario away", None, IF_MATCH, status=204)
@needs_key(Verb.PLAN_EDIT)
def scenario_delete(actor: Actor, week: Week, code: str) -> Response:
    """Delete it with all its places."""
    delete_scenario(week.id, code, version=seen_version(), actor=actor)
    return done()


@blueprint.get(f"{ONE}/comparison")
@described_as("Compare a plan with the working plan, or with another", "DeskComparison", OTHER)
@needs_key(Verb.PROGRAMME_READ)
def scenario_compare(_actor: Actor, week: Week, code: str) -> Response:
    """Answer the sessions that the two have at different places, and the problems that only one of them has."""
    query = asked("with")
    one = _get(week, query["with"]) if "with" in query else find_working_plan(week.id)
    two = _get(week, code)
    moved = [move for move in compare(week.id, one, two) if move.is_changed]
    found = map_problems(week, {plan.id for plan in (one, two) if plan})
    before, after = found.get(one.id, []) if one else [], found.get(two.id, [])
    problems = {
        "problems_before": [problem_facts(own) for own in only_in(before, after)],
        "problems_after": [problem_facts(own) for own in only_in(after, before)],
    }
    return private({"before": one.code if one else None, "after": two.code, "items": _moves(moved), **problems})


@blueprint.get(f"{ONE}/promotion")
@described_as("See what a promotion would change; it asks for this ETag", "DeskPromotion", IF_NONE_MATCH)
@needs_key(Verb.PROGRAMME_READ)
def scenario_foresee(_actor: Actor, week: Week, code: str) -> Response:
    """Answer every change, what stands against it, and whom it concerns once it is released."""
    plan = get_scenario(week.id, code)
    own = foresee_promotion(week.id, find_working_plan(week.id), plan)
    stir = foresee_stir(week, own)
    numbers = {name: getattr(stir.people, name) for name in ("people", "registrations", "clashing")}
    facts: Facts = {"scenario": code, "items": _moves(own.changed), "published_moved": stir.moved, **numbers}
    facts |= {"published_unplaced": stir.unplaced, "held": _codes(own.held), "shut": _codes(own.shut)}
    return record(facts, own.token)


@blueprint.put(f"{ONE}/promotion")
@described_as("Make a scenario the working plan; what was it becomes a scenario", "DeskScenario", IF_MATCH)
@needs_key(Verb.PLAN_EDIT)
def scenario_promote(actor: Actor, week: Week, code: str) -> Response:
    """Swap the two, if nothing has changed since the promotion was looked at."""
    seen = seen_version()
    with in_words():
        former = former_name(now(), week.timezone)
    promote_scenario(week.id, code, former=former, seen=seen, actor=actor)
    return _shown(week, code)


def _rows(body: Facts) -> list[Facts] | None:
    rows = body.get("placements")
    if rows is None:
        return None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Invalid([FieldError("placements", "json.type")])
    unknown = [(number, name) for number, row in enumerate(rows) for name in row if name not in FIELDS]
    if unknown:
        raise Invalid([FieldError(f"placements.{number}.{name[:40]}", "json.unknown") for number, name in unknown[:20]])
    return rows


def _get(week: Week, code: str) -> Plan:
    plan = find_plan(week.id, code)
    if plan is None:
        raise Refusal("scenario.not_found")
    return plan


def _shown(week: Week, code: str) -> Response:
    plan = _get(week, code)
    places = compare(week.id, None, plan)
    rooms = map_rooms({move.after.room_id for move in places if move.after})
    items = [{"session": m.session.code, **_place(m.after, rooms)} for m in places if m.after]
    return record(_glance(glance(week, [plan])[0]) | {"placements": items}, plan.version)


def _glance(own: Scenario) -> Facts:
    plan = own.plan
    facts: Facts = {"id": plan.code, "version": plan.version, "name": plan.name, "working": plan.working}
    facts |= {"actor": plan.actor, "made_at": plan.made_at, "placed": own.placed, "differs": own.moved}
    facts |= {"blocking": own.blocking, "warnings": own.warnings}
    return {name: told(value) for name, value in facts.items()}


def _moves(found: Iterable[Move]) -> list[Facts]:
    known = list(found)
    rooms = map_rooms({spot.room_id for move in known for spot in (move.before, move.after) if spot})
    return [
        {
            "session": move.session.code,
            "title": {"zh": move.session.title.zh, "en": move.session.title.en},
            "off": move.session.off,
            "before": _place(move.before, rooms) if move.before else None,
            "after": _place(move.after, rooms) if move.after else None,
        }
        for move in known
    ]


def _place(spot: Spot, rooms: Mapping[int, Room]) -> Facts:
    pins = {"pin_time": spot.pin_time, "pin_room": spot.pin_room}
    return {"start": told(spot.start), "room": rooms[spot.room_id].code, **pins}


def problem_facts(own: Problem) -> Facts:
    """Return a problem of a plan as the API tells it."""
    facts: Facts = {"code": own.code, "level": str(own.level), "sessions": list(own.sessions)}
    return facts | {"detail": spoken(own.code, dict(own.facts))}


def _codes(found: Iterable[Move]) -> list[str]:
    return [move.session.code for move in found]
