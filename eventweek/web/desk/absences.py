"""The same-day desk: somebody cannot come; what they miss, and what can be done about each session."""

from functools import partial
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.clock import now
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.language import say
from eventweek.programme.actions.absences import leave_out, note_absence, read_absence
from eventweek.programme.models import Person, Week
from eventweek.programme.queries.records import get_record
from eventweek.programme.rules.incidents import Loss
from eventweek.programme.rules.subjects import PERSON
from eventweek.replanning.queries.absences import is_noted, list_awaited, list_missed
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import act, blueprint, edition, page, stamp
from eventweek.web.frame import needs

TIMES = ("since", "until")


@blueprint.get("/w/<week>/absences")
@needs(Verb.RELEASE_PUBLISH)
def absence_list(week: str) -> Any:
    """Ask who cannot come, and when; lead on to what they miss."""
    own = edition(week, Verb.RELEASE_PUBLISH)
    if code := request.args.get("person", "")[:16]:
        return redirect(_address(own, code), 303)
    return page("absence_list.html", own, here="incident", people=list_awaited(own))


@blueprint.get("/w/<week>/absences/<code>")
@needs(Verb.RELEASE_PUBLISH)
def absence(week: str, code: str) -> Any:
    """Show what somebody misses, and the ways on."""
    own, person = edition(week, Verb.RELEASE_PUBLISH), _person(code)
    if not request.args.get("since"):
        return redirect(_address(own, code), 303)
    try:
        away = read_absence(own, _asked())
    except Invalid as invalid:
        said = " ".join(say(error.code, error.facts) for error in invalid.errors)
        return page("absence_list.html", own, here="incident", people=list_awaited(own), problem=said, code=code), 422
    missed = list_missed(own, person, away)
    return page(
        "absence.html",
        own,
        here="incident",
        person=person,
        span=_told(own, away),
        missed=missed,
        ready=[one.line.code for one in missed if one.changed and not one.waits],
        back=_address(own, code),
        noted=is_noted(own, person, away),
        when=lambda at: stamp(at, own.timezone),
    )


@blueprint.post("/w/<week>/absences/<code>/note")
@needs(Verb.RELEASE_PUBLISH)
def absence_note(week: str, code: str) -> Any:
    """Keep when they cannot come: the problems of the plan and the planner know it from now on."""
    own = edition(week, Verb.RELEASE_PUBLISH)
    _read(own)
    said = _("已记下：这段时间来不了。排期和找位置都会避开。")
    note = partial(note_absence, own.id, code, _asked(), actor=at_work())
    return act(note, _address(own, code), said, none="subject.not_found")


@blueprint.post("/w/<week>/absences/<code>/sessions/<session>")
@needs(Verb.RELEASE_PUBLISH)
def absence_removal(week: str, code: str, session: str) -> Any:
    """Take them out of one session."""
    own = edition(week, Verb.RELEASE_PUBLISH)
    if session not in {one.line.code for one in list_missed(own, _person(code), _read(own))}:
        abort(404)
    said = _("已从这一场拿掉。公众要到发布才看到。")
    return act(lambda: leave_out(session, code, actor=at_work()), _address(own, code), said)


def _read(week: Week) -> Loss:
    try:
        return read_absence(week, _asked())
    except Invalid:
        abort(404)


def _person(code: str) -> Person:
    try:
        found: Person = get_record(PERSON, None, code)
    except Refusal:
        abort(404)
    return found


def _asked() -> dict[str, str]:
    """Return what the address says of when they cannot come."""
    return {name: request.args.get(name, "")[:40] for name in TIMES}


def _address(week: Week, code: str) -> str:
    """Return the page of an absence; since when is written out, so that it stays what it was."""
    asked = _asked()
    asked["since"] = asked["since"] or f"{now().astimezone(ZoneInfo(week.timezone)):%Y-%m-%dT%H:%M}"
    return f"{url_for('desk.absence', week=week.code, code=code)}?{urlencode({k: v for k, v in asked.items() if v})}"


def _told(week: Week, away: Loss) -> str:
    ends = stamp(away.until, week.timezone) if away.until else _("待定")
    return f"{stamp(away.since, week.timezone)} — {ends}"
