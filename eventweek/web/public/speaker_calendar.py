"""A speaker's own calendar: the page that gives its address, and the feed behind it."""

from typing import Any

from flask import Response, abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from eventweek.calendars.speakers import calendar_of_speaker, head_of_speaker
from eventweek.kernel.errors import Refusal
from eventweek.kernel.limits import limited
from eventweek.programme.actions.speakers.links import feed_token_of, rotate_feed
from eventweek.programme.queries.speakers import Opened, open_feed
from eventweek.ticketing.qr import pass_png
from eventweek.web.frame import anybody, language
from eventweek.web.public.frame import base_url
from eventweek.web.public.speaker import blueprint, mine, own_page, refused
from eventweek.web.public.subscribe import ways_to


@blueprint.get("/my/part/calendar")
@anybody
def calendar() -> str:
    """Give the secret address of the person's calendar and the ways to use it."""
    own = mine()
    name = _("我的场次")
    return own_page("speaker_calendar.html", own, to=ways_to(_address(own), name))


@blueprint.get("/my/part/calendar.png")
@anybody
def calendar_png() -> Response:
    """Draw the address as a QR, for a phone beside the screen."""
    return Response(pass_png(_address(mine())), mimetype="image/png")


@blueprint.post("/my/part/calendar/rotation")
@anybody
def calendar_rotation() -> Any:
    """Give the calendar another address; the old one ends."""
    own = mine()
    limited("speaker.change", "120/minute", own.link.code)
    try:
        rotate_feed(own.link.code)
    except Refusal as refusal:
        return refused(refusal, "speaker.calendar")
    flash(_("地址已换，旧的不再更新。订阅过的，用新地址再订一次。"), "yes")
    return redirect(url_for("speaker.calendar"), 303)


@blueprint.get("/c/<token>.ics")
@anybody
def feed(token: str) -> Response:
    """Answer a speaker's subscription; unknown, ended and expired addresses alike are not found."""
    limited("speaker.feed", "600/minute", request.remote_addr or "")
    own = open_feed(token) or abort(404)
    head = head_of_speaker(own, language(), base_url())
    response = Response(mimetype="text/calendar")
    response.set_etag(head.etag)
    response.last_modified = head.last_modified
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Content-Disposition"] = f'inline; filename="{own.week.code}.ics"'
    response.make_conditional(request)
    if response.status_code != 304:
        response.data = calendar_of_speaker(own, language(), base_url())
    return response


def _address(own: Opened) -> str:
    return base_url() + url_for("speaker.feed", token=feed_token_of(own.link))
