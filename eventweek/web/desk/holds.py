"""Seats of an offering by class, and those that are kept back for somebody."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, request, url_for
from flask_babel import lazy_gettext as _

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import can
from eventweek.kernel.clock import now
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import Week
from eventweek.registration import actions
from eventweek.registration.actions.inviting import CLASSES
from eventweek.registration.enums import PoolClass
from eventweek.registration.queries.desk import find_offering, list_holds
from eventweek.registration.queries.offerings import OpenOffering, class_of
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import act, blueprint, edition, is_sealed, page
from eventweek.web.desk.offerings import POOLS, title_of
from eventweek.web.forms.classes import AllotmentForm, ClassForm, HoldForm
from eventweek.web.frame import needs


@blueprint.get("/w/<week>/offerings/<code>/seats")
@needs(Verb.REGISTRATIONS_READ)
def offering_seats(week: str, code: str) -> Any:
    """Show the classes and the holds of an offering."""
    own, found = found_offering(week, code, Verb.REGISTRATIONS_READ)
    return seats_page(own, found)


@blueprint.post("/w/<week>/offerings/<code>/holds")
@needs(Verb.REGISTRATIONS_EDIT)
def hold_create(week: str, code: str) -> Any:
    """Keep seats back."""
    own, found = found_offering(week, code, Verb.REGISTRATIONS_EDIT)
    form = _hold_form(found, request.form)
    if form.validate():
        at, seats_of = form.expires_at.data, form.seats_of.data or ""
        facts = {"owner": form.owner.data or "", "reason": form.reason.data or ""}
        try:
            if at is None:
                raise Refusal("hold.past")
            until = at.replace(tzinfo=ZoneInfo(own.timezone))
            actions.hold_seats(code, seats_of, form.seats.data or 0, expires=until, actor=at_work(), **facts)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(str(_("席位已保留。")), "yes")
            return redirect(_seats(week, code), 303)
    return seats_page(own, found_offering(week, code, Verb.REGISTRATIONS_READ)[1], hold=form), 422


@blueprint.post("/w/<week>/offerings/<code>/holds/<hold>/release")
@needs(Verb.REGISTRATIONS_EDIT)
def hold_release(week: str, code: str, hold: str) -> Any:
    """Give held seats back; whoever waits gets them."""
    said = str(_("已释放，席位给了候补的人。"))
    return _act(week, code, lambda: actions.release_hold(code, hold, actor=at_work()), said)


@blueprint.post("/w/<week>/offerings/<code>/classes")
@needs(Verb.REGISTRATIONS_EDIT)
def class_set(week: str, code: str) -> Any:
    """Give the offering seats of a class, or change them."""
    own, found = found_offering(week, code, Verb.REGISTRATIONS_EDIT)
    form = _class_form(found, request.form)
    if form.validate():
        cls, rank, consent = form.seats_of.data or "", form.rank.data or 0, bool(form.consent.data)
        try:
            actions.set_class(code, cls, cap=form.cap.data, rank=rank, consent=consent, actor=at_work())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(str(_("已保存。")), "yes")
            return redirect(_seats(week, code), 303)
    return seats_page(own, found_offering(week, code, Verb.REGISTRATIONS_READ)[1], change=form), 422


@blueprint.post("/w/<week>/offerings/<code>/classes/<cls>/removal")
@needs(Verb.REGISTRATIONS_EDIT)
def class_removal(week: str, code: str, cls: str) -> Any:
    """Take an unused class away."""
    return _act(week, code, lambda: actions.drop_class(code, cls, actor=at_work()), str(_("已去掉。")))


def _act(week: str, code: str, verb: Callable[[], None], said: str) -> Any:
    """Do something to an offering within the role's reach, and say what came of it."""
    found_offering(week, code, Verb.REGISTRATIONS_EDIT)
    return act(verb, _seats(week, code), said)


def found_offering(week: str, code: str, verb: Verb) -> tuple[Week, OpenOffering]:
    """Return an offering within the role's reach, with its week; else the page that says there is none."""
    own = edition(week, verb)
    return own, find_offering(own.id, code, actor=at_work()) or abort(404)


def _seats(week: str, code: str) -> str:
    return url_for("desk.offering_seats", week=week, code=code)


def _hold_form(found: OpenOffering, typed: Any = None) -> HoldForm:
    form = HoldForm(typed)
    classes = [pool.cls for pool in reversed(found.offering.pools) if pool.cls != PoolClass.ONLINE]
    form.seats_of.offer([(cls, POOLS[cls]) for cls in classes])
    return form


def _class_form(found: OpenOffering, typed: Any = None) -> ClassForm:
    form = ClassForm(typed, data={"rank": 0})
    form.seats_of.offer([(c, word) for c, word in POOLS.items() if c not in (PoolClass.ROOM, PoolClass.ONLINE)])
    return form


def allotment_form(found: OpenOffering, week: Week, typed: Any = None) -> AllotmentForm:
    """Return the form of a new allotment, which ends with registration if nothing else is said."""
    ends = found.window.closes or found.starts
    until = ends.astimezone(ZoneInfo(week.timezone)).replace(tzinfo=None) if ends > now() else None
    form = AllotmentForm(typed, data={"expires_at": until, "locale": "zh-CN"})
    form.seats_of.offer([(str(cls), POOLS[cls]) for cls in CLASSES])
    return form


def seats_page(
    week: Week,
    found: OpenOffering,
    hold: HoldForm | None = None,
    change: ClassForm | None = None,
    allotment: AllotmentForm | None = None,
) -> str:
    """Return the page of an offering's seats; a form that was refused shows what was typed."""
    return page(
        "offering_seats.html",
        week,
        here="registration",
        own=found,
        title=title_of(found),
        pools=POOLS,
        main=class_of(found.offering.mode),
        holds=list_holds(found.offering),
        hold=hold or _hold_form(found),
        change=change or _class_form(found),
        allotment=allotment or allotment_form(found, week),
        editable=can(at_work(), Verb.REGISTRATIONS_EDIT, week.id) and not is_sealed(week),
    )
