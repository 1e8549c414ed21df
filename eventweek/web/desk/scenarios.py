"""Scenarios: plans beside the working one, side by side with it or with each other, and put in its place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.clock import now
from eventweek.kernel.errors import Refusal
from eventweek.language import sentence
from eventweek.language.scheduling import former_name
from eventweek.language.status import is_denied
from eventweek.programme.models import Room, Week
from eventweek.replanning.queries import foresee_stir
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
from eventweek.scheduling.queries.reach import may_change_scenario, why_not_rearrange
from eventweek.scheduling.queries.scenarios import (
    compare,
    find_plan,
    find_working_plan,
    foresee_promotion,
    get_scenario,
    glance,
    list_plans,
    map_rooms,
)
from eventweek.web.actor import at_work
from eventweek.web.desk.actors import name_actors
from eventweek.web.desk.frame import act, blueprint, edition, page
from eventweek.web.desk.lists import asked, pager
from eventweek.web.forms.scenarios import ScenarioForm
from eventweek.web.frame import needs

SIZE = 10
HERE = "timetable"


@dataclass(frozen=True)
class Place:
    """Where a plan has a session, on the week's clock; `day`: where the two plans have it on different days."""

    day: date | None
    begins: str
    ends: str
    room: Room


@dataclass(frozen=True)
class Row:
    """A session in two plans; None where a plan has no place for it."""

    move: Move
    before: Place | None
    after: Place | None

    @property
    def other_time(self) -> bool:
        """Say whether the two begin at different times."""
        return bool(self.move.before and self.move.after and self.move.before.start != self.move.after.start)

    @property
    def other_room(self) -> bool:
        """Say whether the two are in different rooms."""
        return bool(self.before and self.after and self.before.room is not self.after.room)


@blueprint.get("/w/<week>/scenarios")
@needs(Verb.PROGRAMME_READ)
def scenario_list(week: str) -> str:
    """List the working plan and the scenarios, each at a glance."""
    return _list(edition(week), ScenarioForm())


@blueprint.post("/w/<week>/scenarios/new")
@needs(Verb.PLAN_EDIT)
def scenario_new(week: str) -> Any:
    """Keep a copy of the working plan under a name."""
    own, form = edition(week, Verb.PLAN_EDIT), ScenarioForm(request.form)
    if form.validate():
        try:
            made = create_scenario(own.id, form.name.data or "", None, actor=at_work())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(_("“%(name)s”已存下。排期接着改，它不会跟着变。", name=made.name), "yes")
            return redirect(url_for("desk.scenario", week=week, code=made.code), 303)
    return _list(own, form), 422


@blueprint.get("/w/<week>/scenarios/comparison")
@needs(Verb.PROGRAMME_READ)
def scenario_comparison(week: str) -> str:
    """Show any two plans side by side."""
    own = edition(week)
    plans = list_plans(own.id)
    known = {plan.code: plan for plan in plans}
    one, two = (known.get(asked(name, known)) for name in ("one", "two"))
    one = one or next((plan for plan in plans if plan.working), None)
    two = two or next((plan for plan in plans if plan is not one), None)
    shown = _side_by_side(own, one, two, _problems(own, one, two))
    return page("scenario_comparison.html", own, here=HERE, plans=plans, **shown)


@blueprint.get("/w/<week>/scenarios/<code>")
@needs(Verb.PROGRAMME_READ)
def scenario(week: str, code: str) -> Any:
    """Show a scenario beside the working plan."""
    own = edition(week)
    plan = find_plan(own.id, code) or abort(404)
    if plan.working:
        return redirect(url_for("desk.scenario_list", week=week), 303)
    return _one(own, plan, ScenarioForm(data={"name": plan.name, "version": plan.version}))


@blueprint.post("/w/<week>/scenarios/<code>/name")
@needs(Verb.PLAN_EDIT)
def scenario_name(week: str, code: str) -> Any:
    """Call a scenario something else."""
    own, form = edition(week, Verb.PLAN_EDIT), ScenarioForm(request.form)
    plan = get_scenario(own.id, code)
    if form.validate():
        try:
            rename_scenario(own.id, code, form.name.data or "", version=form.read_version, actor=at_work())
        except Refusal as refusal:
            form.refuse(refusal)
            form.version.data = plan.version
        else:
            flash(_("已改名。"), "yes")
            return redirect(url_for("desk.scenario", week=week, code=code), 303)
    return _one(own, plan, form), 422


@blueprint.post("/w/<week>/scenarios/<code>/deletion")
@needs(Verb.PLAN_EDIT)
def scenario_deletion(week: str, code: str) -> Any:
    """Throw a scenario away."""
    own = edition(week, Verb.PLAN_EDIT)
    back = url_for("desk.scenario_list", week=week)
    return act(
        lambda: delete_scenario(own.id, code, actor=at_work()), back, _("方案已删除。"), none="scenario.not_found"
    )


