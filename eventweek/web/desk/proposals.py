"""Proposals: the list of those that concern who looks, and one decision on many."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import can
from eventweek.kernel.errors import Refusal
from eventweek.language import sentence, words
from eventweek.language.proposals import DECIDE, STANDINGS
from eventweek.programme.actions.proposals.moving import Judged, decide_proposals, foresee_decisions
from eventweek.programme.enums import ProposalMove, ProposalState, ReviewStep
from eventweek.programme.models import Proposal, Week
from eventweek.programme.queries.choices import list_choices
from eventweek.programme.queries.proposals import (
    ProposalFilter,
    count_states,
    deadlines_of,
    list_proposals,
    list_proposing_organisations,
    sides,
)
from eventweek.programme.rules.proposals import EDITABLE, OPENABLE, USUALLY_OPEN, Side
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.desk.lists import Filter, asked, chosen, pager
from eventweek.web.desk.shelves import choices, window
from eventweek.web.frame import best, needs

LOOKS = {
    "draft": "plain",
    "city": "wait",
    "committee": "wait",
    "returned": "ask",
    "accepted": "yes",
    "rejected": "no",
    "withdrawn": "plain",
}
OFFERED = (ProposalMove.RECOMMEND, ProposalMove.ACCEPT, ProposalMove.RETURN, ProposalMove.REJECT)


@blueprint.app_template_global("stands")
def stands(own: Proposal) -> str:
    """Return where a proposal stands, as its words are kept: a submitted one by who looks at it."""
    return own.step if own.state == "submitted" else own.state


@blueprint.get("/w/<week>/proposals")
@needs(Verb.PROPOSALS_READ)
def proposal_list(week: str) -> str:
    """List the proposals that concern who looks: an organisation's own, those of a city, or all."""
    own = edition(week, Verb.PROPOSALS_READ)
    filters = _filters(own)
    rows, total = list_proposals(own.id, _wanted(filters), window, actor=at_work())
    counts = count_states(own.id, actor=at_work())
    moves = [(move, DECIDE[move]) for move in _offered(own)]
    making = can(at_work(), Verb.PROPOSALS_MAKE, own.id)
    return page(
        "proposal_list.html",
        own,
        rows=rows,
        pickable=_pickable(rows, bool(moves)),
        submitting=making and any(counts.get(state) for state in EDITABLE),
        pager=pager(total),
        filters=filters,
        text=asked("q"),
        counts=[(name, word, counts[name]) for name, word in STANDINGS.items() if counts.get(name)],
        total=sum(counts.values()),
        standings=STANDINGS,
        looks=LOOKS,
        deadlines=deadlines_of(own),
        moves=moves,
    )


@blueprint.post("/w/<week>/proposals/decisions")
@needs(Verb.PROPOSALS_REVIEW)
def proposal_decisions(week: str) -> Any:
    """Foresee one decision on all that are ticked; then, asked again, take it for all or for none."""
    own = edition(week, Verb.PROPOSALS_REVIEW)
    codes = list(dict.fromkeys(request.form.getlist("s")))
    name = request.form.get("move", "")
    if name not in OFFERED:
        flash(_("选一个决定：推荐、采用、退回或不采用。"), "no")
        return redirect(url_for("desk.proposal_list", week=week), 303)
    move, reason = ProposalMove(name), request.form.get("reason", "")
    how: dict[str, Any] = {"actor": at_work(), "reason": reason, "open_fields": _opened()}
    try:
        if request.form.get("do") != "apply":
            return _preview(own, move, foresee_decisions(own.id, codes, move, **_with_any_reason(how)))
        done = len(decide_proposals(own.id, codes, move, **how))
    except Refusal as refusal:
        if refusal.code.endswith(("denied", "archived")):
            raise
        if refusal.code != "input.invalid":
            return _preview(own, move, refusal.facts.get("judged", []), sentence(refusal)), 422
        wrong = _("退回和不采用都要写原因，申报单位看得到。")
        return _preview(own, move, foresee_decisions(own.id, codes, move, **_with_any_reason(how)), wrong), 422
    told = ngettext("已处理 %(num)s 份，申报单位会收到邮件。", "已处理 %(num)s 份，申报单位会收到邮件。", done)
    flash(told, "yes")
    return redirect(url_for("desk.proposal_list", week=week), 303)


def _pickable(rows: Sequence[Proposal], deciding: bool) -> set[str]:
    """Return the codes of those that may be ticked: what waits for a decision, and own ones not handed in."""
    return {
        own.code
        for own in rows
        if (deciding and own.state == ProposalState.SUBMITTED)
        or (own.state in EDITABLE and Side.PROPOSER in sides(at_work(), own))
    }


def _with_any_reason(how: dict[str, Any]) -> dict[str, Any]:
    """Return how to decide, with something for a reason: a preview is not refused for want of one."""
    return how | {"reason": how["reason"].strip() or "—"}


def _opened() -> list[str]:
    """Return what is left open of what is accepted: what was ticked, before anybody was asked the usual."""
    return request.form.getlist("open") if "opened" in request.form else list(USUALLY_OPEN)


def _preview(week: Week, move: ProposalMove, judged: Sequence[Judged], wrong: str = "") -> str:
    opened = _opened()
    return page(
        "proposal_decisions.html",
        week,
        here="proposal",
        move=move,
        word=DECIDE[move],
        going=[one for one in judged if one.why_not is None],
        staying=[(one, sentence(one.why_not)) for one in judged if one.why_not],
        reason=request.form.get("reason", "")[:2000],
        wrong=wrong,
        openable=[(name, words.FIELDS.get(name, name), name in opened) for name in OPENABLE],
    )


def _offered(week: Week) -> list[ProposalMove]:
    """Return the decisions that who looks may take."""
    if not can(at_work(), Verb.PROPOSALS_REVIEW, week.id):
        return []
    every = can(at_work(), Verb.PROPOSALS_DECIDE, week.id)
    return [move for move in OFFERED if every or move in (ProposalMove.RECOMMEND, ProposalMove.RETURN)]


def _filters(week: Week) -> list[Filter]:
    every = list_choices(week.id)
    units = [(code, best(name)) for code, name in list_proposing_organisations(week.id, actor=at_work())]
    return [
        Filter("state", _("状态"), [(name, str(word)) for name, word in STANDINGS.items()]),
        Filter("city", _("城市"), choices(every.cities)),
        Filter("kind", _("类型"), choices(every.kinds)),
        Filter("organisation", _("单位"), units),
    ]


def _wanted(filters: list[Filter]) -> ProposalFilter:
    own = chosen(filters)
    state = own.pop("state", "")
    at_review = state in (ReviewStep.CITY, ReviewStep.COMMITTEE)
    step = state if at_review else ""
    return ProposalFilter(words=asked("q"), state="submitted" if at_review else state, step=step, **own)
