"""Find one's passes again: a code goes to the phone or the e-mail address, and opens them on this device.

The same answer whoever asks, so that nobody learns who is registered; only the owner of the contact is told.
"""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from eventweek.kernel.errors import Invalid, Refusal
from eventweek.language import sentence
from eventweek.programme.enums import WorkMode
from eventweek.programme.models import Week
from eventweek.programme.queries import find_current_week
from eventweek.registration.actions import open_passes
from eventweek.registration.queries import is_proven
from eventweek.web.forms import show_errors
from eventweek.web.forms.registration import Find
from eventweek.web.frame import anybody
from eventweek.web.public import device
from eventweek.web.public.asking import ask, read_either, take_code
from eventweek.web.public.basket import blueprint


@blueprint.route("/my/finding", methods=["GET", "POST"])
@anybody
def finding() -> Any:
    """Ask for a phone or an e-mail address, then for the code that was sent there."""
    week, form = find_current_week(), Find()
    if week and form.validate_on_submit():
        try:
            take_code(form)
            if is_proven(form.proof.data or ""):
                return _opened(week, form)
            ask(week, form, read_either(form.contact.data or ""))
        except Invalid as invalid:
            show_errors(form, invalid)
        except Refusal as refusal:
            form.contact.errors = [sentence(refusal)]
    works = bool(week and week.work_mode != WorkMode.NEVER)
    page = render_template("public/finding.html", week=week, form=form, works=works)
    return page, 422 if form.errors else 200


def _opened(week: Week, form: Find) -> Any:
    """Let this device hold what was found, and go on with what was picked."""
    held = open_passes(week.id, form.proof.data or "")
    if not held:
        flash(_("这个联系方式在这一届还没有报过名。选好场次就能报。"), "ask")
        return redirect(url_for("mine.finding"), 303)
    flash(_("验证过了，入场码已在这部手机上。"), "yes")
    picked = device.basket(week.code)
    on = url_for("mine.basket", week=week.code) if picked else url_for("mine.my_week", of=held[-1].code)
    answer: Any = redirect(on, 303)
    return device.remember(answer, *held)
