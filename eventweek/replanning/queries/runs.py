"""Runs of the planner: which there were, how one stands, what came of it."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventweek.kernel import files
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.replanning.enums import RunState
from eventweek.replanning.models import PlannerRun
from eventweek.replanning.trails import Point, read_trail


def list_runs(week_id: int, most: int = 20) -> Sequence[PlannerRun]:
    """Return the last runs of a week, the newest first."""
    query = select(PlannerRun).where(PlannerRun.week_id == week_id).order_by(PlannerRun.number.desc()).limit(most)
    return db.session.scalars(query.options(joinedload(PlannerRun.scenario))).all()


def get_run(week_id: int, code: str, *, lock: bool = False) -> PlannerRun:
    """Return a run of a week; with `lock` as it stands now, held until the transaction ends.

    Raises: Refusal planner.not_found.
    """
    query = select(PlannerRun).where(PlannerRun.week_id == week_id, PlannerRun.code == code)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    run = db.session.scalar(query)
    if run is None:
        raise Refusal("planner.not_found")
    return run


def is_stopping(code: str) -> bool:
    """Say whether somebody has asked a run to end, or it has been given up."""
    query = select(PlannerRun.stopping, PlannerRun.state).where(PlannerRun.code == code)
    row = db.session.execute(query).one_or_none()
    return row is None or row.stopping or row.state != RunState.RUNNING


def curve_of(run: PlannerRun) -> list[Point]:
    """Return the score of a run over time, of one that runs as far as it is."""
    return read_trail(run.problem) if run.state == RunState.RUNNING and run.problem else run.curve


def read_file(run: PlannerRun, which: str) -> bytes:
    """Return the file `problem`, `solution` or `account` of a run.

    Raises: Refusal planner.no_file.
    """
    digest: str | None = getattr(run, which)
    if digest is None or not files.is_kept(digest):
        raise Refusal("planner.no_file")
    return files.read(digest)


def read_result(run: PlannerRun) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return solution and account of a run (docs/planner-format.md); None where there is none."""
    if not (run.solution and run.account):
        return None
    return json.loads(read_file(run, "solution")), json.loads(read_file(run, "account"))
