"""Cancel a session, bring it back, put it away."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.db import Bilingual
from eventweek.kernel.errors import Refusal
from eventweek.programme.actions.sessions import archive_session, cancel_session
from eventweek.registration.queries import list_offerings
from eventweek.replanning.actions import cancel_and_publish
from eventweek.scheduling.actions.sessions import restore_planned
from eventweek.scheduling.worklist import Planned, find_planned
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import act, blueprint, edition, page, way_back
from eventweek.web.desk.rights import ask_to_edit
from eventweek.web.forms.sessions import CancellationForm
from eventweek.web.frame import needs


@blueprint.route("/w/<week>/sessions/<code>/cancellation", methods=["GET", "POST"])
@needs(Verb.PROGRAMME_EDIT)
def session_cancellation(week: str, code: str) -> Any:
    """Ask for the reason and whether the public learns of it now, then cancel."""
    own = edition(week, Verb.PROGRAMME_EDIT)
    planned = find_planned(own.id, code) or abort(404)
    ask_to_edit(planned)
    if planned.session.cancelled_at:
        return redirect(url_for("desk.session", week=week, code=code), 303)
    form = CancellationForm(request.form or None)
    if request.method == "POST" and form.validate() and (answer := _cancel(planned, week, form)):
        return answer
    seats = list_offerings([code]).get(code, [])
    back = way_back(week, url_for("desk.session", week=week, code=code))
    text = page("session_cancellation.html", own, here="session", form=form, planned=planned, seats=seats, back=back)
    return text, 422 if form.problems() else 200


def _cancel(planned: Planned, week: str, form: CancellationForm) -> Any:
    code, reason = planned.session.code, Bilingual(form.reason_zh.data, form.reason_en.data)
    try:
        if form.when.data == "now" and planned.item:
            note = _("取消：%(title)s", title=planned.session.title.zh or planned.session.title.en)
            cancel_and_publish(code, reason=reason, actor=at_work(), note=note)
            flash(_("已取消，公众现在就看到。"), "yes")
        else:
            cancel_session(code, reason=reason, actor=at_work())
            flash(_("已取消。公众要到下次发布才看到。"), "yes")
    except Refusal as refusal:
        form.refuse(refusal)
        return None
    return redirect(way_back(week, url_for("desk.session", week=week, code=code)), 303)


@blueprint.post("/w/<week>/sessions/<code>/restoration")
@needs(Verb.PROGRAMME_EDIT)
def session_restoration(week: str, code: str) -> Any:
    """Take a cancellation or an archiving back."""
    return _change(week, code, restore_planned, _("已恢复。公众要到下次发布才看到。"))


@blueprint.post("/w/<week>/sessions/<code>/archive")
@needs(Verb.PROGRAMME_EDIT)
def session_archive(week: str, code: str) -> Any:
    """Put a session away; if it was published, the next release cancels it."""
    return _change(week, code, archive_session, _("已归档。发布过的，下次发布会对公众取消。"))


def _change(week: str, code: str, verb: Any, told: str) -> Any:
    own = edition(week, Verb.PROGRAMME_EDIT)
    if find_planned(own.id, code) is None:
        abort(404)
    return act(lambda: verb(code, actor=at_work()), url_for("desk.session", week=week, code=code), told)
