"""No-shows that count: switched on or off for a week, listed with their appeals, decided with a reason."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.language import say, sentence
from eventweek.language.words import LIFTS, STRIKE_EFFECTS, STRIKES
from eventweek.registration.actions.strikes import decide_strike, drop_strike_rule, set_strike_rule
from eventweek.registration.enums import StrikeDecision
from eventweek.registration.queries.desk import list_week_offerings
from eventweek.registration.queries.strikes import count_appeals, find_rule, list_strikes, map_steps
from eventweek.registration.strikes import MOST_MISSES, say_rule
from eventweek.web.actor import at_work
from eventweek.web.desk.actors import name_actors
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.desk.lists import Filter, asked, pager
from eventweek.web.desk.offerings import contact, title_of
from eventweek.web.desk.shelves import window
from eventweek.web.frame import needs

LOOKS = {"given": "no", "appealed": "ask", "upheld": "no", "lifted": "plain"}
DONE = {
    StrikeDecision.ACCEPT: _("已接受申诉，这一次不再计入。本人会收到消息。"),
    StrikeDecision.REJECT: _("没有接受申诉，这一次仍然计入。本人会收到消息。"),
    StrikeDecision.LIFT: _("已撤销，这一次不再计入。本人会收到消息。"),
}


@blueprint.get("/w/<week>/strikes")
@needs(Verb.REGISTRATIONS_READ)
def strike_list(week: str) -> str:
    """Show the rule of the week and who has a strike, open appeals first."""
    own = edition(week, Verb.REGISTRATIONS_READ)
    rule = find_rule(own.id)
    known = {one.offering.id: one for one in list_week_offerings(own.id, actor=at_work())}
    states = Filter("state", str(_("状态")), [(code, str(word)) for code, word in STRIKES.items()])
    rows, total = list_strikes(known.keys(), states.chosen, window)
    steps = map_steps([row.id for row in rows])
    return page(
        "strike_list.html",
        own,
        here="registration",
        rule=rule,
        words=say_rule(rule.misses, rule.effect) if rule else None,
        effects=STRIKE_EFFECTS,
        most=MOST_MISSES,
        rows=rows,
        steps=steps,
        known=known,
        pager=pager(total),
        filters=[states],
        appeals=count_appeals(known.keys()),
        states=STRIKES,
        looks=LOOKS,
        lifts=LIFTS,
        actors=name_actors({step.actor for every in steps.values() for step in every}),
        title=title_of,
        contact=contact,
    )


@blueprint.post("/w/<week>/strike-rule")
@needs(Verb.WEEK_EDIT)
def strike_rule(week: str) -> Any:
    """Switch counting on with a number and what follows, change these, or switch it off."""
    own = edition(week, Verb.WEEK_EDIT)
    number, seen = request.form.get("misses", ""), request.form.get("version", "")
    version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None
    try:
        if request.form.get("do") == "off":
            drop_strike_rule(own.id, version=version, actor=at_work())
            flash(gettext("已关闭。没有到场不再计入，也不再显示给本人。"), "yes")
        else:
            misses = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
            set_strike_rule(own.id, misses, request.form.get("effect", ""), version=version, actor=at_work())
            flash(gettext("已保存。规则会显示在报名页上，从现在起开始的场次才计入。"), "yes")
    except Refusal as refusal:
        _complain(refusal)
    return redirect(url_for("desk.strike_list", week=week), 303)


@blueprint.post("/w/<week>/strikes/<code>/decision")
@needs(Verb.REGISTRATIONS_EDIT)
def strike_decision(week: str, code: str) -> Any:
    """Take the organiser's word on an appeal, or lift a strike."""
    own = edition(week, Verb.REGISTRATIONS_EDIT)
    try:
        decision = StrikeDecision(request.form.get("do", ""))
        decide_strike(own.id, code, decision, request.form.get("reason", ""), actor=at_work())
        flash(str(DONE[decision]), "yes")
    except ValueError:
        flash(gettext("选一个决定：接受、不接受或撤销。"), "no")
    except Refusal as refusal:
        _complain(refusal)
    state, number = asked("state", set(STRIKES)) or None, asked("page", longest=6) or None
    return redirect(url_for("desk.strike_list", week=week, state=state, page=number), 303)


def _complain(refusal: Refusal) -> None:
    """Say what is wrong above the list; a missing permission is for the guard to tell."""
    if refusal.code == "permission.denied":
        raise refusal
    if not isinstance(refusal, Invalid):
        flash(sentence(refusal), "no")
        return
    for error in refusal.errors:
        missing = error.field == "reason" and error.code == "field.required"
        flash(gettext("写一句原因，本人看得到。") if missing else say(error.code, error.facts), "no")
