"""What every desk page shares: the blueprint, the rail, the week being worked on, the person at work."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import LazyString, format_date
from flask_babel import lazy_gettext as _

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import can, require
from eventweek.kernel.errors import Refusal
from eventweek.language import say, sentence, words
from eventweek.language.status import is_denied
from eventweek.programme.enums import WeekState
from eventweek.programme.models import Week
from eventweek.programme.queries import find_week
from eventweek.programme.queries.masters import list_features
from eventweek.programme.rules.scopes import WHOLE, scopes
from eventweek.web.actor import at_work
from eventweek.web.frame import best, language

blueprint = Blueprint("desk", __name__, url_prefix="/desk")
CHANGES = (
    Verb.PROGRAMME_EDIT,
    Verb.PLAN_EDIT,
    Verb.ALARM_RAISE,
    Verb.MASTERS_EDIT,
    Verb.RELEASE_PUBLISH,
    Verb.REGISTRATIONS_EDIT,
    Verb.WEEK_EDIT,
    Verb.MESSAGES_EDIT,
    Verb.PROPOSALS_MAKE,
    Verb.PROPOSALS_REVIEW,
    Verb.PROPOSALS_DECIDE,
    Verb.PROPOSERS_INVITE,
)
"""What nobody does to an archived week."""


@dataclass(frozen=True)
class Entry:
    """One word of the rail: its endpoint, its icon, who may see it; `weekly` ones carry the week in their address."""

    endpoint: str
    icon: str
    word: LazyString
    verb: Verb = Verb.PROGRAMME_READ
    weekly: bool = True

    @property
    def noun(self) -> str:
        """Return what the pages behind this word are about: `session` of `desk.session_list`."""
        return noun(self.endpoint)


RAIL: tuple[tuple[LazyString | str, tuple[Entry, ...]], ...] = (
    ("", (Entry("desk.home", "today", _("今天")), Entry("desk.incident_list", "light", _("当日调度")))),
    (
        _("办"),
        (
            Entry("desk.proposal_list", "add", _("申报"), Verb.PROPOSALS_READ),
            Entry("desk.session_list", "list", _("场次")),
            Entry("desk.timetable", "grid", _("排期")),
            Entry("desk.planner_run_list", "flag", _("自动排期")),
            Entry("desk.release_list", "release", _("发布")),
            Entry("desk.print_list", "print", _("印制")),
            Entry("desk.notice_list", "info", _("公告")),
            Entry("desk.import_list", "download", _("导入导出"), Verb.MASTERS_EDIT),
        ),
    ),
    (
        _("备"),
        (
            Entry("desk.venue_list", "home", _("场馆"), weekly=False),
            Entry("desk.person_list", "people", _("人物"), weekly=False),
            Entry("desk.organisation_list", "flag", _("单位"), weekly=False),
            Entry("desk.kind_list", "pen", _("类型")),
            Entry("desk.tag_set_list", "pin", _("标签")),
            Entry("desk.track_list", "forward", _("专题")),
            Entry("desk.series_list", "copy", _("系列")),
            Entry("desk.page_list", "list", _("页面")),
            Entry("desk.city_list", "home", _("城市"), weekly=False),
            Entry("desk.week_list", "calendar", _("届次"), weekly=False),
            Entry("desk.rule_list", "lock", _("排期规则")),
        ),
    ),
    (
        _("来"),
        (
            Entry("desk.registration_list", "pass", _("报名"), Verb.REGISTRATIONS_READ),
            Entry("desk.campaign_list", "info", _("消息"), Verb.MESSAGES_EDIT),
            Entry("desk.gate_list", "scan", _("门口"), Verb.DOOR_MANAGE),
        ),
    ),
    (
        _("管"),
        (
            Entry("desk.user_list", "people", _("账号"), Verb.USERS_MANAGE, weekly=False),
            Entry("desk.key_list", "pass", _("密钥"), Verb.USERS_MANAGE, weekly=False),
            Entry("desk.audit_list", "lock", _("操作记录"), Verb.AUDIT_READ, weekly=False),
        ),
    ),
)


def noun(endpoint: str) -> str:
    """Return the subject of a desk endpoint: `session` of `desk.session_list`, `desk.session_edit`, `desk.session`."""
    name = endpoint.removeprefix("desk.")
    for ending in ("_list", "_new", "_edit"):
        name = name.removesuffix(ending)
    return name


def edition(code: str, verb: Verb = Verb.PROGRAMME_READ) -> Week:
    """Return the week of an address for somebody who may read it or do this; unknown and foreign ones answer 404.

    Raises: Refusal permission.denied when they may read the week but not do this.
    """
    week = find_week(code)
    if week is None or not (can(at_work(), Verb.PROGRAMME_READ, week.id) or can(at_work(), verb, week.id)):
        abort(404)
    require(at_work(), verb, week.id)
    return week


def way_back(week: str, default: str) -> str:
    """Return where `back` of the address leads, as far as that is the page of an absence of the week (its code)."""
    back = request.args.get("back", "")[:300]
    return back if back.startswith(f"{url_for('desk.absence_list', week=week)}/") else default


def act(verb: Callable[[], object], back: str, said: str, *, none: str = "") -> Any:
    """Do what a button asks for, say that it is done or why not, and go back; `none`: the code that means 404.

    Raises: Refusal permission.denied, reach.*.
    """
    try:
        verb()
    except Refusal as refusal:
        if refusal.code == none:
            abort(404)
        if is_denied(refusal.code):
            raise
        flash(sentence(refusal), "no")
    else:
        flash(said, "yes")
    return redirect(back, 303)


def rail(week: Week | None, here: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the rail for who is signed in: groups of entries that lead somewhere; `here` is the noun of the page."""
    groups = []
    for word, entries in RAIL:
        shown = [_link(entry, week, here) for entry in entries if _is_open(entry, week)]
        if shown:
            groups.append((str(word), shown))
    return groups


