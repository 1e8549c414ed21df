"""The same-day desk (当日调度): a hall is lost, what it concerns, the ways out side by side, one decision."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.clock import local_day, now
from eventweek.kernel.db import Bilingual
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.language import say, sentence
from eventweek.language.replanning import REASONS, WAYS, way_name
from eventweek.language.status import status_of
from eventweek.programme.models import Incident, Week
from eventweek.programme.queries.halls import may_report, name_reported, why_not_lift, why_not_report
from eventweek.programme.queries.incidents import get_incident, list_incidents
from eventweek.programme.queries.staff import list_deciders
from eventweek.replanning.actions.deciding import Choice, decide_incident
from eventweek.replanning.actions.incidents import lift_alarm, look_again, raise_alarm
from eventweek.replanning.enums import Settling, Way
from eventweek.replanning.queries import Wanted, count_affected
from eventweek.replanning.queries.incidents import foresee_loss, list_halls
from eventweek.replanning.queries.ways import list_ways
from eventweek.replanning.trails import read_trail
from eventweek.scheduling.history import Item, list_items
from eventweek.scheduling.queries import list_releases
from eventweek.web.actor import at_work
from eventweek.web.desk.actors import name_actors
from eventweek.web.desk.differences import Told, tell
from eventweek.web.desk.frame import act, blueprint, edition, page, short, stamp
from eventweek.web.frame import best, needs

MOST = 200


@dataclass(frozen=True)
class Done:
    """A session of the release by which it was decided: what changed, who took part, and who stands behind it."""

    item: Item
    told: list[Told]

    @property
    def parts(self) -> list[dict[str, Any]]:
        """Return the people and the organisations whom no message reaches by itself."""
        return [*self.item.after["people"], *self.item.after["organisations"]]


@blueprint.get("/w/<week>/incidents")
@needs(Verb.PROGRAMME_READ)
def incident_list(week: str) -> str:
    """Offer the alarm, and list what was lost."""
    return _list(edition(week))


@blueprint.post("/w/<week>/incidents/new")
@needs(Verb.ALARM_RAISE)
def incident_report(week: str) -> Any:
    """Close halls at once, and go on to what that means."""
    own = edition(week, Verb.ALARM_RAISE)
    form, why = request.form, REASONS.get(request.form.get("why", ""), Bilingual("", ""))
    said = form.get("reason", "")[:MOST]
    values = {
        "rooms": form.getlist("rooms")[:MOST],
        "venues": form.getlist("venues")[:MOST],
        "since": form.get("since", "")[:40],
        "until": form.get("until", "")[:40],
        "reason_zh": said or why.zh,
        "reason_en": "" if said else why.en,
    }
    try:
        made = raise_alarm(own.id, values, named=way_name, actor=at_work())
    except Invalid as invalid:
        return _list(own, " ".join(dict.fromkeys(say(error.code, error.facts) for error in invalid.errors))), 422
    except Refusal as refusal:
        if refusal.code == "permission.denied":
            raise
        return _list(own, sentence(refusal)), status_of(refusal.code)
    return redirect(url_for("desk.incident", week=week, code=made.code), 303)


@blueprint.get("/w/<week>/incidents/<code>")
@needs(Verb.PROGRAMME_READ)
def incident(week: str, code: str) -> str:
    """Show what is concerned, the ways out side by side, and afterwards what was done."""
    own = edition(week)
    found = get_incident(own.id, code)
    over = bool(found.decided_at or found.lifted_at)
    situation, reports = (
        foresee_loss(own, found),
        why_not_report([part.room for part in found.rooms], own.id, at_work()),
    )
    bar = why_not_lift(found, at_work()) if reports is None else reports
    ways = [] if over or not situation.lost else list_ways(own, found, situation)
    return page(
        "incident.html",
        own,
        incident=found,
        situation=situation,
        ways=ways,
        words=WAYS,
        reports=reports is None,
        bar=sentence(bar) if bar else "",
        deciders=list_deciders(own.id),
        looking=any(one.is_open for one in ways),
        looked=any(one.run for one in ways),
        stale=any(not one.fresh for one in ways),
        short=any(one.people.shortages for one in ways),
        progress={one.way: _progress(one.run.problem) for one in ways if one.run and one.is_open},
        done=_done(own, found),
        affected=count_affected(own.id, Wanted(release=found.release), actor=at_work()) if found.release else {},
        names=name_actors([found.actor, found.decided_by, found.lifted_by]),
        when=lambda at: stamp(at, own.timezone),
        say=say,
    )


@blueprint.post("/w/<week>/incidents/<code>/looks")
@needs(Verb.ALARM_RAISE)
def incident_look(week: str, code: str) -> Any:
    """Look for the ways again, from the plan as it stands now."""
    own = edition(week, Verb.ALARM_RAISE)
    back = url_for("desk.incident", week=week, code=code)
    said = _("正在重新找办法，几秒后出来。")
    return act(lambda: look_again(own.id, code, named=way_name, actor=at_work()), back, said, none="incident.not_found")


@blueprint.post("/w/<week>/incidents/<code>/decision")
@needs(Verb.RELEASE_PUBLISH)
def incident_decision(week: str, code: str) -> Any:
    """Take a way out."""
    own, form = edition(week, Verb.RELEASE_PUBLISH), request.form
    back = url_for("desk.incident", week=week, code=code)
    way, short = form.get("way", ""), form.get("short", "")
    if way not in set(Way):
        flash(say("incident.way", {"choices": "、".join(way_name(one) for one in Way)}), "no")
        return redirect(back, 303)
    choice = Choice(
        Way(way),
        form.get("seen", "")[:24],
        note=form.get("note", "")[:MOST],
        short=Settling(short) if short in set(Settling) else None,
        tell=form.get("tell") == "1",
    )
    try:
        done = decide_incident(own.id, code, choice, actor=at_work())
    except Invalid as invalid:
        flash(" ".join(dict.fromkeys(say(error.code, error.facts) for error in invalid.errors)), "no")
    except Refusal as refusal:
        if refusal.code in ("permission.denied", "incident.not_found"):
            raise
        flash(sentence(refusal), "no")
    else:
        flash(_("已定，第 %(n)s 版已发布：入场码、门口和日历都换成新的，消息已发给报名的人。", n=done.release), "yes")
    return redirect(back, 303)


@blueprint.post("/w/<week>/incidents/<code>/lifting")
@needs(Verb.ALARM_RAISE)
def incident_lifting(week: str, code: str) -> Any:
    """Open the halls again."""
    own = edition(week, Verb.ALARM_RAISE)
    back = url_for("desk.incident", week=week, code=code)
    said = _("已恢复，又可以排进去了。已经换走的场次不会自己换回来。")
    return act(lambda: lift_alarm(own.id, code, actor=at_work()), back, said, none="incident.not_found")


def _list(week: Week, problem: str = "") -> str:
    every, actor = list_incidents(week.id), at_work()
    halls = [own for site in list_halls(week) if (own := site.within(lambda room: may_report(room, week.id, actor)))]
    return page(
        "incident_list.html",
        week,
        here="incident",
        halls=halls,
        mine=name_reported(week.id, actor),
        incidents=every,
        words=WAYS,
        reasons=REASONS,
        names=name_actors([one.actor for one in every]),
        chosen=set(request.form.getlist("rooms")) | set(request.form.getlist("venues")),
        asked={name: request.form.get(name, "") for name in ("since", "until", "why", "reason")},
        today=local_day(now(), week.timezone),
        when=lambda at: stamp(at, week.timezone),
        problem=problem,
    )


@blueprint.app_template_global("called_halls")
def called_halls(own: Incident) -> str:
    """Name the halls of an incident, three at most, and their venue where it is one."""
    names = str(_("、")).join(best(part.room.name) for part in own.rooms[:3])
    if len({part.room.venue_id for part in own.rooms}) == 1:
        names = f"{short(own.rooms[0].room.venue)} {names}"
    return str(_("%(names)s 等 %(n)s 个厅", names=names, n=len(own.rooms))) if len(own.rooms) > 3 else names


def _progress(problem: str | None) -> float:
    """Return how much of a search is over; 0 while it prepares."""
    trail = read_trail(problem) if problem else []
    return float(trail[-1]["share"]) if trail else 0.0


def _done(week: Week, own: Incident) -> list[Done]:
    release = next((one for one in list_releases(week.id) if one.number == own.release), None) if own.release else None
    items = list_items(release.id) if release else []
    return [Done(item, tell(item.before, item.after, week.timezone)[:2]) for item in items]
