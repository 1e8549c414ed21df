"""The job of a run: problem, search, result, each by itself, so that no transaction waits for the search."""

import logging
import time
from collections.abc import Callable

from msgspec.structs import replace
from sqlalchemy import select

from eventweek.kernel import files
from eventweek.kernel.db import db, snapshot
from eventweek.planner.problem import Limits, encode
from eventweek.programme.models import Week
from eventweek.replanning.actions.runs import begin_run, fail_run, finish_run, renew_run
from eventweek.replanning.enums import RunState
from eventweek.replanning.models import PlannerRun
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
    digest, seconds = found
    forget_trail(digest)
    if not begin_run(code, digest):
        return
    try:
        result = search(files.path_of(digest), trail_of(digest), seconds, _listener(code))
    except Failed as failed:
        fail_run(code, failed.code, failed.faults)
    except Exception:  # whatever became of the process or of its files
        _log.exception("run %s of the planner failed", code)
        fail_run(code, "planner.broken", [])
    else:
        finish_run(code, result)


def _problem(code: str) -> tuple[str, int] | None:
    """Return the digest of the problem as the week stands now, and the seconds; None where no run waits."""
    with snapshot():
        waits = (PlannerRun.code == code, PlannerRun.state == RunState.WAITING)
        run = db.session.scalar(select(PlannerRun).where(*waits))
        if run is None:
            return None
        week = db.session.get_one(Week, run.week_id)
        mode, limits, seconds = run.mode, Limits(seconds=run.seconds, seed=run.seed), run.seconds
        plan = find_plan(week.id, run.plan) if run.plan else None
        own = replace(week_problem(week, mode, plan.id if plan else None), limits=limits)  # type: ignore[arg-type]
    return files.keep(encode(own)), seconds


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
