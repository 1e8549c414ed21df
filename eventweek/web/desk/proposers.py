"""Who proposes for which organisation: the list, the invitation, and taking it back."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Refusal
from eventweek.kernel.limits import limited
from eventweek.language import say, sentence
from eventweek.programme.actions.proposals.inviting import invite_proposer, remove_proposer
from eventweek.programme.models import Week
from eventweek.programme.queries.proposers import list_invitable, list_proposers
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import act, blueprint, edition, page
from eventweek.web.frame import best, needs


@blueprint.get("/w/<week>/proposers")
@needs(Verb.PROPOSERS_INVITE)
def proposer_list(week: str) -> str:
    """List who proposes, and let somebody be invited."""
    return _page(edition(week, Verb.PROPOSERS_INVITE), "")


@blueprint.post("/w/<week>/proposers")
@needs(Verb.PROPOSERS_INVITE)
def proposer_invite(week: str) -> Any:
    """Invite somebody to propose for an organisation."""
    own = edition(week, Verb.PROPOSERS_INVITE)
    limited("invite", "30/hour", at_work().label)
    email, name, unit = (request.form.get(part, "") for part in ("email", "name", "organisation"))
    try:
        known = invite_proposer(own.id, email, name, unit, actor=at_work())
    except Refusal as refusal:
        if refusal.code in ("permission.denied", "week.archived"):
            raise
        errors = getattr(refusal, "errors", [])
        wrong = " ".join(say(error.code, error.facts) for error in errors) or sentence(refusal)
        return _page(own, wrong), 422
    flash(_("已给这个账号加上申报资格，并发了邮件。") if known else _("邀请已发到邮箱，链接 7 天内有效。"), "yes")
    return redirect(url_for("desk.proposer_list", week=week), 303)


@blueprint.post("/w/<week>/proposers/<code>/removal")
@needs(Verb.PROPOSERS_INVITE)
def proposer_removal(week: str, code: str) -> Any:
    """Let somebody propose no more for an organisation."""
    own = edition(week, Verb.PROPOSERS_INVITE)
    unit = request.form.get("organisation", "")
    back = url_for("desk.proposer_list", week=week)
    return act(
        lambda: remove_proposer(own.id, code, unit, actor=at_work()), back, _("已取消申报资格。"), none="user.not_found"
    )


def _page(week: Week, wrong: str) -> str:
    units = list_invitable(week.id, actor=at_work())
    return page(
        "proposer_list.html",
        week,
        here="proposal",
        found=list_proposers(week, actor=at_work()),
        units=[(unit.code, best(unit.name)) for unit in units],
        wrong=wrong,
        typed=request.form,
    )
