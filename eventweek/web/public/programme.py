"""The programme as a list and the page of one session."""

from flask import abort, render_template, request

from eventweek.kernel.clock import local_day, now
from eventweek.kernel.text import clean_line
from eventweek.scheduling.queries import PublishedSession
from eventweek.web.frame import anybody
from eventweek.web.public.frame import blueprint, days, edition, say

FILTERS = ("city", "venue", "kind", "industry")


@blueprint.get("/w/<week>/programme")
@anybody
def programme(week: str) -> str:
    """List the sessions; every filter is an address."""
    own, sessions = edition(week)
    chosen = {name: clean_line(request.args.get(name, ""), 40) for name in FILTERS}
    words = clean_line(request.args.get("q", ""), 80)
    day = clean_line(request.args.get("day", ""), 10)
    found = [s for s in sessions if _fits(s, chosen) and s.matches(words)]
    own_days = days(own, found)
    shown = [s for s in found if not day or local_day(s.start, own.timezone).isoformat() == day]
    asked = {name: value for name, value in {**chosen, "q": words, "day": day}.items() if value}
    return render_template(
        "public/programme.html",
        week=own,
        sessions=shown,
        days=own_days,
        asked=asked,
        choices=_choices(sessions),
        now=now(),
    )


@blueprint.get("/w/<week>/s/<code>")
@anybody
def session(week: str, code: str) -> str:
    """Show one session."""
    own, sessions = edition(week)
    found = next((s for s in sessions if s.code == code), None) or abort(404)
    beside = [s for s in sessions if s.start < found.end and found.start < s.end and s is not found]
    return render_template("public/session.html", week=own, session=found, beside=beside[:6], now=now())


def _fits(session: PublishedSession, chosen: dict[str, str]) -> bool:
    facts = session.facts
    mine = {"city": (facts["city"] or {}).get("code", ""), "venue": facts["venue"]["code"]}
    mine |= {"kind": facts["kind"]["family"], "industry": facts["industry"]}
    return all(not value or mine[name] == value for name, value in chosen.items())


def _choices(sessions: list[PublishedSession]) -> dict[str, dict[str, str]]:
    cities = {s.facts["city"]["code"]: say(s.facts["city"]) for s in sessions if s.facts["city"]}
    return {"city": dict(sorted(cities.items()))}
