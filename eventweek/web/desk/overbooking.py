"""Overbooking from measured show-up: what is proposed for each offering ahead, accepted or declined with a reason."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.checkin.actions.overbooking import decide_overbooking
from eventweek.checkin.queries.overbooking import list_proposals
from eventweek.checkin.showing import LEAST_SEATS
from eventweek.kernel.errors import Refusal
from eventweek.language import sentence
from eventweek.registration.queries.desk import find_offering
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.desk.lists import asked, pager
from eventweek.web.desk.offerings import title_of
from eventweek.web.frame import needs


@blueprint.get("/w/<week>/overbooking")
@needs(Verb.REGISTRATIONS_READ)
def overbooking(week: str) -> str:
    """List what is measured and proposed; what waits for a decision comes first."""
    own = edition(week, Verb.REGISTRATIONS_READ)
    every = sorted(list_proposals(own.id, actor=at_work()), key=lambda one: not one.is_open)
    pages = pager(len(every))
    rows = every[pages.offset : pages.offset + pages.size]
    return page("overbooking.html", own, here="registration", rows=rows, pager=pages, title=title_of, least=LEAST_SEATS)


@blueprint.post("/w/<week>/offerings/<code>/overbooking")
@needs(Verb.REGISTRATIONS_EDIT)
def overbooking_decision(week: str, code: str) -> Any:
    """Take the organiser's word."""
    own = edition(week, Verb.REGISTRATIONS_EDIT)
    find_offering(own.id, code, actor=at_work()) or abort(404)
    accepted, reason = request.form.get("accepted") == "yes", request.form.get("reason", "")
    try:
        done = decide_overbooking(own.id, code, accepted=accepted, reason=reason, actor=at_work())
    except Refusal as refusal:
        if refusal.code == "permission.denied":
            raise
        missing = _("写一句原因，记入操作记录。")
        flash(str(missing) if refusal.code == "input.invalid" else sentence(refusal), "no")
    else:
        flash(_("已超额 %(n)s 个席位。", n=done.proposed) if accepted else _("已记下：不超额。"), "yes")
    return redirect(url_for("desk.overbooking", week=week, page=asked("page", longest=6) or None), 303)
