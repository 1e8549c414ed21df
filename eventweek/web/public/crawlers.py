"""What crawlers ask for: robots.txt and the sitemap."""

from typing import Any

from flask import Response, abort, current_app, render_template, url_for

from eventweek.programme.models import Week
from eventweek.programme.queries import find_current_week
from eventweek.scheduling.queries import list_public_sessions
from eventweek.web.frame import anybody
from eventweek.web.public.frame import blueprint
from eventweek.web.public.notices import standing

OWN = ("/my", "/verify", "/en/verify", "/m/", "/g/", "/T/", "/t/", "/desk", "/en/my", "/en/m/", "/en/T/", "/en/desk")


@blueprint.get("/robots.txt")
@anybody
def robots() -> Response:
    """Tell crawlers where the sitemap is."""
    base = current_app.extensions["eventweek"].base_url
    closed = "".join(f"Disallow: {path}\n" for path in OWN)
    return Response(f"User-agent: *\n{closed}Allow: /\nSitemap: {base}/sitemap.xml\n", mimetype="text/plain")


@blueprint.get("/sitemap.xml")
@anybody
def sitemap() -> Response:
    """List the public pages of the current week (sitemaps.org 0.9)."""
    week: Any = find_current_week() or abort(404)
    base = current_app.extensions["eventweek"].base_url
    paths = [
        url_for(f"public.{page}", week=week.code) for page in ("home", "programme", "timetable", "subscribe", "notices")
    ]
    paths += [url_for(f"public.{page}", week=week.code, code=code) for page, code in _subjects(week.id) + _texts(week)]
    page = render_template("public/sitemap.xml", addresses=[base + path for path in paths])
    return Response(page, mimetype="application/xml")


def _subjects(week_id: int) -> list[tuple[str, str]]:
    """Return page and code of everything that public sessions speak of, each once."""
    sessions = list_public_sessions(week_id)
    found = [("session", s.code) for s in sessions] + [("venue", s.facts["venue"]["code"]) for s in sessions]
    found += [("person", person["code"]) for s in sessions for person in s.facts["people"]]
    found += [("organisation", part["code"]) for s in sessions for part in s.organisations]
    return list(dict.fromkeys(found))


def _texts(week: Week) -> list[tuple[str, str]]:
    """Return endpoint and code of the pages and of the notices that are told now."""
    shown = standing(week)
    return [("page", page.code) for page in shown.pages] + [("notice", told.notice.code) for told in shown.notices]
