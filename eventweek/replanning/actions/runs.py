"""Start and stop runs of the planner, and keep what came of them. The search itself is no part of any transaction."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.accounts.queries import find_user
from eventweek.audit.actions import record
from eventweek.audit.actors import SYSTEM, Actor
from eventweek.kernel import files
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.jobs import enqueue
from eventweek.kernel.text import clean_line
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.queries import find_actor
from eventweek.replanning.enums import RunMode, RunState
from eventweek.replanning.models import PlannerRun
from eventweek.replanning.queries.runs import find_lack, get_run
from eventweek.replanning.search import Found
from eventweek.replanning.trails import forget_trail, read_trail
from eventweek.scheduling.actions.applying import keep_solution
from eventweek.scheduling.models import Plan
from eventweek.scheduling.queries.scenarios import find_plan
from eventweek.scheduling.solutions import Solved

LEASE = timedelta(minutes=2)
"""How long a run counts as alive after it was last heard of."""
LONGEST = 600
"""Seconds of a search, at most."""
LARGEST_SEED = 2**31 - 1
JOB = "planner.run"
_OPEN = (RunState.WAITING, RunState.RUNNING)


def start_run(
    week_id: int, *, mode: str, seconds: int, named: Callable[[int], str], actor: Actor, plan: str = "", seed: int = 0
) -> PlannerRun:
    """Let the planner work on a week in the background; what it finds becomes a scenario, and nothing public changes.

    `plan` is the code of the plan from which it sets out (empty: the working plan), `seconds` how long it searches,
    `named` says how the run of a number is called, and its scenario after it.
    Raises: Refusal permission.denied, week.not_found, week.archived, scenario.not_found, planner.busy,
        planner.no_sessions, planner.no_rooms; Invalid.
    """
    with transaction():
        require(actor, Verb.PROGRAMME_EDIT, week_id)
        week = editable_week(week_id)
        _refuse_wrong(mode, seconds, seed)
        own = find_plan(week.id, plan) if plan else None
        if plan and own is None:
            raise Refusal("scenario.not_found")
        if lack := find_lack(week.id):
            raise Refusal(lack)
        last = db.session.scalar(select(func.max(PlannerRun.number)).where(PlannerRun.week_id == week.id)) or 0
        user = find_user(actor.id) if actor.id else None
        run = PlannerRun(week_id=week.id, number=last + 1, mode=mode, seconds=seconds, seed=seed, made_at=now())
        run.name = clean_line(named(run.number)[:80], 80)
        run.plan, run.base = ("", "") if own is None or own.working else (own.code, own.name)
        run.actor, run.user_id, run.epoch = actor.label, actor.id, user.epoch if user else 0
        db.session.add(run)
        try:
            db.session.flush()
        except IntegrityError:
            raise Refusal("planner.busy") from None
        enqueue(JOB, code=run.code)
        facts = {"name": run.name, "mode": mode, "seconds": seconds, "seed": seed, "base": run.base}
        record(actor, "planner_run.start", "planner_run", run.code, week_id=week.id, **facts)
    return run


def stop_run(week_id: int, code: str, *, actor: Actor) -> PlannerRun:
    """Let a run end with what it has; one that has not begun ends without a plan. A second call changes nothing.

    Raises: Refusal permission.denied, week.not_found, week.archived, planner.not_found.
    """
    with transaction():
        require(actor, Verb.PROGRAMME_EDIT, week_id)
        run = get_run(editable_week(week_id).id, code, lock=True)
        halt_run(run, actor)
    return run


def halt_run(run: PlannerRun, actor: Actor) -> None:
    """Let a run end with what it has, inside the caller's transaction; a second call changes nothing."""
    if run.state not in _OPEN or run.stopping:
        return
    run.stopping = True
    if run.state == RunState.WAITING:
        _end(run, RunState.STOPPED)
    record(actor, "planner_run.stop", "planner_run", run.code, week_id=run.week_id)


def begin_run(code: str, problem: str, basis: str = "") -> bool:
    """Take up a run that waits, on a kept problem (digest); False where it is not to be had.

    `basis`: by what the situation is known of which the problem is made.
    """
    with transaction():
        at = now()
        values = {
            "state": RunState.RUNNING,
            "problem": problem,
            "started_at": at,
            "alive_until": at + LEASE,
            "basis": basis,
        }
        query = update(PlannerRun).where(PlannerRun.code == code, PlannerRun.state == RunState.WAITING).values(values)
        taken = db.session.scalar(query.returning(PlannerRun.week_id), execution_options={"synchronize_session": False})
        if taken is not None:
            record(SYSTEM, "planner_run.begin", "planner_run", code, week_id=taken)
    return taken is not None


