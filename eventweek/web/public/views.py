"""Home, programme, session page and the week's calendar feed."""

import hashlib
from collections.abc import Callable
from datetime import date
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from eventweek.calendars.ics import calendar
from eventweek.kernel.clock import local_day, now
from eventweek.kernel.text import clean_line
from eventweek.programme.models import Week
from eventweek.programme.queries import find_current_week, find_week
from eventweek.scheduling.queries import PublishedSession, find_last_release, list_public_sessions
from eventweek.web.frame import anybody, language
from eventweek.web.public.weave import marks

blueprint = Blueprint("public", __name__)
FILTERS = ("city", "venue", "kind", "industry")


@blueprint.app_template_global("day")
def day_name(day: date) -> str:
    """Return a day as people of the page's language write it."""
    return str(format_date(day, "EEE d MMMM" if language() == "en" else "M月d日（EEE）"))


@blueprint.app_template_filter("by_day")
def by_day(sessions: list[PublishedSession], zone: str) -> list[tuple[date, list[PublishedSession]]]:
    """Group sorted sessions by their local day."""
    return [(day, list(group)) for day, group in groupby(sessions, lambda s: local_day(s.start, zone))]


@blueprint.app_template_filter("local")
def local(instant: Any, zone: str) -> Any:
    """Return the instant on the wall clock of an IANA zone."""
    return instant.astimezone(ZoneInfo(zone))


@blueprint.app_template_filter("say")
def say(pair: dict[str, str]) -> str:
    """Return the name in the page's language, else in the other."""
    return (pair["en"] or pair["zh"]) if language() == "en" else (pair["zh"] or pair["en"])


@blueprint.get("/")
@anybody
def index() -> Any:
    """Lead to the current week."""
    week = find_current_week()
    return redirect(url_for("public.home", week=week.code)) if week else render_template("public/no_week.html")


@blueprint.get("/w/<week>/")
@anybody
def home(week: str) -> str:
    """Show what is on now and next."""
    edition, sessions = _edition(week)
    ahead = [s for s in sessions if s.end > now()]
    return render_template(
        "public/home.html", week=edition, sessions=sessions, ahead=ahead[:8], weave=_weave(edition, sessions), now=now()
    )


@blueprint.get("/w/<week>/programme")
@anybody
def programme(week: str) -> str:
    """List the sessions; every filter is an address."""
    edition, sessions = _edition(week)
    chosen = {name: clean_line(request.args.get(name, ""), 40) for name in FILTERS}
    words = clean_line(request.args.get("q", ""), 80)
    day = clean_line(request.args.get("day", ""), 10)
    found = [s for s in sessions if _fits(s, chosen) and s.matches(words)]
    days = _days(edition, found)
    shown = [s for s in found if not day or local_day(s.start, edition.timezone).isoformat() == day]
    asked = {name: value for name, value in {**chosen, "q": words, "day": day}.items() if value}
    return render_template(
        "public/programme.html",
        week=edition,
        sessions=shown,
        days=days,
        asked=asked,
        choices=_choices(sessions),
        now=now(),
    )


@blueprint.get("/w/<week>/s/<code>")
@anybody
def session(week: str, code: str) -> str:
    """Show one session."""
    edition, sessions = _edition(week)
    found = next((s for s in sessions if s.code == code), None) or abort(404)
    beside = [s for s in sessions if s.start < found.end and found.start < s.end and s is not found]
    return render_template("public/session.html", week=edition, session=found, beside=beside[:6], now=now())


@blueprint.get("/w/<week>/v/<code>")
@anybody
def venue(week: str, code: str) -> str:
    """Show what takes place at a venue."""
    return _of(week, code, lambda facts: [facts["venue"]])


@blueprint.get("/w/<week>/p/<code>")
@anybody
def person(week: str, code: str) -> str:
    """Show the sessions of a person."""
    return _of(week, code, lambda facts: facts["people"])


@blueprint.get("/w/<week>/o/<code>")
@anybody
def organisation(week: str, code: str) -> str:
    """Show the sessions that an organisation hosts."""
    return _of(week, code, lambda facts: [facts["lead"]] if facts["lead"] else [])


@blueprint.get("/robots.txt")
@anybody
def robots() -> Response:
    """Tell crawlers where the sitemap is."""
    base = current_app.extensions["eventweek"].base_url
    return Response(f"User-agent: *\nAllow: /\nSitemap: {base}/sitemap.xml\n", mimetype="text/plain")


