"""Taking part in an offering on line: open or closed, the way in, and who went in."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import lazy_gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.db import Bilingual
from eventweek.kernel.errors import Refusal
from eventweek.language import sentence
from eventweek.programme.models import Week
from eventweek.registration import actions
from eventweek.registration.queries.offerings import OpenOffering, has_online
from eventweek.registration.queries.online import describe_online
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, is_sealed, page
from eventweek.web.desk.holds import found_offering
from eventweek.web.desk.offerings import title_of
from eventweek.web.forms.online import OnlineForm
from eventweek.web.frame import needs


@blueprint.route("/w/<week>/offerings/<code>/online", methods=["GET", "POST"])
@needs(Verb.REGISTRATIONS_EDIT)
def offering_online(week: str, code: str) -> Any:
    """Show how one takes part on line, or take what was typed."""
    own, found = found_offering(week, code, Verb.REGISTRATIONS_EDIT)
    stored = describe_online(found) | {"version": found.offering.version}
    form = OnlineForm(request.form or None, data=stored)
    if request.method == "POST" and form.validate():
        note = Bilingual(form.note_zh.data or "", form.note_en.data or "")
        wish = actions.Online(bool(form.open.data), form.before_min.data, form.link.data or "", note)
        try:
            actions.set_online(code, wish, actor=at_work(), version=form.read_version)
        except Refusal as refusal:
            form.refuse(refusal, OnlineForm(None, data=stored))
        else:
            flash(str(_("已保存。")), "yes")
            return redirect(url_for("desk.offering_online", week=week, code=code), 303)
    return _page(own, found, form, stored), 422 if form.problems() or form.stale else 200


@blueprint.post("/w/<week>/offerings/<code>/online/removal")
@needs(Verb.REGISTRATIONS_EDIT)
def offering_online_removal(week: str, code: str) -> Any:
    """Take away what nobody registered for on line."""
    found_offering(week, code, Verb.REGISTRATIONS_EDIT)
    try:
        actions.drop_online(code, actor=at_work())
    except Refusal as refusal:
        if refusal.code == "permission.denied":
            raise
        flash(sentence(refusal), "no")
        return redirect(url_for("desk.offering_online", week=week, code=code), 303)
    flash(str(_("已去掉。")), "yes")
    return redirect(url_for("desk.offering", week=week, code=code), 303)


def _page(week: Week, found: OpenOffering, form: OnlineForm, stored: dict[str, Any]) -> str:
    return page(
        "offering_online.html",
        week,
        here="registration",
        own=found,
        title=title_of(found),
        form=form,
        online=stored,
        is_there=has_online(found.offering),
        before=found.online_before_min,
        editable=not is_sealed(week),
    )