def renew_run(code: str) -> None:
    """Say that a run is still worked on."""
    with transaction():
        query = update(PlannerRun).where(PlannerRun.code == code, PlannerRun.state == RunState.RUNNING)
        db.session.execute(query.values(alive_until=now() + LEASE), execution_options={"synchronize_session": False})


def finish_run(code: str, found: Found) -> None:
    """Keep what a run has found, as a scenario of whoever started it; nothing where it was given up meanwhile."""
    kept, account = files.keep(found.solution), files.keep(json.dumps(found.account, ensure_ascii=False).encode())
    solution = json.loads(found.solution)
    with transaction():
        run = _running(code)
        if run is None:
            return
        run.solution, run.account, run.figures = kept, account, figures(solution)
        if not run.way:
            _make_scenario(run, solution)
        stopped = solution["log"]["stop_reason"] == "stopped"
        _end(run, RunState.STOPPED if stopped else RunState.DONE)
        facts = {"name": run.name, "state": str(run.state), **run.figures}
        record(SYSTEM, "planner_run.finish", "planner_run", code, week_id=run.week_id, **facts)


def fail_run(code: str, failure: str, faults: list[list[str]]) -> None:
    """Write why a run has no plan; nothing where it has ended already."""
    with transaction():
        run = _running(code)
        if run:
            _fail(run, failure, faults)


def settle_runs() -> int:
    """Fail the runs of which nobody has heard for two minutes; return how many there were."""
    with transaction():
        lost = (PlannerRun.state == RunState.RUNNING, PlannerRun.alive_until < now())
        runs = db.session.scalars(select(PlannerRun).where(*lost).order_by(PlannerRun.id).with_for_update()).all()
        for run in runs:
            _fail(run, "planner.interrupted", [])
    return len(runs)


def figures(solution: dict[str, Any]) -> dict[str, int]:
    """Return the figures of a solution: its score, who is placed, what moves, how many people would be told."""
    diff = solution["diff"]
    moved = {one["id"] for name in ("moved_time", "moved_room") for one in diff[name]} | set(diff["removed"])
    placed = len(solution["assignments"])
    counts = {"placed": placed, "total": placed + len(solution["unplaced"]), "moved": len(moved)}
    return {**solution["score"], **counts, "people": diff["people"]}


def _refuse_wrong(mode: str, seconds: int, seed: int) -> None:
    errors = [] if mode in set(RunMode) else [FieldError("mode", "planner.mode", {"choices": ", ".join(RunMode)})]
    errors += [] if 1 <= seconds <= LONGEST else [FieldError("seconds", "planner.seconds", {"most": LONGEST})]
    errors += [] if 0 <= seed <= LARGEST_SEED else [FieldError("seed", "json.range")]
    if errors:
        raise Invalid(errors)


def _running(code: str) -> PlannerRun | None:
    query = select(PlannerRun).where(PlannerRun.code == code, PlannerRun.state == RunState.RUNNING)
    return db.session.scalar(query.with_for_update().execution_options(populate_existing=True))


def _make_scenario(run: PlannerRun, solution: dict[str, Any]) -> None:
    try:
        run.scenario = _kept(run, solution).code
    except Refusal as refusal:
        run.failure = "scenario.name_taken" if isinstance(refusal, Invalid) else refusal.code


def _kept(run: PlannerRun, solution: dict[str, Any]) -> Plan:
    actor = SYSTEM if run.user_id is None else find_actor(run.user_id, run.epoch) or Actor(run.actor)
    plan = find_plan(run.week_id, run.plan) if run.plan else None
    solved, base = Solved.of(solution), plan.id if plan else None
    try:
        return keep_solution(run.week_id, solved, run.name, base=base, actor=actor)
    except Invalid:  # somebody has called a scenario so meanwhile
        return keep_solution(run.week_id, solved, f"{run.name[:70]} {run.code[:6]}", base=base, actor=actor)


def _fail(run: PlannerRun, failure: str, faults: list[list[str]]) -> None:
    run.failure, run.faults = failure, faults
    _end(run, RunState.FAILED)
    record(SYSTEM, "planner_run.fail", "planner_run", run.code, week_id=run.week_id, name=run.name, failure=failure)


def _end(run: PlannerRun, state: RunState) -> None:
    run.state, run.ended_at, run.alive_until = state, now(), None
    if run.problem:
        run.curve = read_trail(run.problem)
        forget_trail(run.problem)
