"""The planner over the API: a week as its problem, runs, how far one is, what came of it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import (
    Facts,
    asked,
    blueprint,
    created,
    needs_key,
    record,
    refuse_stale,
    seen_version,
    sent,
    text,
)
from eventweek.api.v1.desk.run_schemas import MODE
from eventweek.api.v1.desk.schemas import IF_MATCH, IF_NONE_MATCH, ONCE, described_as
from eventweek.api.v1.frame import private
from eventweek.api.v1.problems import in_words, spoken
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.errors import FieldError, Invalid
from eventweek.language.replanning import run_name
from eventweek.planner.problem import encode
from eventweek.programme.models import Week
from eventweek.replanning.actions.runs import start_run, stop_run
from eventweek.replanning.enums import RunMode, RunState
from eventweek.replanning.models import PlannerRun
from eventweek.replanning.queries.problem import week_problem
from eventweek.replanning.queries.runs import curve_of, get_run, list_runs, read_file, read_result
from eventweek.replanning.results import Matter, Move, Result, result_of
from eventweek.scheduling.planning import Calendar

ADDRESS = "/weeks/<week>/planner-runs"
ONE = f"{ADDRESS}/<code>"
STEPS = {RunState.WAITING: 1, RunState.RUNNING: 2}
LAST = 4


@blueprint.get(ADDRESS)
@described_as("List the last 20 runs of the planner", "DeskRuns")
@needs_key(Verb.PROGRAMME_READ)
def planner_run_list(_actor: Actor, week: Week) -> Response:
    """Answer how each stands, the newest first."""
    asked()
    return private({"items": [told(_glance(run)) for run in list_runs(week.id)]})


@blueprint.post(ADDRESS)
@described_as(
    "Let the planner work on the week; what it finds becomes a scenario", "DeskRun", ONCE, status=201, body="DeskRunNew"
)
@needs_key(Verb.PROGRAMME_EDIT)
def planner_run_create(actor: Actor, week: Week) -> Response:
    """Start one: of a week at a time. Ask again until the state is `done`, `stopped` or `failed`."""
    body = sent(fields=("mode", "seconds", "seed", "plan"))
    values = {"mode": text(body, "mode"), "plan": text(body, "plan")}
    numbers = {"seconds": _whole(body, "seconds", 0), "seed": _whole(body, "seed", 0)}

    def produce() -> str:
        return start_run(week.id, **values, **numbers, named=lambda n: _named(week, n), actor=actor).code  # type: ignore[arg-type]

    return created(body, "desk_api.planner_run", produce, lambda code: _shown(week, code), week=week.code)


@blueprint.get(ONE)
@described_as("Show a run: how far it is, its score over time, what came of it", "DeskRun", IF_NONE_MATCH)
@needs_key(Verb.PROGRAMME_READ)
def planner_run(_actor: Actor, week: Week, code: str) -> Response:
    """Answer the run with what each rule costs, what moves, and who was left out and why."""
    return _shown(week, code)


@blueprint.put(f"{ONE}/stop")
@described_as("Let a run end with what it has", "DeskRun", IF_MATCH)
@needs_key(Verb.PROGRAMME_EDIT)
def planner_run_stop(actor: Actor, week: Week, code: str) -> Response:
    """Stop it; one that has not begun ends without a plan."""
    refuse_stale(seen_version(), step_of(get_run(week.id, code)))
    stop_run(week.id, code, actor=actor)
    return _shown(week, code)


@blueprint.get(f"{ONE}/problem")
@described_as("Get the problem on which a run worked (docs/planner-format.md)", None)
@needs_key(Verb.PROGRAMME_EDIT)
def planner_run_problem(_actor: Actor, week: Week, code: str) -> Response:
    """Answer the file."""
    return _file(read_file(get_run(week.id, code), "problem"))


@blueprint.get(f"{ONE}/solution")
@described_as("Get the solution that a run found (docs/planner-format.md)", None)
@needs_key(Verb.PROGRAMME_EDIT)
def planner_run_solution(_actor: Actor, week: Week, code: str) -> Response:
    """Answer the file."""
    return _file(read_file(get_run(week.id, code), "solution"))


@blueprint.get("/weeks/<week>/planner-problem")
@described_as("Get the week as it stands as a problem of the planner (docs/planner-format.md)", None, MODE)
@needs_key(Verb.PROGRAMME_EDIT)
def planner_problem(_actor: Actor, week: Week) -> Response:
    """Answer what `eventweek plan solve` reads."""
    mode = asked("mode").get("mode", "full")
    if mode not in set(RunMode):
        raise Invalid([FieldError("mode", "json.choice", {"choices": ", ".join(RunMode)})])
    return _file(encode(week_problem(week, mode)))  # type: ignore[arg-type]


def step_of(run: PlannerRun) -> int:
    """Return the version of what goes through the states of a run: it only rises."""
    step = STEPS.get(RunState(run.state), LAST)
    return step + 1 if run.stopping and step < LAST else step


def _named(week: Week, number: int) -> str:
    with in_words():
        return run_name(number, now(), week.timezone)


def _whole(body: Facts, name: str, usual: int) -> int:
    own = body.get(name, usual)
    if not isinstance(own, int) or isinstance(own, bool):
        raise Invalid([FieldError(name, "json.type")])
    return own


def _file(content: bytes) -> Response:
    response = Response(content, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _shown(week: Week, code: str) -> Response:
    run = get_run(week.id, code)
    failure = {"code": run.failure, "detail": spoken(run.failure, {})} if run.failure else None
    found = read_result(run)
    body = _glance(run) | {"failure": failure, "faults": [{"zh": zh, "en": en} for zh, en in run.faults]}
    body |= {"curve": curve_of(run), "result": _result(week, result_of(*found)) if found else None}
    return record(body, step_of(run))


def _glance(run: PlannerRun) -> Facts:
    plain = ("number", "name", "mode", "seconds", "seed", "base", "state", "stopping", "actor", "figures")
    facts: Facts = {"id": run.code, "version": step_of(run)} | {name: getattr(run, name) for name in plain}
    facts |= {name: getattr(run, name) for name in ("made_at", "started_at", "ended_at")}
    return facts | {"scenario": run.scenario or None}


def _result(week: Week, own: Result) -> Facts:
    calendar = Calendar.over([date.fromisoformat(own.start)], week.timezone)
    return {
        "rules": [
            {
                **{"rule": one.code, "title": told(one.title), "level": one.level},
                **{"matches": one.count, "cost": one.cost, "worst": told(one.worst)},
            }
            for one in own.rules
        ],
        "moves": [_move(one, calendar) for one in own.moves],
        "unplaced": [
            {
                "session": one.session,
                "reasons": [told(said) for said in one.reasons],
                "places": [
                    {"place": told(place.called), "broken": [told(said) for said in place.broken]}
                    for place in one.places
                ],
            }
            for one in own.left
        ],
        "findings": _matters(own.findings),
        "culprits": _matters(own.culprits),
    }


def _move(one: Move, calendar: Calendar) -> Facts:
    start = [calendar.moment(minute) for minute in one.start or ()]
    return {
        "session": one.session,
        "people": one.people,
        "start": {"before": start[0], "after": start[1]} if start else None,
        "room": {"before": one.room[0], "after": one.room[1]} if one.room else None,
        "removed": one.removed,
    }


def _matters(found: Iterable[Matter]) -> list[dict[str, Any]]:
    return [
        {"sessions": list(one.sessions), "said": told(one.said), "cure": told(one.cure) if one.cure else None}
        for one in found
    ]
