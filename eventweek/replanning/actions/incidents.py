"""A hall is lost: close it, and let the planner look for the ways out; each public action is one transaction."""

from collections.abc import Callable, Mapping

from sqlalchemy import func, select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.kernel.jobs import enqueue
from eventweek.programme.actions.incidents import lift_loss, report_loss
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.models import Incident, Week
from eventweek.programme.queries.halls import why_not_report
from eventweek.programme.queries.incidents import get_incident
from eventweek.replanning.actions.runs import halt_run
from eventweek.replanning.actions.telling import tell_deciders
from eventweek.replanning.enums import SEARCHED, RunMode, Way
from eventweek.replanning.models import PlannerRun
from eventweek.replanning.outs import SECONDS
from eventweek.replanning.queries.incidents import foresee_loss
from eventweek.replanning.queries.ways import OPEN, map_runs

JOB = "planner.way"
Named = Callable[[Way], str]
"""What the run is called that looks for a way."""


def raise_alarm(week_id: int, values: Mapping[str, object], *, named: Named, actor: Actor) -> Incident:
    """Close rooms at once, and where published sessions are concerned look for the ways out in the background.

    Who decides is told by mail.
    Raises: what report_loss raises.
    """
    with transaction():
        incident = report_loss(week_id, values, actor=actor)
        week = db.session.get_one(Week, week_id)
        lost = len(foresee_loss(week, incident).lost)
        if lost:
            _look(week, incident, named, actor)
        tell_deciders(week, incident, lost, actor)
    return incident


def look_again(week_id: int, code: str, *, named: Named, actor: Actor) -> Incident:
    """Look anew for the ways out, from the plan as it stands now; as long as the planner looks, this changes nothing.

    Raises: Refusal permission.denied, week.not_found, week.archived, incident.not_found, incident.decided,
        incident.lifted, incident.nothing, reach.hall_*.
    """
    with transaction():
        require(actor, Verb.ALARM_RAISE, week_id)
        week = editable_week(week_id)
        incident = get_incident(week.id, code, lock=True)
        if refusal := why_not_report((own.room for own in incident.rooms), week.id, actor):
            raise refusal
        refuse_over(incident)
        if not foresee_loss(week, incident).lost:
            raise Refusal("incident.nothing")
        if not any(run.state in OPEN for run in map_runs(week.id, code).values()):
            _look(week, incident, named, actor)
    return incident


def lift_alarm(week_id: int, code: str, *, actor: Actor, version: int | None = None) -> Incident:
    """Open the rooms again and stop looking for ways; what was decided stays. A second call changes nothing.

    Raises: what lift_loss raises.
    """
    with transaction():
        incident = lift_loss(week_id, code, actor=actor, version=version)
        stop_looking(incident, actor=actor)
    return incident


def stop_looking(incident: Incident, *, actor: Actor) -> None:
    """Let the planner look for no more ways out, inside the caller's transaction."""
    for run in map_runs(incident.week_id, incident.code).values():
        if run.state in OPEN:
            halt_run(run, actor)


def refuse_over(incident: Incident) -> None:
    """Let something go on about an incident that waits for a decision.

    Raises: Refusal incident.decided, incident.lifted.
    """
    if incident.decided_at:
        raise Refusal("incident.decided", number=incident.release)
    if incident.lifted_at:
        raise Refusal("incident.lifted")


def _look(week: Week, incident: Incident, named: Named, actor: Actor) -> None:
    last = db.session.scalar(select(func.max(PlannerRun.number)).where(PlannerRun.week_id == week.id)) or 0
    asked = {"mode": RunMode.REPAIR, "seconds": SECONDS, "actor": actor.label, "user_id": actor.id, "made_at": now()}
    for number, way in enumerate(SEARCHED, last + 1):
        run = PlannerRun(week_id=week.id, number=number, incident=incident.code, way=way, **asked)
        run.name = named(way)[:80]
        db.session.add(run)
        db.session.flush()
        enqueue(JOB, code=run.code)
    record(actor, "incident.look", "incident", incident.code, week_id=week.id)
