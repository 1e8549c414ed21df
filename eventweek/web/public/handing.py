"""Give one's place to another person (换人)."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from eventweek.audit.actors import VISITOR
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.limits import limited
from eventweek.language import say, sentence
from eventweek.programme.queries import get_week
from eventweek.registration.actions import Successor, hand_over
from eventweek.registration.queries import find_consent_text
from eventweek.web.forms import show_errors
from eventweek.web.forms.registration import HandOver
from eventweek.web.frame import anybody, language
from eventweek.web.public.basket import blueprint
from eventweek.web.public.my_week import mine


@blueprint.route("/my/registrations/<code>/handover", methods=["GET", "POST"])
@anybody
def handover(code: str) -> Any:
    """Ask who comes instead, then give them the place."""
    own, facts = mine(code)
    week, form = get_week(own.week_id), HandOver()
    if form.validate_on_submit():
        try:
            limited("my.handover", "5/hour;10/day", own.code)
            known = {name: form[name].data or "" for name in ("name", "phone", "email")}
            successor = Successor(**known, consent=bool(form.consent.data), locale=language())
            hand_over(code, successor, actor=VISITOR, owner=own.id)
        except Invalid as invalid:
            show_errors(form, invalid)
        except Refusal as refusal:
            form.form_errors.append(sentence(refusal))
        else:
            flash(_("换好了。这个名额现在是对方的，你的入场码进不了这一场。"), "yes")
            return redirect(url_for("mine.my_week", of=own.code), 303)
    text = find_consent_text(week)
    why = say(facts.why_no_handover.code, facts.why_no_handover.facts) if facts.why_no_handover else ""
    words = {"week": week, "own": own, "facts": facts, "form": form, "consent": text, "why": why}
    page = render_template("public/handover.html", **words)
    return page, 422 if form.errors else 200
