"""A week as a problem of the planner, with what registration knows of it."""

from sqlalchemy import select

from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.planner.problem import Mode, Problem
from eventweek.programme.models import Week
from eventweek.replanning.queries.demand import demand_of
from eventweek.scheduling.models import Plan
from eventweek.scheduling.planning import Asked
from eventweek.scheduling.queries.levels import planner_settings
from eventweek.scheduling.queries.problem import problem


def week_problem(week: Week, mode: Mode, plan_id: int | None = None) -> Problem:
    """Return the problem of a week as it stands, with the pins of one of its plans (None: of the working plan)."""
    if plan_id is None:
        plan_id = db.session.scalar(select(Plan.id).where(Plan.week_id == week.id, Plan.working))
    return problem(week, plan_id, _asked(week, mode))


def bare_problem(week: Week) -> Problem:
    """Return the problem of a week without the pins of any plan: what rules say of places, whoever holds them now."""
    return problem(week, None, _asked(week, "full"))


def _asked(week: Week, mode: Mode) -> Asked:
    preset, weights = planner_settings(week.id)
    return Asked(mode=mode, demand=demand_of(week.id), at=now(), preset=preset.value, weights=weights)
