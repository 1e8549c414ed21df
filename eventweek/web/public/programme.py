"""The programme: as a list by time and as a timetable by venue; every filter is an address."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from eventweek.kernel.clock import local_day, now
from eventweek.kernel.text import clean_line
from eventweek.programme.models import Week
from eventweek.scheduling.queries import PublishedSession
from eventweek.scheduling.queries.notices import find_texts
from eventweek.scheduling.traits import FACETS
from eventweek.web.frame import anybody
from eventweek.web.public.choosing import Programme, choose
from eventweek.web.public.frame import blueprint, day_name, days, edition
from eventweek.web.public.grid import lay_out
from eventweek.web.public.seats import Offerings, free_codes, offerings_of, seats_of


@blueprint.get("/w/<week>/programme")
@anybody
def programme(week: str) -> str:
    """List the sessions by time."""
    own, sessions = edition(week)
    offerings = offerings_of(sessions)
    found = _narrow("public.programme", own, sessions, _asked(), offerings)
    ahead, over = _first_what_lies_ahead(found)
    return render_template(
        "public/programme.html",
        week=own,
        sessions=sessions,
        found=found,
        ahead=ahead,
        over=over,
        seats={s.code: seats_of(s, offerings.get(s.code, [])) for s in found.shown},
        now=now(),
        texts=find_texts(own.id, found.asked.get("q", ""), now()),
        **_strip(own, sessions, found, offerings),
    )


@blueprint.get("/w/<week>/timetable")
@anybody
def timetable(week: str) -> str:
    """Show one day by venue and room: a grid on a wide page, a list by venue on a phone."""
    own, sessions = edition(week)
    asked = _asked()
    asked["day"] = asked.get("day") or _first_day(own, sessions)
    offerings = offerings_of(sessions)
    found = _narrow("public.timetable", own, sessions, asked, offerings)
    host = own.host_venue.code if own.host_venue else ""
    grid = lay_out(found.shown, own.timezone, (own.lunch_start, own.lunch_end), host, now())
    seats = {s.code: seats_of(s, offerings.get(s.code, [])) for s in found.shown}
    strip = _strip(own, sessions, found, offerings)
    return render_template("public/timetable.html", week=own, found=found, grid=grid, seats=seats, now=now(), **strip)


def _first_what_lies_ahead(found: Programme) -> tuple[list[PublishedSession], list[PublishedSession]]:
    """Return what to show first and what is over; a chosen day and a week that is over stay in one piece."""
    ahead = [] if found.asked.get("day") else [s for s in found.shown if s.end > now()]
    return (ahead, [s for s in found.shown if s.end <= now()]) if ahead else (list(found.shown), [])


def _asked() -> dict[str, str]:
    asked = {name: clean_line(request.args.get(name, ""), 40) for name in FACETS}
    asked["q"] = clean_line(request.args.get("q", ""), 80)
    return {name: value for name, value in asked.items() if value}


def _narrow(
    page: str, week: Week, sessions: list[PublishedSession], asked: dict[str, str], offerings: Offerings
) -> Programme:
    def address(wanted: Mapping[str, Any]) -> str:
        return url_for(page, week=week.code, **wanted)

    return choose(sessions, asked, week.timezone, free_codes(offerings), address)


def _first_day(week: Week, sessions: list[PublishedSession]) -> str:
    """Return the first day on which something is on or ahead, else the first day of the run that has a session."""
    if ahead := [session.start for session in sessions if session.end > now()]:
        return local_day(min(ahead), week.timezone).isoformat()
    held = [day for day, _count in days(week, sessions)]
    return next(iter([day for day in held if day >= week.first_day] or held), week.first_day).isoformat()


def _strip(week: Week, sessions: list[PublishedSession], found: Programme, offerings: Offerings) -> dict[str, Any]:
    """Return the strip of days and the warm-up days beside it; counts are those of the other filters."""
    rest = {name: value for name, value in found.asked.items() if name != "day"}
    counts = dict(days(week, [s for s in _narrow("public.programme", week, sessions, rest, offerings).shown]))
    main = [week.first_day + timedelta(n) for n in range((week.last_day - week.first_day).days + 1)]
    around = [day for day, _count in days(week, sessions) if day not in main]
    return {
        "strip": [_day_link(week, found.asked, day, counts.get(day, 0)) for day in main],
        "around": [_day_link(week, found.asked, day, counts.get(day, 0)) for day in around],
    }


def _day_link(week: Week, asked: dict[str, str], day: date, count: int) -> dict[str, Any]:
    page = request.endpoint or "public.programme"
    chosen, today = asked.get("day") == day.isoformat(), local_day(now(), week.timezone)
    wanted: dict[str, Any] = {name: value for name, value in asked.items() if name != "day"}
    if not chosen or page == "public.timetable":
        wanted["day"] = day.isoformat()
    return {
        "href": url_for(page, week=week.code, **wanted),
        "number": day.day,
        "weekday": _("今天") if day == today else format_date(day, "EEE"),
        "short": day_name(day),
        "name": _("%(day)s，%(n)s 场", day=day_name(day), n=count),
        "count": count,
        "chosen": chosen,
        "today": day == today,
    }
