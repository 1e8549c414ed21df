"""Review: applications that wait for a decision, one or many decided at once."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Refusal
from eventweek.language import say, sentence
from eventweek.language.words import REGISTERED
from eventweek.programme.models import Week
from eventweek.registration.actions import Reviewed, review_registrations
from eventweek.registration.enums import Verdict
from eventweek.registration.queries.desk import list_week_offerings
from eventweek.registration.queries.reviews import list_applications
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.desk.lists import Filter, asked, pager
from eventweek.web.desk.offerings import LOOKS, contact, title_of
from eventweek.web.desk.shelves import window
from eventweek.web.frame import needs

DONE = {
    Verdict.APPROVE: _("通过了 %(n)s 份"),
    Verdict.RETURN: _("退回了 %(n)s 份"),
    Verdict.REJECT: _("没有通过 %(n)s 份"),
}


@blueprint.get("/w/<week>/reviews")
@needs(Verb.REGISTRATIONS_REVIEW)
def review_list(week: str) -> str:
    """List what waits for a decision, the oldest first."""
    return _page(edition(week, Verb.REGISTRATIONS_REVIEW), "")


@blueprint.post("/w/<week>/reviews")
@needs(Verb.REGISTRATIONS_REVIEW)
def review_decide(week: str) -> Any:
    """Decide on those that are ticked; who cannot be decided on is named with the reason."""
    own = edition(week, Verb.REGISTRATIONS_REVIEW)
    try:
        verdict = Verdict(request.form.get("verdict", ""))
        codes, reason = request.form.getlist("r"), request.form.get("reason", "")
        results = review_registrations(own.id, codes, verdict, actor=at_work(), reason=reason)
    except ValueError:
        return _page(own, gettext("选一个决定：通过、退回补正或不通过。")), 422
    except Refusal as refusal:
        if refusal.code == "permission.denied":
            raise
        told = gettext("退回和不通过都要写原因，对方看得到。") if refusal.code == "input.invalid" else sentence(refusal)
        return _page(own, told), 422
    _tell(verdict, results)
    offering = asked("offering", longest=16)
    return redirect(url_for("desk.review_list", week=week, offering=offering or None), 303)


def _tell(verdict: Verdict, results: list[Reviewed]) -> None:
    done = [one for one in results if one.why_not is None]
    if done:
        flash(str(DONE[verdict]) % {"n": len(done)}, "yes")
    for one in results:
        if one.why_not:
            flash(gettext("%(code)s 没有处理：%(why)s", code=one.registration, why=_said(one)), "no")
    steps = sum(one.state == "applied" for one in done)
    if steps:
        flash(ngettext("%(num)s 份等复审，要另一个人", "%(num)s 份等复审，要另一个人", steps), "ask")


def _said(one: Reviewed) -> str:
    return say(one.why_not.code, one.why_not.facts) if one.why_not else ""


def _page(week: Week, wrong: str) -> str:
    every = list_week_offerings(week.id, actor=at_work())
    only = asked("offering", {own.offering.code for own in every}, longest=16)
    known = {own.offering.id: own for own in every if not only or own.offering.code == only}
    states = Filter("state", str(_("状态")), [(code, str(REGISTERED[code])) for code in ("applied", "returned")])
    rows, total = list_applications(known.keys(), states.chosen, window)
    return page(
        "review_list.html",
        week,
        here="registration",
        rows=rows,
        known=known,
        only=known[next(iter(known))] if only else None,
        pager=pager(total),
        filters=[states],
        wrong=wrong,
        ticked=request.form.getlist("r"),
        reason=request.form.get("reason", "")[:400],
        title=title_of,
        contact=contact,
        states=REGISTERED,
        looks=LOOKS,
    )
