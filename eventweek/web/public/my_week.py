"""My week: what the people on this device are registered for, and what they can change."""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from eventweek.audit.actors import VISITOR
from eventweek.calendars.holders import attended
from eventweek.calendars.ics import Edition, holder_calendar
from eventweek.kernel.clock import local_day, now
from eventweek.kernel.errors import Refusal
from eventweek.kernel.limits import limited
from eventweek.language import sentence
from eventweek.language.words import ENDS, STRIKES
from eventweek.programme.models import Week
from eventweek.programme.queries import find_current_week, get_week
from eventweek.registration.actions import cancel_registration, change_seats
from eventweek.registration.enums import LIVE
from eventweek.registration.models import Pass
from eventweek.registration.queries import RegistrationFacts, list_clashes_of, list_registrations
from eventweek.registration.queries.strikes import find_record
from eventweek.replanning.queries import map_questions
from eventweek.scheduling.queries import PublishedSession
from eventweek.web.forms.registration import Cancel, Seats
from eventweek.web.frame import anybody, language
from eventweek.web.public import device
from eventweek.web.public.basket import blueprint
from eventweek.web.public.frame import base_url, by_day

Stop = tuple[RegistrationFacts, PublishedSession]


@blueprint.get("/my")
@anybody
def my_week() -> str:
    """Show the timetable of one person of this device, day by day."""
    own = asked()
    if own is None:
        return render_template("public/my_nobody.html", week=find_current_week())
    held = list_registrations(own.id)
    stops = [(facts, session) for facts in held if facts.state in LIVE for session in facts.sessions]
    week = get_week(own.week_id)
    return render_template(
        "public/my_week.html",
        week=week,
        own=own,
        held=device.own_passes(),
        days=_days(week, stops),
        live=[facts for facts in held if facts.state in LIVE],
        unsure=_unsure(held),
        ends=ENDS,
        ended=[facts for facts in held if facts.state not in LIVE],
        clashes=list_clashes_of(week.id, [f.offering for f in held if f.state in LIVE], own.id) if stops else [],
        now=now(),
        questions=map_questions(own.id),
        all=held,
        no_shows=find_record(own),
        strike_words=STRIKES,
    )


@blueprint.get("/my/week.ics")
@anybody
def my_ics() -> Response:
    """Give the confirmed sessions of one person as a file to take along once."""
    own = asked() or abort(404)
    week = get_week(own.week_id)
    sessions = [s for facts in list_registrations(own.id) if facts.sure for s in attended(facts)]
    edition = Edition(base_url(), week.code, week.title.best(language())[0], week.timezone, language())
    body = holder_calendar(sessions, edition)
    headers = {"Content-Disposition": f"attachment; filename={week.code}.ics"}
    return Response(body, mimetype="text/calendar", headers=headers)


@blueprint.route("/my/registrations/<code>/cancellation", methods=["GET", "POST"])
@anybody
def cancellation(code: str) -> Any:
    """Ask once more, then give the seats back."""
    own, facts = mine(code)
    form = Cancel()
    if form.validate_on_submit():
        said = _("已取消，席位已让给后面的人。")
        return changed(own, lambda: cancel_registration(code, actor=VISITOR, owner=own.id), said)
    return render_template("public/cancellation.html", week=get_week(own.week_id), own=own, facts=facts, form=form)


@blueprint.route("/my/registrations/<code>/seats", methods=["GET", "POST"])
@anybody
def seats(code: str) -> Any:
    """Change how many come."""
    own, facts = mine(code)
    form = Seats(seats=facts.seats)
    if form.validate_on_submit():
        number = form.seats.data or 0
        try:
            return changed(own, lambda: change_seats(code, number, actor=VISITOR, owner=own.id), _("人数已改。"))
        except Refusal as refusal:
            form.seats.errors = [sentence(refusal)]
    page = render_template("public/seats.html", week=get_week(own.week_id), own=own, facts=facts, form=form)
    return page, 422 if form.errors else 200


@blueprint.route("/my/forgetting", methods=["GET", "POST"])
@anybody
def forgetting() -> Any:
    """Take a pass from this device; the registrations stay."""
    own = asked() or abort(404)
    form = Cancel()
    if form.validate_on_submit():
        return device.forget(redirect(url_for("mine.my_week"), 303), own.code)  # type: ignore[arg-type]
    return render_template("public/forgetting.html", week=get_week(own.week_id), own=own, form=form)


def changed(own: Pass, change: Callable[[], object], said: str) -> Any:
    """Let a person of this device change something of theirs, and lead back to their week.

    Raises: Refusal limit.reached, and what the change raises.
    """
    limited("my.change", "30/minute", own.code)
    change()
    flash(said, "yes")
    return redirect(url_for("mine.my_week", of=own.code), 303)


def _unsure(held: list[RegistrationFacts]) -> list[tuple[str, str]]:
    """Return, for each state between applying and being in, how many of these stand there, in words."""
    counts = Counter(str(facts.state) for facts in held)
    words = {
        "offered": ngettext("%(num)s 场等你确认", "%(num)s 场等你确认", counts["offered"]),
        "waitlisted": ngettext("%(num)s 场候补", "%(num)s 场候补", counts["waitlisted"]),
        "returned": ngettext("%(num)s 场要补正", "%(num)s 场要补正", counts["returned"]),
        "applied": ngettext("%(num)s 场待审核", "%(num)s 场待审核", counts["applied"]),
    }
    return [(state, said) for state, said in words.items() if counts[state]]


def asked() -> Pass | None:
    return device.own_pass(request.args.get("of", ""))


def mine(code: str) -> tuple[Pass, RegistrationFacts]:
    """Return the pass of this device that holds a registration; another's is answered like an unknown one."""
    for own in device.own_passes():
        for facts in list_registrations(own.id):
            if facts.code == code:
                return own, facts
    raise Refusal("registration.not_found")


def _days(week: Week, stops: list[Stop]) -> list[dict[str, Any]]:
    """Return the days with their stops and, between two places, what the way costs; what is over stands at the end."""
    days, today = [], local_day(now(), week.timezone)
    for day, group in by_day(sorted((s for _f, s in stops), key=lambda s: (s.start, s.code)), week.timezone):
        facts = {session.code: own for own, session in stops}
        ways = {
            after.code: int((after.start - before.end).total_seconds()) // 60
            for before, after in pairwise(group)
            if before.facts["venue"]["code"] != after.facts["venue"]["code"]
            and after.start >= before.end
            and not (facts[before.code].online or facts[after.code].online)
        }
        days.append(
            {
                "day": day,
                "today": day == today,
                "past": day < today,
                "stops": [(facts[s.code], s, ways.get(s.code)) for s in group],
            }
        )
    return sorted(days, key=lambda own: bool(own["past"]))
