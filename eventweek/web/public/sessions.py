"""The page of one session, and what it tells machines: share facts and schema.org JSON-LD."""

import json
from typing import Any

from flask import Response, abort, jsonify, render_template, request, url_for
from markupsafe import Markup

from eventweek.kernel.clock import now
from eventweek.kernel.tokens import is_code
from eventweek.language.words import LINK_KINDS
from eventweek.programme.models import Week
from eventweek.programme.queries import find_week
from eventweek.programme.rules.urls import host_of
from eventweek.scheduling.queries import PublishedSession, map_public
from eventweek.web.frame import anybody
from eventweek.web.public.frame import base_url, blueprint, edition, local, say
from eventweek.web.public.media import picture_absolute
from eventweek.web.public.seats import offerings_of, seats_of

MOST_AT_ONCE = 20
SHOWN_SERIES = ("linked", "tour", "repeat")


@blueprint.get("/w/<week>/s/<code>")
@anybody
def session(week: str, code: str) -> str:
    """Show one session."""
    own, sessions = edition(week)
    found: Any = next((s for s in sessions if s.code == code), None) or abort(404)
    beside = _near(found, [s for s in sessions if s.start < found.end and found.start < s.end and s is not found])[:5]
    offerings = offerings_of([found, *beside])
    return render_template(
        "public/session.html",
        week=own,
        session=found,
        parts=_series_parts(found, sessions),
        beside=beside,
        own_seats=seats_of(found, offerings.get(found.code, [])),
        seats={s.code: seats_of(s, offerings.get(s.code, [])) for s in beside},
        machine=_json_ld(own, found),
        now=now(),
    )


@blueprint.get("/w/<week>/seats")
@anybody
def live_seats(week: str) -> Response:
    """Say the seats of the sessions asked for as `s` now, by code, as their pages draw them."""
    own = find_week(week) or abort(404)
    codes = list(dict.fromkeys(code for code in request.args.getlist("s") if is_code(code)))[:MOST_AT_ONCE]
    sessions = map_public(own.id, codes)
    offerings = offerings_of(sessions.values())
    drawn = {code: seats_of(one, offerings.get(code, [])) for code, one in sessions.items()}
    response = jsonify({code: render_template("public/meter.html", seats=seats) for code, seats in drawn.items()})
    response.headers["Cache-Control"] = "public, max-age=0, s-maxage=20"
    return response


@blueprint.app_template_global("link_kind")
def link_kind(link: dict[str, str]) -> str:
    """Return what a link leads to, in the page's language."""
    return str(LINK_KINDS[link["kind"]])


@blueprint.app_template_filter("link_host")
def link_host(url: str) -> str:
    """Return the host of an address, so that readers see where they would go."""
    return host_of(url)


def _series_parts(session: PublishedSession, sessions: list[PublishedSession]) -> list[PublishedSession]:
    """Return the public parts of the session's series, itself among them, in order of time."""
    own = _series(session)
    parts = [s for s in sessions if own & _series(s)]
    return parts if len(parts) > 1 else []


def _series(session: PublishedSession) -> set[str]:
    """Return the series that visitors should know of; what only keeps sessions apart is the planner's business."""
    return {series["code"] for series in session.series if series["kind"] in SHOWN_SERIES}


def _near(session: PublishedSession, beside: list[PublishedSession]) -> list[PublishedSession]:
    """Put what is in the same venue first, then the same city."""
    facts = session.facts
    return sorted(
        (s for s in beside if not s.cancelled),
        key=lambda s: (s.facts["venue"]["code"] != facts["venue"]["code"], s.facts["city"] != facts["city"], s.start),
    )


def _json_ld(week: Week, session: PublishedSession) -> Markup:
    """Return schema.org Event as JSON that cannot end its script element (U+2028 and the brackets escaped)."""
    facts = session.facts
    state = "EventCancelled" if session.cancelled else "EventScheduled"
    value = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": say(facts["title"]),
        "startDate": local(session.start, week.timezone).isoformat(),
        "endDate": local(session.end, week.timezone).isoformat(),
        "eventStatus": f"https://schema.org/{state}",
        "location": _place(facts),
        "url": base_url() + url_for("public.session", week=week.code, code=session.code),
        "isAccessibleForFree": True,
    }
    if facts["lead"]:
        value["organizer"] = {"@type": "Organization", "name": say(facts["lead"])}
    if "poster" in facts:
        value["image"] = picture_absolute(facts["poster"])
    if facts["people"]:
        value["performer"] = [{"@type": "Person", "name": say(person)} for person in facts["people"]]
    text = json.dumps(value, ensure_ascii=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)


def _place(facts: dict[str, Any]) -> dict[str, Any]:
    if not facts["city"]:
        return {"@type": "VirtualLocation", "name": say(facts["venue"])}
    address = {"@type": "PostalAddress", "addressLocality": say(facts["city"]), "addressCountry": "CN"}
    if say(facts["venue"]["address"]):
        address["streetAddress"] = say(facts["venue"]["address"])
    return {"@type": "Place", "name": say(facts["venue"]), "address": address}
