"""Seats for units (单位名额): made with a link that is shown once, changed, and given a new link."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import can
from eventweek.kernel.clock import now
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import Week
from eventweek.registration import actions
from eventweek.registration.guests import Guest, guest_of
from eventweek.registration.models import PoolHold
from eventweek.registration.queries.desk import list_holds, list_sitting
from eventweek.registration.queries.offerings import OpenOffering
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, is_sealed, page
from eventweek.web.desk.holds import allotment_form, found_offering, seats_page
from eventweek.web.desk.invitations import made_page
from eventweek.web.desk.offerings import POOLS, title_of
from eventweek.web.forms.classes import AllotmentForm, HoldEdit, LinkForm
from eventweek.web.frame import needs


@blueprint.post("/w/<week>/offerings/<code>/allotments")
@needs(Verb.REGISTRATIONS_EDIT)
def allotment_create(week: str, code: str) -> Any:
    """Keep seats for a unit, and show its link this once."""
    own, found = found_offering(week, code, Verb.REGISTRATIONS_EDIT)
    form = allotment_form(found, own, request.form)
    if form.validate():
        try:
            made = actions.allot_seats(code, _wish(form, own), actor=at_work())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return made_page(own, found, [made])
    return seats_page(own, found_offering(week, code, Verb.REGISTRATIONS_READ)[1], allotment=form), 422


@blueprint.get("/w/<week>/offerings/<code>/holds/<hold>")
@needs(Verb.REGISTRATIONS_READ)
def offering_hold(week: str, code: str, hold: str) -> Any:
    """Show seats that are kept back, and who sits on them."""
    own, found = found_offering(week, code, Verb.REGISTRATIONS_READ)
    row = _find(found, hold)
    return _page(own, found, row, _form(row, own), LinkForm(data={"locale": "zh-CN"}))


@blueprint.post("/w/<week>/offerings/<code>/holds/<hold>/terms")
@needs(Verb.REGISTRATIONS_EDIT)
def hold_edit(week: str, code: str, hold: str) -> Any:
    """Change seats that are kept back."""
    own, found = found_offering(week, code, Verb.REGISTRATIONS_EDIT)
    form = _form(_find(found, hold), own, request.form)
    if form.validate():
        try:
            seen = int(version) if (version := request.form.get("version", "")).isdecimal() else -1
            actions.change_hold(code, hold, _terms(form, own), actor=at_work(), version=seen)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(_("已保存。"), "yes")
            return redirect(url_for("desk.offering_seats", week=week, code=code), 303)
    return _page(own, found, _find(found, hold), form, LinkForm(data={"locale": "zh-CN"})), 422


@blueprint.post("/w/<week>/offerings/<code>/holds/<hold>/link")
@needs(Verb.REGISTRATIONS_EDIT)
def hold_link(week: str, code: str, hold: str) -> Any:
    """Make another link to an allotment, and show it this once; the one before opens nothing any more."""
    own, found = found_offering(week, code, Verb.REGISTRATIONS_EDIT)
    row, form = _find(found, hold), LinkForm(request.form)
    if form.validate():
        try:
            guest = _guest(form)
            made = actions.renew_link(
                code, hold, guest=guest, locale=form.locale.data or "zh-CN", actor=at_work(), version=None
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return made_page(own, found, [made])
    return _page(own, found, row, _form(row, own), form), 422


def _find(found: OpenOffering, code: str) -> PoolHold:
    return next((row for _cls, row in list_holds(found.offering) if row.code == code), None) or abort(404)


def _guest(form: AllotmentForm | LinkForm) -> Guest:
    """Raises: Invalid at `contact`."""
    return guest_of("", form.contact.data or "") or Guest()


def _wish(form: AllotmentForm, week: Week) -> actions.Allotment:
    at = form.expires_at.data
    return actions.Allotment(
        form.seats.data or 0,
        owner=form.owner.data or "",
        reason=form.reason.data or "",
        expires=at.replace(tzinfo=ZoneInfo(week.timezone)) if at else now(),
        cls=form.seats_of.data or "",
        guest=_guest(form),
        locale=form.locale.data or "zh-CN",
    )


def _terms(form: HoldEdit, week: Week) -> actions.Terms:
    at = form.expires_at.data
    until = at.replace(tzinfo=ZoneInfo(week.timezone)) if at else None
    return actions.Terms(form.seats.data, form.owner.data, form.reason.data, until)


def _form(row: PoolHold, week: Week, typed: Any = None) -> HoldEdit:
    until = row.expires_at.astimezone(ZoneInfo(week.timezone)).replace(tzinfo=None)
    facts = {"seats": row.allotted or row.seats, "owner": row.owner, "reason": row.reason, "expires_at": until}
    return HoldEdit(typed, data=facts)


def _page(week: Week, found: OpenOffering, row: PoolHold, form: HoldEdit, link: LinkForm) -> str:
    cls = next(pool.cls for pool in found.offering.pools if pool.id == row.pool_id)
    return page(
        "offering_hold.html",
        week,
        here="registration",
        own=found,
        title=title_of(found),
        row=row,
        cls=POOLS[cls],
        sitting=list_sitting(row.id),
        form=form,
        link=link,
        editable=can(at_work(), Verb.REGISTRATIONS_EDIT, week.id) and not is_sealed(week),
    )