@blueprint.get("/w/<week>/scenarios/<code>/promotion")
@needs(Verb.PROGRAMME_READ)
def scenario_promotion(week: str, code: str) -> Any:
    """Show what it would change to put a scenario in the place of the working plan."""
    own = edition(week)
    plan = find_plan(own.id, code) or abort(404)
    if plan.working:
        return redirect(url_for("desk.scenario_list", week=week), 303)
    promotion = foresee_promotion(own.id, find_working_plan(own.id), plan)
    return page(
        "scenario_promotion.html",
        own,
        here=HERE,
        plan=plan,
        promotion=promotion,
        days=_by_day([move for move in promotion.every if move.is_moved], own),
        stir=foresee_stir(own, promotion),
        bar=sentence(bar) if (bar := why_not_rearrange(promotion.changed, at_work())) else "",
        names=_called(None, plan),
    )


@blueprint.post("/w/<week>/scenarios/<code>/adoption")
@needs(Verb.PLAN_EDIT)
def scenario_adoption(week: str, code: str) -> Any:
    """Put a scenario in the place of the working plan, if nothing has changed since that was looked at."""
    own = edition(week, Verb.PLAN_EDIT)
    seen, former = asked_token(), former_name(now(), own.timezone)
    try:
        plan = promote_scenario(own.id, code, former=former, seen=seen, actor=at_work())
    except Refusal as refusal:
        if is_denied(refusal.code) or refusal.code == "scenario.not_found":
            raise
        stale = refusal.code == "version.stale"
        flash(_("看过之后排期又改过，还没有采用。看看现在的不同，再采用。") if stale else sentence(refusal), "no")
        return redirect(url_for("desk.scenario_promotion", week=week, code=code), 303)
    flash(_("“%(name)s”现在就是排期，公众还看不到；原来的存成了“%(former)s”。", name=plan.name, former=former), "yes")
    return redirect(url_for("desk.scenario_list", week=week), 303)


def asked_token() -> int:
    """Return by what the page knew its promotion; -1, which is none, where it is no number."""
    text = request.form.get("seen", "")[:12]
    return int(text) if text.isascii() and text.isdigit() else -1


def _list(week: Week, form: ScenarioForm) -> str:
    plans = list_plans(week.id)
    paging = pager(len(plans), SIZE)
    shown = plans[paging.offset : paging.last]
    return page(
        "scenario_list.html",
        week,
        here=HERE,
        form=form,
        rows=glance(week, shown),
        names=name_actors([plan.actor for plan in shown]),
        plans=plans,
        pager=paging,
        scenarios=sum(not plan.working for plan in plans),
    )


def _one(week: Week, plan: Plan, form: ScenarioForm) -> str:
    working = find_working_plan(week.id)
    found = _problems(week, working, plan)
    shown = _side_by_side(week, working, plan, found)
    own = may_change_scenario(plan, at_work())
    glanced, names = glance(week, [plan], found)[0], name_actors([plan.actor])
    return page("scenario.html", week, here=HERE, plan=plan, form=form, glanced=glanced, makers=names, own=own, **shown)


def _problems(week: Week, one: Plan | None, two: Plan | None) -> dict[int, list[Problem]]:
    return map_problems(week, {plan.id for plan in (one, two) if plan})


def _side_by_side(week: Week, one: Plan | None, two: Plan | None, found: Mapping[int, list[Problem]]) -> dict[str, Any]:
    """Return what a comparison shows: sessions by day, problems that only one has, and what the two are called."""
    every = [move for move in compare(week.id, one, two) if not move.session.off]
    differing = [move for move in every if move.is_moved]
    whole = asked("all", ("1",)) == "1"
    before, after = (found.get(plan.id, []) if plan else [] for plan in (one, two))
    return {
        "one": one,
        "two": two,
        "names": _called(one, two),
        "days": _by_day(every if whole else differing, week),
        "whole": whole,
        "counts": (len(differing), len(every)),
        "problems": (only_in(before, after), only_in(after, before)),
    }


def _called(one: Plan | None, two: Plan | None) -> tuple[str, str]:
    """Return what two plans are called; the working plan by what it is."""

    def name(plan: Plan | None) -> str:
        return _("现在的排期") if plan is None or plan.working else plan.name

    return name(one), name(two)


def _by_day(found: Iterable[Move], week: Week) -> list[tuple[date, list[Row]]]:
    known, zone = list(found), ZoneInfo(week.timezone)
    rooms = map_rooms({spot.room_id for move in known for spot in (move.before, move.after) if spot})
    days = groupby(known, key=lambda move: move.first.astimezone(zone).date())
    return [(day, [_row(move, rooms, zone) for move in moves]) for day, moves in days]


def _row(move: Move, rooms: Mapping[int, Room], zone: ZoneInfo) -> Row:
    days = {spot.start.astimezone(zone).date() for spot in (move.before, move.after) if spot}

    def place(spot: Spot | None) -> Place | None:
        if spot is None:
            return None
        begins, ends = spot.start.astimezone(zone), move.end(spot).astimezone(zone)
        return Place(begins.date() if len(days) > 1 else None, f"{begins:%H:%M}", f"{ends:%H:%M}", rooms[spot.room_id])

    return Row(move, place(move.before), place(move.after))
