"""What the organiser changed of somebody's session: keep, change or cancel with one tap; opening changes nothing."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from eventweek.audit.actors import VISITOR
from eventweek.kernel.db import Bilingual
from eventweek.kernel.errors import Refusal
from eventweek.kernel.limits import limited
from eventweek.language import sentence
from eventweek.programme.queries import find_current_week, get_week
from eventweek.registration.enums import LIVE
from eventweek.registration.models import Pass
from eventweek.registration.queries.desk import find_registration
from eventweek.registration.queries.passes import find_pass_by_answer
from eventweek.replanning.actions import give_up_place, keep_place, swap_place
from eventweek.replanning.messages import list_differences
from eventweek.replanning.queries import Affected, facts_of, find_asked, list_swaps
from eventweek.web.forms.registration import Cancel
from eventweek.web.frame import anybody, language
from eventweek.web.public.basket import blueprint
from eventweek.web.public.my_week import mine
from eventweek.web.public.passes import unseen


@blueprint.app_template_global("differences")
def differences(change: Any, zone: str) -> list[tuple[str, str, str]]:
    """Return what changed of a session as word, before and after, in the reader's language."""
    return [(_said(word), _said(before), _said(after)) for word, before, after in list_differences(change, zone)]


@blueprint.route("/a/<code>/<registration>/<token>", methods=["GET", "POST"])
@anybody
def answer(code: str, registration: str, token: str) -> Any:
    """Show what the link of a message is about; a button sends the answer."""
    limited("pass.link", "120/minute", request.remote_addr or "")
    own = find_pass_by_answer(code, registration, token)
    asked = _asked(own, registration) if own else None
    if own is None or asked is None:
        return unseen(render_template("public/link_unknown.html", week=find_current_week()), 404)
    if Cancel().validate_on_submit():
        _act(own, registration)
        return unseen(redirect(url_for("mine.answer", code=code, registration=registration, token=token), 303))
    return unseen(_page(own, asked))


@blueprint.route("/my/registrations/<code>/choice", methods=["GET", "POST"])
@anybody
def choice(code: str) -> Any:
    """Show the question about a registration of this device, or take the answer."""
    own, _facts = mine(code)
    asked = _asked(own, code)
    if asked is None:
        return redirect(url_for("mine.my_week", of=own.code), 303)
    if Cancel().validate_on_submit():
        _act(own, code)
        return redirect(url_for("mine.my_week", of=own.code), 303)
    return _page(own, asked)


def _asked(own: Pass, registration: str) -> Affected | None:
    row = find_registration(own.week_id, registration)
    return find_asked(row.id) if row and row.attendee_id == own.attendee_id else None


def _act(own: Pass, code: str) -> None:
    """Do what a button says; a second tap changes nothing."""
    wish, to = request.form.get("do", ""), request.form.get("to", "")[:16]
    try:
        limited("my.change", "30/minute", own.code)
        if wish == "keep":
            keep_place(code, actor=VISITOR, owner=own.id)
            flash(_("好的，位子给你留着。"), "yes")
        elif wish == "cancel":
            give_up_place(code, actor=VISITOR, owner=own.id)
            flash(_("已取消，席位已让给后面的人。"), "yes")
        elif wish == "swap":
            swap_place(code, to, actor=VISITOR, owner=own.id)
            flash(_("已换好，原来的席位已让出。入场码不变。"), "yes")
    except Refusal as refusal:
        flash(sentence(refusal), "no")


def _page(own: Pass, asked: Affected) -> str:
    facts = facts_of(asked)
    return render_template(
        "public/affected.html",
        week=get_week(own.week_id),
        own=own,
        asked=asked,
        facts=facts,
        lives=asked.own.state in LIVE,
        swaps=list_swaps(asked.own) if asked.choice != "changed" else [],
        form=Cancel(),
    )


def _said(text: Bilingual) -> str:
    return text.best(language())[0]
