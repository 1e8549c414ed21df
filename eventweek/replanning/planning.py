"""The job of a run: problem, search, result, each by itself, so that no transaction waits for the search."""

import logging
import time
from collections.abc import Callable

from msgspec.structs import replace
from sqlalchemy import select

from eventweek.kernel import files
from eventweek.kernel.db import db, snapshot
from eventweek.planner.problem import encode
from eventweek.programme.models import Week
from eventweek.programme.queries.incidents import get_incident
from eventweek.replanning.actions.runs import begin_run, fail_run, finish_run, renew_run
from eventweek.replanning.enums import RunState, Way
from eventweek.replanning.models import PlannerRun
from eventweek.replanning.queries.incidents import way_problem
from eventweek.replanning.queries.problem import week_problem
from eventweek.replanning.queries.runs import is_stopping
from eventweek.replanning.search import Failed, search
from eventweek.replanning.trails import forget_trail, trail_of
from eventweek.scheduling.queries.scenarios import find_plan

HEARTBEAT = 20.0
"""Seconds after which a run says again that it is alive."""
LISTEN = 1.0
"""Seconds between two looks whether it shall end."""

_log = logging.getLogger(__name__)


def run_planner(code: str) -> None:
    """Search for the plan of a run that waits; one that is already worked on, or has ended, is left alone."""
    found = _problem(code)
    if found is None:
        return
    digest, seconds, way, basis = found
    forget_trail(digest)
    if not begin_run(code, digest, basis):
        return
    try:
        result = search(files.path_of(digest), trail_of(digest), seconds, _listener(code), explained=not way)
    except Failed as failed:
        fail_run(code, failed.code, failed.faults)
    except Exception:  # whatever became of the process or of its files
        _log.exception("run %s of the planner failed", code)
        fail_run(code, "planner.broken", [])
    else:
        finish_run(code, result)


def _problem(code: str) -> tuple[str, int, str, str] | None:
    """Return the digest of the problem as the week stands now, the seconds, the way out of an incident that is looked
    for, and by what its situation is known; None where no run waits."""
    with snapshot():
        waits = (PlannerRun.code == code, PlannerRun.state == RunState.WAITING)
        run = db.session.scalar(select(PlannerRun).where(*waits))
        if run is None:
            return None
        week = db.session.get_one(Week, run.week_id)
        mode, seconds, seed, way, basis = run.mode, run.seconds, run.seed, run.way, ""
        if way:
            own, basis = way_problem(week, get_incident(week.id, run.incident), Way(way))
        else:
            plan = find_plan(week.id, run.plan) if run.plan else None
            own = week_problem(week, mode, plan.id if plan else None)  # type: ignore[arg-type]
    return files.keep(encode(replace(own, limits=replace(own.limits, seconds=seconds, seed=seed)))), seconds, way, basis


def _listener(code: str) -> Callable[[], bool]:
    """Return what says whether a search goes on; it asks the database now and then, and says there that it is alive."""
    heard = beaten = time.monotonic()
    goes_on = True

    def listen() -> bool:
        nonlocal heard, beaten, goes_on
        at = time.monotonic()
        if at - beaten > HEARTBEAT:
            renew_run(code)
            beaten = at
        if at - heard > LISTEN:
            goes_on = not is_stopping(code)
            db.session.remove()
            heard = at
        return goes_on

    return listen
