"""A phone opens the link of the desk and becomes a door device."""

from typing import Any

from flask import redirect, render_template, request, url_for

from eventweek.checkin.actions.devices import accept_enrolment
from eventweek.checkin.queries.gates import find_enrolment
from eventweek.kernel.clock import now
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.language import say
from eventweek.web.frame import anybody
from eventweek.web.gate.frame import blueprint, keep_key


@blueprint.get("/enrol/<token>")
@anybody
def enrolment(token: str) -> Any:
    """Ask for the device's name; looking at the link does not use it up."""
    device = find_enrolment(token)
    if device is None:
        raise Refusal("device.link_dead")
    return render_template("gate/enrolment.html", device=device, token=token, error="")


@blueprint.post("/enrol/<token>")
@anybody
def enrolment_create(token: str) -> Any:
    """Exchange the link for a key, kept in a cookie until the device's last day."""
    try:
        device, key = accept_enrolment(token, request.form.get("name", ""))
    except Invalid as invalid:
        found, first = find_enrolment(token), invalid.errors[0]
        return render_template(
            "gate/enrolment.html", device=found, token=token, error=say(first.code, first.facts)
        ), 422
    left = int((device.valid_to - now()).total_seconds())
    return keep_key(redirect(url_for("gate.start"), 303), key, left)  # type: ignore[arg-type]
