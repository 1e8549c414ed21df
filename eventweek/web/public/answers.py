"""What a person does about one of their registrations besides cancelling: take an offer, apply again, change."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from eventweek.audit.actors import VISITOR
from eventweek.kernel.errors import Refusal
from eventweek.kernel.limits import limited
from eventweek.language import say, sentence
from eventweek.programme.queries import get_week
from eventweek.registration.actions import accept_offer, move_registration, resubmit
from eventweek.registration.queries.alternatives import list_alternatives
from eventweek.registration.queries.desk import find_registration
from eventweek.registration.rules import Reason
from eventweek.web.forms.registration import Cancel, Move, Resubmission
from eventweek.web.frame import anybody
from eventweek.web.public.basket import blueprint
from eventweek.web.public.frame import day_name
from eventweek.web.public.my_week import changed, mine


@blueprint.app_template_filter("because")
def because(reason: Reason) -> str:
    """Return why something cannot be, as a sentence."""
    return say(reason.code, reason.facts)


@blueprint.app_template_filter("when")
def when(at: datetime, zone: str) -> str:
    """Return a moment as a local day and time, such as `10 月 15 日 09:30`."""
    here = at.astimezone(ZoneInfo(zone))
    return f"{day_name(here.date())} {here:%H:%M}"


@blueprint.app_template_filter("lasting")
def lasting(minutes: int) -> str:
    """Return minutes in words: `45 分钟`, `3 小时 30 分钟`."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return str(_("%(n)s 分钟", n=rest))
    return str(_("%(hours)s 小时 %(n)s 分钟", hours=hours, n=rest) if rest else _("%(n)s 小时", n=hours))


@blueprint.post("/my/registrations/<code>/acceptance")
@anybody
def acceptance(code: str) -> Any:
    """Take an offered seat; a second call changes nothing."""
    own, _facts = mine(code)
    if Cancel().validate_on_submit():
        try:
            limited("my.change", "30/minute", own.code)
            accept_offer(code, actor=VISITOR, owner=own.id)
            flash(_("已确认，到时见。"), "yes")
        except Refusal as refusal:
            flash(sentence(refusal), "no")
    return redirect(url_for("mine.my_week", of=own.code), 303)


@blueprint.route("/my/registrations/<code>/resubmission", methods=["GET", "POST"])
@anybody
def resubmission(code: str) -> Any:
    """Say what was asked for and send the application again."""
    own, facts = mine(code)
    form = Resubmission(seats=facts.seats, remark=facts.remark)
    if form.validate_on_submit():
        wish: dict[str, Any] = {"seats_wanted": form.seats.data or 0, "remark": form.remark.data or ""}
        try:
            said = _("已重新提交，等审核。")
            return changed(own, lambda: resubmit(code, actor=VISITOR, owner=own.id, **wish), said)
        except Refusal as refusal:
            form.form_errors.append(sentence(refusal))
    page = render_template("public/resubmission.html", week=get_week(own.week_id), own=own, facts=facts, form=form)
    return page, 422 if form.errors else 200


@blueprint.route("/my/registrations/<code>/move", methods=["GET", "POST"])
@anybody
def move(code: str) -> Any:
    """Change to another slot or date of the same thing, with the seats that are free there."""
    own, facts = mine(code)
    form = Move()
    if form.validate_on_submit():
        to, said = request.form.get("to", ""), _("已换好，原来的席位已让出。入场码不变。")
        try:
            return changed(own, lambda: move_registration(code, to, actor=VISITOR, owner=own.id), said)
        except Refusal as refusal:
            form.form_errors.append(sentence(refusal))
    row = find_registration(own.week_id, code)
    week, others = get_week(own.week_id), list_alternatives(row) if row else []
    page = render_template("public/move.html", week=week, own=own, facts=facts, form=form, others=others)
    return page, 422 if form.errors else 200
