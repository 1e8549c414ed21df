"""Time, room and length of a session, for who may place it and need not edit its texts."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.models import Week
from eventweek.programme.queries.choices import list_choices
from eventweek.programme.rules.checks import is_locked
from eventweek.scheduling.actions.arranging import arrange_session, foresee_arrangement
from eventweek.scheduling.actions.sessions import Place
from eventweek.scheduling.problems import Problem
from eventweek.scheduling.queries.reach import why_not_move
from eventweek.scheduling.worklist import Planned, find_planned
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.desk.rights import ask_to_move
from eventweek.web.desk.session_rooms import offer_rooms
from eventweek.web.forms.sessions import PlacedForm, SessionPlaceForm
from eventweek.web.frame import needs
from eventweek.web.public.frame import day_name

NAMES = {"start": "place_at", "room": "place_room"}
"""What the actions call a field, and what a form calls it."""


@blueprint.route("/w/<week>/sessions/<code>/place", methods=["GET", "POST"])
@needs(Verb.PLAN_EDIT)
def session_place(week: str, code: str) -> Any:
    """Place a session, move it, take it out, let it last otherwise."""
    own = edition(week, Verb.PLAN_EDIT)
    planned = find_planned(own.id, code) or abort(404)
    ask_to_move(planned)
    back = url_for("desk.session", week=week, code=code)
    if planned.session.cancelled_at or planned.session.archived_at:
        return redirect(back, 303)
    form, ahead = _form(own, planned, request.form or None), None
    form.take(request.form.getlist("take"))
    if request.method == "POST" and form.validate() and is_placed_or_not(form):
        saving = request.form.get("do") != "check"
        found = _take(own, planned, form, saving)
        if saving and found is not None:
            flash(_("已保存。"), "yes")
            return redirect(back, 303)
        ahead = found if form.place() else None
    text = page("session_place.html", own, here="session", form=form, planned=planned, ahead=ahead)
    return text, 403 if form.denied else 422 if form.problems() or form.stale else 200


def is_placed_or_not(form: PlacedForm) -> bool:
    """Say whether day, time and room are all given or none is; the form says what is missing."""
    if form.is_half_placed():
        form["place_room"].errors = [_("日期、开始时间、厅室要一起填；都不填就是还没排。")]
    return not form.is_half_placed()


def at_the_form(refusal: Refusal) -> Refusal:
    """Name the fields of a place as forms call them."""
    if not isinstance(refusal, Invalid):
        return refusal
    return Invalid([FieldError(NAMES.get(e.field, e.field), e.code, e.facts) for e in refusal.errors])


def stored_place(week: Week, planned: Planned) -> dict[str, Any]:
    """Return the place of a session as forms hold it."""
    if not (planned.placement and planned.start):
        return {"place_version": ""}
    local = planned.start.astimezone(ZoneInfo(week.timezone))
    return {
        "place_day": local.date().isoformat(),
        "place_at": f"{local:%H:%M}",
        "place_room": planned.placement.room.code,
        "place_version": str(planned.placement.version),
    }


def _take(week: Week, planned: Planned, form: SessionPlaceForm, saving: bool) -> list[Problem] | None:
    """Return what would be wrong (nothing where it is saved), None where it is refused, which the form then says."""
    code, place = planned.session.code, Place(*(form.place() or ("", "")), version=form.seen_place)
    more: dict[str, Any] = {"version": form.read_version, "actor": at_work(), "override": form.override.data or ""}
    try:
        if not saving:
            return foresee_arrangement(code, place, form.duration_min.data or 0, **more)
        arrange_session(code, place, form.duration_min.data or 0, **more)
    except Refusal as refusal:
        now = find_planned(week.id, code)
        form.refuse(at_the_form(refusal), _form(week, now, None) if now else None)
        return None
    return []


def _form(week: Week, planned: Planned, typed: Any) -> SessionPlaceForm:
    session = planned.session
    stored = {"duration_min": session.duration_min, "version": session.version} | stored_place(week, planned)
    form = SessionPlaceForm(typed, data=stored)
    form.locked = is_locked(session.permit_status)
    form.place_day.offer([("", _("还没排")), *((d.day.isoformat(), day_name(d.day)) for d in week.days)])
    if planned.placement and why_not_move(session, None, at_work()):
        form.place_day.description = _("选“还没排”就是拿出排期，以后要再排得请组委会。")
    offer_rooms(form, list_choices(week.id).rooms, week, planned)
    return form
