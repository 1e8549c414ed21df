"""A no-show that counts, as its holder sees it: what was noted, what follows, and one appeal."""

from typing import Any

from flask import abort, render_template
from flask_babel import gettext as _

from eventweek.audit.actors import VISITOR
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.language import sentence
from eventweek.language.words import LIFTS, STRIKES
from eventweek.programme.queries import get_week
from eventweek.registration.actions.strikes import appeal_strike
from eventweek.registration.models import Pass, Strike
from eventweek.registration.queries import list_registrations
from eventweek.registration.queries.strikes import find_own_strike, find_record, map_steps
from eventweek.registration.strikes import why_no_appeal
from eventweek.web.forms.registration import Appeal
from eventweek.web.frame import anybody
from eventweek.web.public import device
from eventweek.web.public.basket import blueprint
from eventweek.web.public.my_week import changed


@blueprint.route("/my/no-shows/<code>", methods=["GET", "POST"])
@anybody
def strike(code: str) -> Any:
    """Show one no-show of a person of this device, or take the appeal."""
    own, row = _mine(code)
    form = Appeal()
    if form.validate_on_submit():
        text, said = form.text.data or "", _("申诉已交给主办方。答复以前这一次不计入，结果会发消息告诉你。")
        try:
            return changed(own, lambda: appeal_strike(code, text, owner=own.id, actor=VISITOR), said)
        except Invalid:
            form.text.errors = [_("写一写为什么，例如：来过，但没有扫码。")]
        except Refusal as refusal:
            form.text.errors = [sentence(refusal)]
    page = render_template(
        "public/strike.html",
        week=get_week(own.week_id),
        own=own,
        strike=row,
        steps=map_steps([row.id])[row.id],
        facts=next((facts for facts in list_registrations(own.id) if facts.code == row.registration.code), None),
        record=find_record(own),
        closed=why_no_appeal(row.state),
        states=STRIKES,
        lifts=LIFTS,
        form=form,
    )
    return page, 422 if form.errors else 200


def _mine(code: str) -> tuple[Pass, Strike]:
    """Return the pass of this device against which a no-show counts; another's is answered like an unknown one."""
    for own in device.own_passes():
        row = find_own_strike(own, code)
        if row:
            return own, row
    abort(404)
