"""Many proposals handed in at once: what each still lacks, the complete ones submitted, the others left as they are."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.language import say, sentence
from eventweek.programme.actions.proposals.moving import Judged, foresee_submissions, submit_proposals
from eventweek.programme.models import Week
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.desk.proposal import refused
from eventweek.web.desk.telling import word_of
from eventweek.web.frame import needs


@blueprint.post("/w/<week>/proposals/submissions")
@needs(Verb.PROPOSALS_MAKE)
def proposal_submissions(week: str) -> Any:
    """Show which of those that are ticked are complete; then, asked again, hand these in and say what became of each.

    Sent again, it shows the same: what is handed in already stays so.
    """
    own = edition(week, Verb.PROPOSALS_MAKE)
    codes, done = list(dict.fromkeys(request.form.getlist("s"))), request.form.get("do") == "apply"
    verb = submit_proposals if done else foresee_submissions
    try:
        judged = verb(own.id, codes, actor=at_work())
    except Refusal as refusal:
        return _shown(own, [], done=False, wrong=refused(refusal)), 422
    if not done or any(one.why_not for one in judged):
        return _shown(own, judged, done=done)
    told = ngettext("已提交 %(num)s 份。有结果会发邮件。", "已提交 %(num)s 份。有结果会发邮件。", len(judged))
    flash(told, "yes")
    return redirect(url_for("desk.proposal_list", week=week), 303)


def _shown(week: Week, judged: Sequence[Judged], *, done: bool, wrong: str = "") -> str:
    return page(
        "proposal_submissions.html",
        week,
        here="proposal",
        done=done,
        going=[one for one in judged if one.why_not is None],
        staying=[(one, _lacks(one.why_not), isinstance(one.why_not, Invalid)) for one in judged if one.why_not],
        wrong=wrong,
    )


def _lacks(why: Refusal) -> list[str]:
    """Return what one lacks, field by field, or why else it cannot be handed in."""
    if not isinstance(why, Invalid):
        return [sentence(why)]
    empty = [word_of("proposal", one.field) for one in why.errors if one.code == "field.required"]
    rest = [
        _("%(field)s：%(why)s", field=word_of("proposal", one.field), why=say(one.code, one.facts))
        for one in why.errors
        if one.code != "field.required"
    ]
    return [*([_("还没填：%(fields)s", fields=str(_("、")).join(empty))] if empty else []), *rest]
