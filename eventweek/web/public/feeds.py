"""Calendars for subscribers: the whole week and one session."""

import hashlib
from typing import Any

from flask import Response, abort, current_app, request, url_for

from eventweek.calendars.ics import calendar
from eventweek.programme.models import Week
from eventweek.programme.queries import find_week
from eventweek.scheduling.queries import find_last_release, list_public_sessions
from eventweek.web.frame import anybody, language
from eventweek.web.public.frame import blueprint


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


def _stamp(week: Week) -> str:
    release = find_last_release(week.id)
    base = current_app.extensions["eventweek"].base_url
    return f"{base}/{release.number}/{release.at.isoformat()}" if release else base


def _address(week: Week) -> Any:
    base = current_app.extensions["eventweek"].base_url
    return lambda code: base + url_for("public.session", week=week.code, code=code)
