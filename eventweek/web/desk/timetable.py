"""The working plan of one day: rooms by hours, and what has no place yet."""

from collections.abc import Collection
from datetime import date
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.clock import local_day, now
from eventweek.language import words
from eventweek.programme.models import Week
from eventweek.scheduling.queries.board import list_problems_among
from eventweek.scheduling.queries.lines import Line, list_lines
from eventweek.scheduling.worklist import list_planned
from eventweek.web.desk.board import draw
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.desk.lists import Filter, address, asked, chosen
from eventweek.web.desk.session_search import cities, in_order, venues
from eventweek.web.frame import needs
from eventweek.web.public.frame import day_name


@blueprint.get("/w/<week>/timetable")
@needs(Verb.PROGRAMME_READ)
def timetable(week: str) -> str:
    """Show one day of the working plan."""
    own = edition(week)
    every = [line for line in list_lines(own.id) if line.state in ("planned", "unplaced")]
    filters, day = _filters(every), _day(own)
    found = [line for line in every if _fits(line, chosen(filters))]
    near = [line.code for line in every if line.start and abs((local_day(line.start, own.timezone) - day).days) < 2]
    shown = {line.code for line in found if line.start and local_day(line.start, own.timezone) == day}
    today = list_planned(own.id, shown)
    return page(
        "timetable.html",
        own,
        day_shown=day,
        days=_days(own, found, day),
        filters=filters,
        sessions=today,
        waiting=sorted((line for line in found if line.state == "unplaced"), key=in_order),
        board=draw(own, day, today, [], now()),
        clashes=_clashes(own, near),
        now=now(),
    )


def _clashes(week: Week, codes: Collection[str]) -> dict[str, str]:
    """Return in words what each session runs into, by code; a room before a person."""
    said = {"problem.room_overlap": _("撞场"), "problem.person_overlap": _("撞人")}
    blocking = sorted((p for p in list_problems_among(week, codes) if p.code in said), key=lambda p: p.code)
    return {code: said[p.code] for p in blocking for code in p.sessions}


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


def _days(week: Week, found: list[Line], shown: date) -> list[dict[str, Any]]:
    today = local_day(now(), week.timezone)
    counts: dict[date, int] = {}
    for p in found:
        if p.start:
            day = local_day(p.start, week.timezone)
            counts[day] = counts.get(day, 0) + 1
    return [
        {
            "href": address(day=d.day.isoformat()),
            "number": d.day.day,
            "weekday": format_date(d.day, "EEE"),
            "name": _("%(day)s，%(n)s 场", day=day_name(d.day), n=counts.get(d.day, 0)),
            "count": counts.get(d.day, 0),
            "chosen": d.day == shown,
            "today": d.day == today,
            "warmup": d.phase == "warmup",
        }
        for d in week.days
    ]
