"""Where a session stands, where else it could, and the form that moves it: all that dragging does, without dragging."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.language import words
from eventweek.programme.models import Week
from eventweek.programme.queries.choices import list_choices
from eventweek.programme.queries.masters import list_rooms_in_use
from eventweek.programme.rules.checks import is_locked
from eventweek.replanning.queries.advice import Advice, best_places, judge, why_here
from eventweek.scheduling.actions.arranging import arrange_session, foresee_arrangement
from eventweek.scheduling.actions.sessions import Place
from eventweek.scheduling.problems import Problem
from eventweek.scheduling.queries.reach import find_movable, why_not_move
from eventweek.scheduling.worklist import Planned, find_planned
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, edition, page, way_back
from eventweek.web.desk.rights import ask_to_move
from eventweek.web.desk.session_rooms import offer_rooms
from eventweek.web.forms.sessions import PlacedForm, SessionPlaceForm
from eventweek.web.frame import needs
from eventweek.web.public.frame import day_name

NAMES = {"start": "place_at", "room": "place_room"}
"""What the actions call a field, and what a form calls it."""


@dataclass(frozen=True)
class Spot:
    """A place in words: the advice, its room, and its start and end on the week's clock."""

    advice: Advice
    room: Any
    begins: datetime
    ends: datetime


@blueprint.route("/w/<week>/sessions/<code>/place", methods=["GET", "POST"])
@needs(Verb.PLAN_EDIT)
def session_place(week: str, code: str) -> Any:
    """Place a session, move it to one of the best places or any other, take it out, let it last otherwise."""
    own = edition(week, Verb.PLAN_EDIT)
    planned = find_planned(own.id, code) or abort(404)
    ask_to_move(planned)
    back = way_back(week, url_for("desk.session", week=week, code=code))
    if planned.session.cancelled_at or planned.session.archived_at:
        return redirect(back, 303)
    form, ahead = _form(own, planned, request.form or None), None
    form.take(request.form.getlist("take"))
    do = request.form.get("do")
    if request.method == "POST" and form.validate() and is_placed_or_not(form):
        found = _take(own, planned, form, saving=do != "check")
        if do == "here" and found is not None:
            flash(_("已放好。") if form.place() else _("已移到“还没排”。"), "yes")
            return redirect(way_back(week, _back(own, planned, form)), 303)
        if do != "check" and found is not None:
            flash(_("已保存。"), "yes")
            return redirect(back, 303)
        ahead = found if form.place() else None
    text = _page(own, planned, form, ahead)
    return text, 403 if form.denied else 422 if form.problems() or form.stale else 200


def _back(week: Week, planned: Planned, form: SessionPlaceForm) -> str:
    """Return the day that was moved to, or from; what was moved is seen there."""
    day = form.place_day.data or (planned.start and planned.start.astimezone(ZoneInfo(week.timezone)).date())
    return url_for("desk.timetable", week=week.code, day=day)


def _page(week: Week, planned: Planned, form: SessionPlaceForm, ahead: list[Problem] | None) -> str:
    code = planned.session.code
    start = _moment(week, form) if ahead is not None else None
    allowed = find_movable(week.id, at_work()).rooms_for(code)
    asked = judge(week, code, start, form.place_room.data) if start else None
    return page(
        "session_place.html",
        week,
        here="session",
        form=form,
        planned=planned,
        ahead=ahead,
        asked=next(_spots(week, planned, [asked] if asked else []), None),
        spots=list(_spots(week, planned, best_places(week, code, rooms=allowed))),
        back=way_back(week.code, url_for("desk.session", week=week.code, code=code)),
        why=why_here(week, code) if planned.start else [],
        held=words.HELD,
    )


def _spots(week: Week, planned: Planned, found: Iterable[Advice]) -> Iterator[Spot]:
    rooms = {room.code: room for room in list_rooms_in_use(week)}
    for one in found:
        begins = one.start.astimezone(ZoneInfo(week.timezone))
        if one.room in rooms:
            yield Spot(one, rooms[one.room], begins, begins + timedelta(minutes=planned.session.duration_min))


def _moment(week: Week, form: SessionPlaceForm) -> datetime | None:
    """Return the start that a form asks for, None where it is none."""
    try:
        at = datetime.fromisoformat(f"{form.place_day.data}T{form.place_at.data}")
    except ValueError:
        return None
    return at.replace(tzinfo=ZoneInfo(week.timezone))


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
