"""The door on the desk: who came today, gates, devices and the links that enrol them."""

from base64 import b64encode
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, current_app, redirect, request, url_for
from flask_babel import lazy_gettext as _

from eventweek.accounts.enums import Verb
from eventweek.checkin.actions.devices import (
    Enrolment,
    create_gate,
    enrol_device,
    renew_link,
    revoke_device,
    stop_gate,
)
from eventweek.checkin.enums import Profile
from eventweek.checkin.models import Device
from eventweek.checkin.queries.gates import list_devices, list_gates
from eventweek.checkin.queries.sessions import list_sessions, list_sessions_of_day, list_turnout
from eventweek.kernel.clock import local_day, now
from eventweek.kernel.db import Bilingual
from eventweek.kernel.errors import Invalid
from eventweek.language import say
from eventweek.programme.models import Week
from eventweek.ticketing.qr import pass_png
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.frame import needs
from eventweek.web.public.frame import day_name

PROFILES = {
    Profile.SCAN: _("只扫码"),
    Profile.FIND: _("扫码和找人"),
    Profile.LEAD: _("值班长：还可放行黄色"),
}


@blueprint.get("/w/<week>/gates")
@needs(Verb.DOOR_MANAGE)
def gate_list(week: str) -> str:
    """Show a day's arrivals per session, the gates and the devices."""
    return _gates(edition(week, Verb.DOOR_MANAGE))


@blueprint.post("/w/<week>/gates")
@needs(Verb.DOOR_MANAGE)
def gate_create(week: str) -> Any:
    """Add an entrance."""
    own, sent = edition(week, Verb.DOOR_MANAGE), request.form
    try:
        name = Bilingual(sent.get("name_zh", ""), sent.get("name_en", ""))
        create_gate(own.id, sent.get("venue", ""), name, actor=at_work())
    except Invalid as invalid:
        return _gates(own, _said(invalid)), 422
    return redirect(url_for("desk.gate_list", week=week, _anchor="gates"), 303)


@blueprint.post("/w/<week>/gates/<code>/pause")
@needs(Verb.DOOR_MANAGE)
def gate_pause(week: str, code: str) -> Any:
    """Stop letting people in at a gate, or go on."""
    own = edition(week, Verb.DOOR_MANAGE)
    if code not in {gate.code for gate in list_gates(own.id)}:
        abort(404)
    stop_gate(code, stopped=request.form.get("stopped") == "1", actor=at_work())
    return redirect(url_for("desk.gate_list", week=week, _anchor="gates"), 303)


@blueprint.get("/w/<week>/devices/new")
@needs(Verb.DOOR_MANAGE)
def device_new(week: str) -> str:
    """Ask what the new device is to be."""
    return _new(edition(week, Verb.DOOR_MANAGE))


@blueprint.post("/w/<week>/devices")
@needs(Verb.DOOR_MANAGE)
def device_create(week: str) -> Any:
    """Make a device and show its link as a QR, this once."""
    own, sent = edition(week, Verb.DOOR_MANAGE), request.form
    end = _end_of(own, sent.get("valid_to", ""))
    wanted = Enrolment(sent.get("name", ""), sent.get("profile", ""), end, tuple(sent.getlist("gates")))
    try:
        device, token = enrol_device(own.id, wanted, actor=at_work())
    except Invalid as invalid:
        return _new(own, _said(invalid)), 422
    return _link(own, device, token)


@blueprint.post("/w/<week>/devices/<code>/link")
@needs(Verb.DOOR_MANAGE)
def device_link(week: str, code: str) -> str:
    """Make a new link for a device; its key ends."""
    own = _week_of(week, code)
    device, token = renew_link(code, actor=at_work())
    return _link(own, device, token)


@blueprint.post("/w/<week>/devices/<code>/revocation")
@needs(Verb.DOOR_MANAGE)
def device_revocation(week: str, code: str) -> Any:
    """End a device at once."""
    _week_of(week, code)
    revoke_device(code, actor=at_work())
    return redirect(url_for("desk.gate_list", week=week, _anchor="devices"), 303)


def _gates(week: Week, errors: dict[str, str] | None = None) -> str:
    day = _day(week)
    sessions = list_sessions_of_day(week, day)
    came = list_turnout([s.id for s in sessions])
    venues = {s.venue_code: s.venue for s in list_sessions(week.id)}
    return page(
        "gate_list.html",
        week,
        day=day,
        days=[(d.day.isoformat(), day_name(d.day), d.day == day) for d in week.days],
        rows=[(s, came[s.id]) for s in sessions],
        gates=list_gates(week.id),
        devices=list_devices(week.id),
        venues=venues,
        profiles=PROFILES,
        errors=errors or {},
        sent=request.form,
        now=now(),
    )


def _new(week: Week, errors: dict[str, str] | None = None) -> str:
    return page(
        "device_new.html",
        week,
        here="gate",
        gates=list_gates(week.id),
        profiles=PROFILES,
        errors=errors or {},
        sent=request.form,
        last=max(week.last_day, local_day(now(), week.timezone)).isoformat(),
    )


def _link(week: Week, device: Device, token: str) -> str:
    address = current_app.extensions["eventweek"].base_url + url_for("gate.enrolment", token=token)
    picture = "data:image/png;base64," + b64encode(pass_png(address)).decode()
    return page("device_link.html", week, here="gate", device=device, address=address, picture=picture)


def _week_of(week: str, code: str) -> Week:
    own = edition(week, Verb.DOOR_MANAGE)
    if code not in {device.code for device in list_devices(own.id)}:
        abort(404)
    return own


def _said(invalid: Invalid) -> dict[str, str]:
    return {error.field: say(error.code, error.facts) for error in invalid.errors}


def _day(week: Week) -> date:
    wanted = request.args.get("day", "")
    known = {d.day.isoformat(): d.day for d in week.days}
    today = local_day(now(), week.timezone)
    return known.get(wanted) or (today if today.isoformat() in known else week.first_day)


def _end_of(week: Week, text: str) -> datetime:
    """Return the end of a local day; what is no day lies in the past and is refused by the action."""
    try:
        day = date.fromisoformat(text) if len(text) == 10 else date.min
    except ValueError:
        day = date.min
    if not 2000 <= day.year < 2100:
        return datetime(2000, 1, 1, tzinfo=UTC)
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(week.timezone))
