"""The planner: what it is asked, how far it is, and what came of it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.clock import now
from eventweek.kernel.db import Bilingual
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.language import say, sentence
from eventweek.language.replanning import MODES, run_name
from eventweek.language.status import status_of
from eventweek.programme.models import Week
from eventweek.replanning.actions.runs import start_run, stop_run
from eventweek.replanning.enums import RunMode, RunState
from eventweek.replanning.queries.glances import Glance, take_glance
from eventweek.replanning.queries.runs import Names, curve_of, find_lack, get_run, list_runs, name_all, read_result
from eventweek.replanning.results import Result, result_of
from eventweek.scheduling.planning import Calendar
from eventweek.scheduling.queries.scenarios import find_plan, list_plans
from eventweek.web.actor import at_work
from eventweek.web.desk.actors import name_actors
from eventweek.web.desk.frame import act, blueprint, edition, page, stamp
from eventweek.web.desk.planner_chart import chart_of, still
from eventweek.web.frame import best, needs

SECONDS = (10, 30, 60, 300)
OPEN = (RunState.WAITING, RunState.RUNNING)


@dataclass(frozen=True)
class Shift:
    """A published session that moves, in words: before and after, empty where it loses its place."""

    code: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    people: int


@blueprint.get("/w/<week>/planner")
@needs(Verb.PROGRAMME_READ)
def planner_run_list(week: str) -> str:
    """Offer a run, and show the last ones."""
    return _list_page(edition(week))


@blueprint.post("/w/<week>/planner/runs")
@needs(Verb.PROGRAMME_EDIT)
def planner_run_new(week: str) -> Any:
    """Start a run and go on to its page."""
    own = edition(week, Verb.PROGRAMME_EDIT)
    mode, plan = (request.form.get(name, "")[:16] for name in ("mode", "plan"))
    seconds = request.form.get("seconds", "")
    limit = int(seconds) if seconds.isascii() and seconds.isdigit() and len(seconds) < 5 else 0
    try:
        run = start_run(own.id, mode=mode, plan=plan, seconds=limit, named=lambda n: _named(own, n), actor=at_work())
    except Invalid as invalid:
        return _list_page(own, " ".join(say(error.code, error.facts) for error in invalid.errors)), 422
    except Refusal as refusal:
        if refusal.code == "permission.denied":
            raise
        return _list_page(own, sentence(refusal)), status_of(refusal.code)
    return redirect(url_for("desk.planner_run", week=week, code=run.code), 303)


@blueprint.get("/w/<week>/planner/check")
@needs(Verb.PROGRAMME_EDIT)
def planner_check(week: str) -> str:
    """Say what is certain to fail before any search; the page of the planner fetches this into itself."""
    own = edition(week, Verb.PROGRAMME_EDIT)
    mode = request.args.get("mode", "")
    found = take_glance(own, RunMode(mode) if mode in set(RunMode) else RunMode.FULL)
    return page("planner_check.html", own, here="planner_run", found=found, names=_names_of(own, found))


@blueprint.get("/w/<week>/planner/<code>")
@needs(Verb.PROGRAMME_READ)
def planner_run(week: str, code: str) -> str:
    """Show how far a run is, and then what came of it; while it runs, the page comes again by itself."""
    own = edition(week)
    run = get_run(own.id, code)
    curve, found = curve_of(run), read_result(run)
    result = result_of(*found) if found else None
    names = name_all(own.id, result.sessions, result.rooms) if result else Names({}, {})
    return page(
        "planner_run.html",
        own,
        run=run,
        scenario=find_plan(own.id, run.scenario) if run.scenario else None,
        running=run.state in OPEN,
        last=curve[-1] if curve else None,
        chart=chart_of(curve, run.seconds),
        still=int(still(curve)),
        result=result,
        names=names,
        shifts=_shifts(own, result, names) if result else [],
        mode=MODES[RunMode(run.mode)],
        failure=say(run.failure, {}) if run.failure else "",
        who=name_actors([run.actor]).get(run.actor, run.actor),
    )


@blueprint.post("/w/<week>/planner/<code>/stop")
@needs(Verb.PROGRAMME_EDIT)
def planner_run_stop(week: str, code: str) -> Any:
    """Let a run end with what it has."""
    own = edition(week, Verb.PROGRAMME_EDIT)
    back = url_for("desk.planner_run", week=week, code=code)
    said = _("正在收尾，几秒后就有结果。")
    return act(lambda: stop_run(own.id, code, actor=at_work()), back, said, none="planner.not_found")


def _list_page(week: Week, problem: str = "") -> str:
    runs, lack = list_runs(week.id), find_lack(week.id)
    running = next((run for run in runs if run.state in OPEN), None)
    form = request.form
    return page(
        "planner_run_list.html",
        week,
        here="planner_run",
        runs=runs,
        running=running,
        modes=MODES,
        seconds=SECONDS,
        plans=[plan for plan in list_plans(week.id) if not plan.working],
        asked={name: form.get(name, usual) for name, usual in (("mode", "full"), ("plan", ""), ("seconds", "30"))},
        names=name_actors([run.actor for run in runs]),
        problem=problem,
        lack=say(lack, {}) if lack else "",
    )


def _named(week: Week, number: int) -> str:
    return run_name(number, now(), week.timezone)


def _names_of(week: Week, found: Glance) -> Names:
    return name_all(week.id, {code for one in found.findings for code in one.sessions}, frozenset())


def _shifts(week: Week, result: Result, names: Names) -> list[Shift]:
    """Return what would change for the public, the most people first."""
    calendar = Calendar.over([date.fromisoformat(result.start)], week.timezone)
    found = []
    for move in result.moves:
        times = [stamp(calendar.moment(minute), week.timezone) for minute in move.start or ()]
        rooms = [best(names.rooms.get(code, Bilingual(code, code))) for code in move.room or ()]
        pairs = [pair for pair in (times, rooms) if pair]
        before, after = (tuple(pair[n] for pair in pairs) for n in (0, 1))
        found.append(Shift(move.session, before, after, move.people))
    return found