@blueprint.get("/sitemap.xml")
@anybody
def sitemap() -> Response:
    """List the public pages of the current week (sitemaps.org 0.9)."""
    week = find_current_week() or abort(404)
    base = current_app.extensions["eventweek"].base_url
    paths = [url_for(f"public.{page}", week=week.code) for page in ("home", "programme")]
    paths += [url_for("public.session", week=week.code, code=s.code) for s in list_public_sessions(week.id)]
    page = render_template("public/sitemap.xml", addresses=[base + path for path in paths])
    return Response(page, mimetype="application/xml")


@blueprint.get("/w/<week>/feed.ics")
@anybody
def feed(week: str) -> Response:
    """Answer the whole week's subscription."""
    return _calendar(find_week(week) or abort(404))


@blueprint.get("/w/<week>/s/<code>.ics")
@anybody
def session_feed(week: str, code: str) -> Response:
    """Answer the subscription of one session."""
    return _calendar(find_week(week) or abort(404), code)


def _calendar(week: Week, code: str | None = None) -> Response:
    """Answer a calendar; a known ETag is 304 without a session row being read (RFC 9110, 13.1.2)."""
    etag = hashlib.sha256(f"{week.code}/{code}/{_stamp(week)}/{language()}".encode()).hexdigest()
    response = Response(mimetype="text/calendar")
    response.set_etag(etag)
    response.headers["Cache-Control"] = "public, max-age=300"
    if request.if_none_match.contains(etag):
        response.status_code = 304
        return response
    sessions = [s for s in list_public_sessions(week.id) if code in (None, s.code)]
    if code and not sessions:
        abort(404)
    name = week.title.best(language())[0]
    response.data = calendar(name, week.timezone, sessions, language(), _address(week))
    return response


def _of(week: str, code: str, names: Callable[[dict[str, Any]], list[dict[str, Any]]]) -> str:
    edition, sessions = _edition(week)
    found = [(name, s) for s in sessions for name in names(s.facts) if name["code"] == code]
    if not found:
        abort(404)
    own = list({s.code: s for _own, s in found}.values())
    return render_template("public/subject.html", week=edition, name=found[-1][0], sessions=own, now=now())


def _weave(week: Week, sessions: list[PublishedSession]) -> list[dict[str, Any]]:
    today, drawn = local_day(now(), week.timezone), marks(sessions, week.timezone)
    return [
        {
            "href": url_for("public.programme", week=week.code, day=day),
            "number": day.day,
            "weekday": _("今天") if day == today else format_date(day, "EEE"),
            "name": _("%(day)s，%(n)s 场", day=day_name(day), n=count),
            "chosen": day == today,
            "past": day < today,
            "marks": drawn[day],
        }
        for day, count in _days(week, sessions)
        if week.first_day <= day <= week.last_day
    ]


def _stamp(week: Week) -> str:
    release = find_last_release(week.id)
    base = current_app.extensions["eventweek"].base_url
    return f"{base}/{release.number}/{release.at.isoformat()}" if release else base


def _address(week: Week) -> Any:
    base = current_app.extensions["eventweek"].base_url
    return lambda code: base + url_for("public.session", week=week.code, code=code)


def _edition(code: str) -> tuple[Week, list[PublishedSession]]:
    week = find_week(code) or abort(404)
    return week, list_public_sessions(week.id)


def _fits(session: PublishedSession, chosen: dict[str, str]) -> bool:
    facts = session.facts
    own = {"city": (facts["city"] or {}).get("code", ""), "venue": facts["venue"]["code"]}
    own |= {"kind": facts["kind"]["family"], "industry": facts["industry"]}
    return all(not value or own[name] == value for name, value in chosen.items())


def _days(week: Week, sessions: list[PublishedSession]) -> list[tuple[date, int]]:
    counts: dict[date, int] = {}
    for entry in sessions:
        day = local_day(entry.start, week.timezone)
        counts[day] = counts.get(day, 0) + 1
    return sorted(counts.items())


def _choices(sessions: list[PublishedSession]) -> dict[str, dict[str, str]]:
    cities = {s.facts["city"]["code"]: say(s.facts["city"]) for s in sessions if s.facts["city"]}
    return {"city": dict(sorted(cities.items()))}
