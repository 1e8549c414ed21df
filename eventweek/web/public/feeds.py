"""Calendars for subscribers: the whole week and one session, as stored for the newest release."""

from flask import Response, abort, current_app, request

from eventweek.calendars.actions import keep_feed
from eventweek.calendars.enums import Scope
from eventweek.calendars.queries import FeedHead, find_body
from eventweek.web.frame import anybody, language
from eventweek.web.public.frame import blueprint


@blueprint.get("/w/<week>/feed.ics")
@anybody
def feed(week: str) -> Response:
    """Answer the whole week's subscription."""
    return _calendar(week, Scope.WEEK)


@blueprint.get("/w/<week>/s/<code>.ics")
@anybody
def session_feed(week: str, code: str) -> Response:
    """Answer the subscription of one session."""
    return _calendar(week, Scope.SESSION, code)


def _calendar(week: str, scope: Scope, code: str = "") -> Response:
    """Answer a stored body; what a client holds already is 304 without a session row being read (RFC 9110, 13)."""
    base: str = current_app.extensions["eventweek"].base_url
    zipped = request.accept_encodings["gzip"] > 0
    head = keep_feed(week, scope, code, language(), base)
    response = _headed(head, zipped)
    response.make_conditional(request)
    if response.status_code == 304:
        return response
    found = find_body(head.id, zipped) or abort(404)
    response = _headed(found, zipped)
    response.data = found.body
    response.headers["Content-Disposition"] = f'inline; filename="{code or week}.ics"'
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _headed(head: FeedHead, zipped: bool) -> Response:
    response = Response(mimetype="text/calendar")
    response.set_etag(f"{head.etag}-gzip" if zipped else head.etag)
    response.last_modified = head.last_modified
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Vary"] = "Accept-Encoding"
    return response
