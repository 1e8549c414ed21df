"""A visitor's own calendar: the page that gives its address, and the feed behind it."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from eventweek.audit.actors import VISITOR
from eventweek.calendars.holders import calendar_of_holder
from eventweek.kernel.limits import limited
from eventweek.programme.queries import get_week
from eventweek.registration.actions import renew_feed
from eventweek.registration.models import Pass
from eventweek.registration.passes import feed_token_of
from eventweek.registration.queries import find_pass_by_feed_token
from eventweek.ticketing.qr import pass_png
from eventweek.web.frame import anybody, language
from eventweek.web.public.basket import blueprint
from eventweek.web.public.frame import base_url
from eventweek.web.public.my_week import asked
from eventweek.web.public.subscribe import ways_to


@blueprint.get("/my/calendar")
@anybody
def calendar() -> str:
    """Give the secret address of one person's calendar and the ways to use it, once they asked for one."""
    own = asked() or abort(404)
    to = ways_to(_address(own), _("我的一周")) if own.feed_hash else None
    return render_template("public/my_calendar.html", week=get_week(own.week_id), own=own, to=to)


@blueprint.get("/my/calendar.png")
@anybody
def calendar_png() -> Response:
    """Draw the address as a QR, for a phone beside the screen."""
    own = asked()
    if own is None or not own.feed_hash:
        abort(404)
    return Response(pass_png(_address(own)), mimetype="image/png")


@blueprint.post("/my/calendar/address")
@anybody
def calendar_address() -> Any:
    """Make the first address of the calendar, or another one; the one before ends."""
    own = asked() or abort(404)
    limited("my.change", "30/minute", own.code)
    known = own.feed_hash is not None
    renew_feed(own.id, actor=VISITOR)
    flash(_("地址已换，旧的不再更新。订阅过的，用新地址再订一次。") if known else _("地址做好了。"), "yes")
    return redirect(url_for("mine.calendar", of=own.code), 303)


@blueprint.get("/k/<token>.ics")
@anybody
def own_feed(token: str) -> Response:
    """Answer a visitor's subscription; unknown, replaced and void addresses alike are not found."""
    limited("my.feed", "600/minute", request.remote_addr or "")
    own = find_pass_by_feed_token(token) or abort(404)
    etag, body = calendar_of_holder(own, language(), base_url())
    response = Response(body, mimetype="text/calendar")
    response.set_etag(etag)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Content-Disposition"] = f'inline; filename="{get_week(own.week_id).code}.ics"'
    response.make_conditional(request)
    return response


def _address(own: Pass) -> str:
    return base_url() + url_for("mine.own_feed", token=feed_token_of(own))
