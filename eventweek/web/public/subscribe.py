"""The page that helps a phone or a computer to subscribe to the week's calendar."""

from typing import Any
from urllib.parse import quote

from flask import Response, abort, render_template, url_for

from eventweek.programme.queries import find_week
from eventweek.scheduling.queries import find_last_release
from eventweek.ticketing.qr import pass_png
from eventweek.web.frame import anybody, language
from eventweek.web.public.frame import base_url, blueprint, edition


@blueprint.get("/w/<week>/subscribe")
@anybody
def subscribe(week: str) -> str:
    """Give the address of the week's calendar and the ways to use it."""
    own, sessions = edition(week)
    address = base_url() + url_for("public.feed", week=own.code)
    return render_template(
        "public/subscribe.html",
        week=own,
        count=len(sessions),
        release=find_last_release(own.id),
        to=ways_to(address, own.title.best(language())[0]),
    )


@blueprint.get("/w/<week>/subscribe.png")
@anybody
def subscribe_png(week: str) -> Response:
    """Draw the address of the subscribe page as a QR, for a phone beside the screen."""
    own: Any = find_week(week) or abort(404)
    picture = pass_png(base_url() + url_for("public.subscribe", week=own.code))
    return Response(picture, mimetype="image/png", headers={"Cache-Control": "public, max-age=86400"})


def ways_to(address: str, name: str) -> dict[str, str]:
    """Return the addresses by which people subscribe to a calendar of that address and name."""
    bare = address.partition("://")[2]
    return {
        "address": address,
        "webcal": f"webcal://{bare}",
        "google": f"https://calendar.google.com/calendar/r?cid={quote(f'webcal://{bare}', safe='')}",
        "outlook": f"https://outlook.live.com/calendar/0/addfromweb?url={quote(address, safe='')}&name={quote(name)}",
    }