def _is_open(entry: Entry, week: Week | None) -> bool:
    if entry.endpoint not in current_app.view_functions or (entry.weekly and week is None):
        return False
    return can(at_work(), entry.verb, week.id if week and entry.weekly else None)


def _link(entry: Entry, week: Week | None, here: str) -> dict[str, Any]:
    href = url_for(entry.endpoint, week=week.code) if week and entry.weekly else url_for(entry.endpoint)
    return {"href": href, "icon": entry.icon, "word": entry.word, "here": entry.noun == here}


def page(template: str, week: Week | None, *, here: str = "", **values: Any) -> str:
    """Render a desk page with its rail; `here` is the noun to mark, by default that of the endpoint."""
    marked = here or noun(request.endpoint or "")
    shared = {"week": week, "rail": rail(week, marked), "may": _may(week), "sealed": is_sealed(week)}
    return render_template(f"desk/{template}", **shared, **values)


def is_sealed(week: Week | None) -> bool:
    """Say whether the page is about something of an archived week, which nobody changes any more."""
    return week is not None and week.state == WeekState.ARCHIVED and "week" in (request.view_args or {})


def _may(week: Week | None) -> Callable[..., bool]:
    """Return the question that templates ask before they show a button: `may('programme.edit')`.

    `may('programme.edit', whole=true)` asks for the whole week, for what is not one city's or track's.
    """
    actor, week_id, sealed = at_work(), week.id if week else None, is_sealed(week)

    def may(verb: str, *, whole: bool = False) -> bool:
        if not can(actor, Verb(verb), week_id) or (sealed and verb in CHANGES):
            return False
        return not whole or week_id is None or WHOLE in scopes(actor, Verb(verb), week_id)

    return may


@blueprint.app_template_filter("short")
def short(subject: Any) -> str:
    """Return the short name of a venue, room, organisation, track or series; its name where it has none."""
    return best(subject.short_name) or best(subject.name)


@blueprint.app_template_global("brief")
def brief(day: date) -> str:
    """Return a day in little space: 10-15 周四, Thu 15 Oct."""
    return _brief(day, language())


@lru_cache(maxsize=1000)
def _brief(day: date, tongue: str) -> str:
    """Return a day in little space, in the language of the request; a release tells the same few days 1,000 times."""
    return str(format_date(day, "EEE d MMM" if tongue == "en" else "MM-dd EEE"))


@blueprint.app_template_filter("stamp")
def stamp(at: datetime, zone: str) -> str:
    """Return a moment in little space, on the wall clock of an IANA zone: 10-15 09:30, 15 Oct 09:30."""
    here = at.astimezone(ZoneInfo(zone))
    return f"{format_date(here.date(), 'd MMM' if language() == 'en' else 'MM-dd')} {here:%H:%M}"


@blueprint.app_template_global("pin_word")
def pin_word(pins: str) -> str:
    """Return what the planner may not change of a place: `both`, `time` or `room`."""
    return str(words.PINS[pins])


@blueprint.app_template_global("said")
def said(problem: Any) -> str:
    """Return the sentence of a problem of the plan; what a room lacks is called by its name."""
    facts = dict(problem.facts)
    if "features" in facts:
        facts["features"] = str(_("、")).join(_called(code) for code in facts["features"].split("、"))
    return say(problem.code, facts)


def _called(code: str) -> str:
    if "features" not in g:
        g.features = {own.code: best(own.name) for own in list_features()}
    return str(g.features.get(code, code))


@blueprint.after_request
def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
