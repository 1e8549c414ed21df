"""The working plan of one day: rooms by hours, and what has no place yet."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import format_date
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.clock import local_day, now
from eventweek.language import words
from eventweek.programme.models import Week
from eventweek.scheduling.queries.board import list_clashes
from eventweek.scheduling.queries.lines import Line, list_lines
from eventweek.scheduling.queries.marks import list_marks
from eventweek.scheduling.queries.overrides import map_overrides
from eventweek.scheduling.queries.scenarios import find_plan
from eventweek.web.desk.board import draw
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.desk.lists import Filter, address, asked, chosen
from eventweek.web.desk.session_search import cities, in_order, venues
from eventweek.web.frame import best, needs
from eventweek.web.public.frame import day_name


@dataclass(frozen=True)
class Told:
    """A session of the day: its line, address, title, wall clock, publication, and what it runs into (empty: none).

    `passed`: why what it runs into may pass, where somebody has said so.
    """

    line: Line
    href: str
    title: str
    begins: str
    ends: str
    publication: str
    clash: str
    passed: str


@blueprint.get("/w/<week>/timetable")
@needs(Verb.PROGRAMME_READ)
def timetable(week: str) -> str:
    """Show one day of the working plan, or of a scenario, of which nothing can be changed."""
    own = edition(week)
    plan = find_plan(own.id, code) if (code := asked("plan", longest=16)) else None
    scenario = None if plan is None or plan.working else plan
    lines = list_lines(own.id, scenario.id if scenario else None)
    every = [line for line in lines if line.state in ("planned", "unplaced")]
    filters, day = _filters(every), _day(own)
    wanted = chosen(filters)
    found = [line for line in every if _fits(line, wanted)]
    days = {line.code: local_day(line.start, own.timezone) for line in every if line.start}
    near = [line for line in every if line.start and abs((days[line.code] - day).days) < 2]
    today = sorted((line for line in found if days.get(line.code) == day), key=in_order)
    told = _told(own, today, near, public=scenario is None)
    return page(
        "timetable.html",
        own,
        day_shown=day,
        days=_days(own, Counter(days[line.code] for line in found if line.start), day),
        filters=filters,
        scenario=scenario,
        pins_asked={name: value for name, value in wanted.items() if name != "family"},
        sessions=told,
        clashing={one.line.room.id for one in told.values() if one.clash and one.line.room},
        waiting=sorted((line for line in found if line.state == "unplaced"), key=in_order),
        board=draw(own, day, today, [], now()),
        now=now(),
    )


def _told(week: Week, today: list[Line], near: list[Line], *, public: bool) -> dict[str, Told]:
    """Return by code how a day's sessions are told, in their order; `near`: those that they may run into.

    `public`: say also what is published of each.
    """
    zone, marks = ZoneInfo(week.timezone), list_marks(week.id, [p.code for p in today]) if public else {}
    clashes, passed = _clashes(week, near)
    return {
        p.code: Told(
            line=p,
            href=url_for("desk.session", week=week.code, code=p.code),
            title=best(p.title),
            begins=p.start.astimezone(zone).strftime("%H:%M"),
            ends=p.end.astimezone(zone).strftime("%H:%M"),
            publication=marks[p.code].publication if public else "",
            clash=clashes.get(p.code, ""),
            passed=passed.get(p.code, ""),
        )
        for p in today
        if p.start and p.end
    }


def _clashes(week: Week, near: list[Line]) -> tuple[dict[str, str], dict[str, str]]:
    """Return in words what each session runs into, by code, a room before a person; and why what may pass."""
    said = {"problem.room_overlap": _("撞场"), "problem.person_overlap": _("撞人")}
    blocking = sorted(list_clashes(week.id, near), key=lambda p: p.code)
    overrides = map_overrides(week.id)
    clashes = {code: said[p.code] for p in blocking if p.key not in overrides for code in p.sessions}
    return clashes, {code: overrides[p.key].reason for p in blocking if p.key in overrides for code in p.sessions}


def _filters(every: list[Line]) -> list[Filter]:
    return [
        Filter("city", _("城市"), cities(every)),
        Filter("venue", _("场馆"), venues(every)),
        Filter("family", _("类型"), [(code, str(word)) for code, word in words.FAMILIES.items()]),
    ]


def _fits(line: Line, wanted: dict[str, str]) -> bool:
    own = {
        "city": line.city.code if line.city else "",
        "venue": line.venue.code if line.venue else "",
        "family": line.kind.family,
    }
    return all(own[name] == value for name, value in wanted.items())


def _day(week: Week) -> date:
    known = {d.day.isoformat(): d.day for d in week.days}
    today = local_day(now(), week.timezone)
    fallback = today if today.isoformat() in known else week.first_day
    return known.get(asked("day", known), fallback)


def _days(week: Week, counts: Counter[date], shown: date) -> list[dict[str, Any]]:
    today = local_day(now(), week.timezone)
    return [
        {
            "href": address(day=d.day.isoformat()),
            "number": d.day.day,
            "weekday": format_date(d.day, "EEE"),
            "name": _("%(day)s，%(n)s 场", day=day_name(d.day), n=counts[d.day]),
            "count": counts[d.day],
            "chosen": d.day == shown,
            "today": d.day == today,
            "warmup": d.phase == "warmup",
        }
        for d in week.days
    ]
