"""The link of a reminder: one day's sessions of one person, each given back with one tap; opening changes nothing."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from eventweek.audit.actors import VISITOR
from eventweek.kernel.clock import local_day
from eventweek.kernel.errors import Refusal
from eventweek.kernel.limits import limited
from eventweek.language import sentence
from eventweek.programme.queries import find_current_week, get_week
from eventweek.registration.actions import cancel_registration
from eventweek.registration.enums import LIVE
from eventweek.registration.models import Pass
from eventweek.registration.queries import RegistrationFacts, list_registrations
from eventweek.registration.queries.passes import find_pass_by_reminder
from eventweek.web.forms.registration import Cancel
from eventweek.web.frame import anybody
from eventweek.web.public.basket import blueprint
from eventweek.web.public.passes import unseen


@blueprint.route("/r/<code>/<day>/<token>", methods=["GET", "POST"])
@anybody
def reminder(code: str, day: str, token: str) -> Any:
    """Show what the link is about; a button sends which of it is given back."""
    limited("pass.link", "120/minute", request.remote_addr or "")
    own = find_pass_by_reminder(code, day, token)
    if own is None:
        return unseen(render_template("public/link_unknown.html", week=find_current_week()), 404)
    form, held = Cancel(), _of_the_day(own, day)
    if form.validate_on_submit():
        _give_back(own, held, request.form.get("registration", ""))
        return unseen(redirect(url_for("mine.reminder", code=code, day=day, token=token), 303))
    week = get_week(own.week_id)
    return unseen(render_template("public/reminder.html", week=week, own=own, held=held, form=form, live=LIVE))


def _of_the_day(own: Pass, day: str) -> list[RegistrationFacts]:
    zone = get_week(own.week_id).timezone
    return [facts for facts in list_registrations(own.id) if local_day(facts.starts, zone).isoformat() == day]


def _give_back(own: Pass, held: list[RegistrationFacts], code: str) -> None:
    """End one of the day's registrations; a second tap changes nothing."""
    facts = next((facts for facts in held if facts.code == code), None)
    if facts is None:
        return
    try:
        limited("my.change", "30/minute", own.code)
        cancel_registration(code, actor=VISITOR, owner=own.id)
    except Refusal as refusal:
        flash(sentence(refusal), "no")
    else:
        flash(_("已取消，席位已让给后面的人。"), "yes")
