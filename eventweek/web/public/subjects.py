"""What hangs on a venue, a person or an organisation."""

from collections.abc import Callable
from typing import Any

from flask import abort, render_template

from eventweek.kernel.clock import now
from eventweek.web.frame import anybody
from eventweek.web.public.frame import blueprint, edition


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


def _of(week: str, code: str, names: Callable[[dict[str, Any]], list[dict[str, Any]]]) -> str:
    own_week, sessions = edition(week)
    found = [(name, s) for s in sessions for name in names(s.facts) if name["code"] == code]
    if not found:
        abort(404)
    own = list({s.code: s for _own, s in found}.values())
    return render_template("public/subject.html", week=own_week, name=found[-1][0], sessions=own, now=now())
