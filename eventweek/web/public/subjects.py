"""What hangs on a venue, a person or an organisation."""

from collections.abc import Callable
from typing import Any

from flask import abort, render_template

from eventweek.kernel.clock import now
from eventweek.scheduling.queries import PublishedSession
from eventweek.web.frame import anybody
from eventweek.web.public.frame import blueprint, edition

Subject = dict[str, Any]


@blueprint.get("/w/<week>/v/<code>")
@anybody
def venue(week: str, code: str) -> str:
    """Show a venue: where it is, how to get there, and what takes place in its rooms."""
    own, found = _about(week, code, lambda facts: [facts["venue"]])
    rooms = {s.facts["room"]["code"]: s.facts["room"] for _venue, s in found}
    sessions = [s for _venue, s in found]
    return render_template(
        "public/venue.html",
        week=own,
        venue=found[-1][0],
        city=found[-1][1].facts["city"],
        rooms=sorted(rooms.values(), key=lambda room: -int(room["capacity"])),
        sessions=sessions,
        now=now(),
    )


@blueprint.get("/w/<week>/p/<code>")
@anybody
def person(week: str, code: str) -> str:
    """Show a person: who they are and in which sessions they take part."""
    own, found = _about(week, code, lambda facts: facts["people"])
    return render_template("public/person.html", week=own, person=found[-1][0], sessions=_once(found), now=now())


@blueprint.get("/w/<week>/o/<code>")
@anybody
def organisation(week: str, code: str) -> str:
    """Show an organisation and the sessions in which it has a role."""
    own, found = _about(week, code, lambda facts: facts["organisations"])
    roles = list(dict.fromkeys(subject["role"] for subject, _session in found))
    return render_template(
        "public/organisation.html",
        week=own,
        organisation=found[-1][0],
        roles=[(role, [s for subject, s in found if subject["role"] == role]) for role in roles],
        now=now(),
    )


def _about(
    week: str, code: str, names: Callable[[dict[str, Any]], list[Subject]]
) -> tuple[Any, list[tuple[Subject, PublishedSession]]]:
    own, sessions = edition(week)
    found = [(name, s) for s in sessions for name in names(s.facts) if name["code"] == code]
    return own, found or abort(404)


def _once(found: list[tuple[Subject, PublishedSession]]) -> list[PublishedSession]:
    return list({s.code: s for _subject, s in found}.values())
