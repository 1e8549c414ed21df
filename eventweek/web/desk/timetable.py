"""The working plan of one day: rooms by hours, what has no place yet, and what is wrong; the editor works on it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, jsonify, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.audit.queries import list_since
from eventweek.audit.stamps import week_stamp
from eventweek.kernel.clock import local_day, now
from eventweek.kernel.db import Bilingual
from eventweek.language import words
from eventweek.programme.models import Room, Week
from eventweek.programme.queries.masters import list_rooms_in_use
from eventweek.programme.rules.checks import is_locked
from eventweek.replanning.queries.runs import list_runs
from eventweek.scheduling.problems import Problem
from eventweek.scheduling.queries.board import list_problems, map_problems
from eventweek.scheduling.queries.lines import Line, list_lines
from eventweek.scheduling.queries.marks import list_marks
from eventweek.scheduling.queries.overrides import map_overrides
from eventweek.scheduling.queries.reach import find_movable
from eventweek.scheduling.queries.remembered import frame_of
from eventweek.scheduling.queries.scenarios import find_plan
from eventweek.web.actor import at_work
from eventweek.web.desk.actors import name_actors
from eventweek.web.desk.board import draw
from eventweek.web.desk.frame import blueprint, edition, page, short
from eventweek.web.desk.lists import Filter, address, asked, chosen
from eventweek.web.desk.session_search import cities, in_order, venues
from eventweek.web.frame import best, needs
from eventweek.web.public.frame import day_name

SHOWN = 40
"""Problems of a day that are told one by one."""


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
    locked: bool


@blueprint.get("/w/<week>/timetable")
@needs(Verb.PROGRAMME_READ)
def timetable(week: str) -> str:
    """Show one day of the working plan, to work on it, or of a scenario, of which nothing can be changed."""
    own = edition(week)
    plan = find_plan(own.id, code) if (code := asked("plan", longest=16)) else None
    scenario = None if plan is None or plan.working else plan
    lines = list_lines(own.id, scenario.id if scenario else None)
    every = [line for line in lines if line.state in ("planned", "unplaced")]
    rooms = list_rooms_in_use(own)
    filters, day = _filters(every, rooms), _day(own)
    wanted = chosen(filters)
    found = [line for line in every if _fits(line, wanted)]
    days = {line.code: local_day(line.start, own.timezone) for line in every if line.start}
    today = sorted((line for line in found if days.get(line.code) == day), key=in_order)
    problems = map_problems(own, [scenario.id])[scenario.id] if scenario else list_problems(own)
    told = _told(own, today, problems, public=scenario is None)
    near = [one for one in problems if not told.keys().isdisjoint(one.sessions)]
    shown = [room for room in rooms if _holds(room, wanted)] if not asked("condensed", ("1",)) else []
    return page(
        "timetable_parts.html" if asked("part", ("1",)) else "timetable.html",
        own,
        day_shown=day,
        days=_days(own, Counter(days[line.code] for line in found if line.start), day),
        filters=filters,
        scenario=scenario,
        pins_asked={name: value for name, value in wanted.items() if name not in ("family", "condensed")},
        sessions=told,
        clashing={one.line.room.id for one in told.values() if one.clash and one.line.room},
        waiting=sorted((line for line in found if line.state == "unplaced"), key=in_order),
        held=next((line for line in every if line.code == asked("held", longest=16)), None),
        problems=near[:SHOWN],
        more=max(0, len(near) - SHOWN),
        stopping=sum(one.level.stops for one in problems),
        overrides=map_overrides(own.id),
        stamp=week_stamp(own.id)[0],
        runs=list_runs(own.id)[:3],
        board=draw(own, day, today, shown, now()),
        condensed=bool(asked("condensed", ("1",))),
        reach=find_movable(own.id, at_work()),
        now=now(),
    )


@blueprint.get("/w/<week>/timetable/news")
@needs(Verb.PROGRAMME_READ)
def timetable_news(week: str) -> Response:
    """Answer who has changed the plan since a stamp: nothing (204) while nobody has."""
    own, since = edition(week), request.args.get("since", "")
    number = int(since) if since.isascii() and since.isdigit() and len(since) < 16 else 0
    stamp = week_stamp(own.id)[0]
    if stamp == number:
        return Response(status=204, headers={"Cache-Control": "no-store"})
    response = jsonify(stamp=stamp, said=_said_since(own, number)[-3:])
    response.headers["Cache-Control"] = "no-store"
    return response


def _said_since(week: Week, number: int) -> list[str]:
    """Return in sentences what others have done to sessions of the week after an entry of the audit."""
    own = at_work().id
    entries = [one for one in list_since(week.id, number, "session") if one.actor_id != own]
    names = name_actors({one.actor for one in entries})
    titles = {row.code: Bilingual(row.title_zh, row.title_en) for row in frame_of(week).sessions.values()}
    return [
        _(
            "%(who)s：%(did)s，“%(what)s”",
            who=names.get(one.actor, one.actor),
            did=words.AUDIT.get(one.verb, one.verb),
            what=best(titles[one.code]),
        )
        for one in entries
        if one.code in titles
    ]


def _told(week: Week, today: list[Line], problems: list[Problem], *, public: bool) -> dict[str, Told]:
    """Return by code how a day's sessions are told, in their order. `public`: say also what is published of each."""
    zone, marks = ZoneInfo(week.timezone), list_marks(week.id, [p.code for p in today]) if public else {}
    clashes, passed = _clashes(week, problems)
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
            locked=is_locked(p.own.permit_status),
        )
        for p in today
        if p.start and p.end
    }


def _clashes(week: Week, problems: list[Problem]) -> tuple[dict[str, str], dict[str, str]]:
    """Return in words what each session runs into, by code, a room before a person; and why what may pass."""
    said = {"problem.room_overlap": _("撞场"), "problem.person_overlap": _("撞人")}
    blocking = sorted((one for one in problems if one.code in said), key=lambda p: p.code)
    overrides = map_overrides(week.id)
    clashes = {code: said[p.code] for p in blocking if p.key not in overrides for code in p.sessions}
    return clashes, {code: overrides[p.key].reason for p in blocking if p.key in overrides for code in p.sessions}


def _holds(room: Room, wanted: dict[str, str]) -> bool:
    """Say whether a room is one of the city and the venue that are asked for."""
    own = {"city": room.venue.city.code if room.venue.city else "", "venue": room.venue.code}
    return all(own[name] == wanted[name] for name in own if name in wanted)


def _filters(every: list[Line], rooms: list[Room]) -> list[Filter]:
    places = {room.venue.code: short(room.venue) for room in rooms}
    towns = {room.venue.city.code: best(room.venue.city.name) for room in rooms if room.venue.city}
    return [
        Filter("city", _("城市"), list((dict(cities(every)) | towns).items())),
        Filter("venue", _("场馆"), list((dict(venues(every)) | places).items())),
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
