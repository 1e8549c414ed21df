"""What is done to one proposal from its page: submit, withdraw, decide, plan tentatively, say something, add files."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.limits import limited
from eventweek.programme.actions.proposals.becoming import plan_tentatively
from eventweek.programme.actions.proposals.moving import (
    comment_proposal,
    review_proposal,
    submit_proposal,
    withdraw_proposal,
)
from eventweek.programme.actions.proposals.writing import add_proposal_file, remove_proposal_file
from eventweek.programme.enums import ProposalMove
from eventweek.programme.models import Week
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, edition
from eventweek.web.desk.proposal import found, refused, shown
from eventweek.web.desk.uploads import largest
from eventweek.web.frame import needs, takes_files

ADDRESS = "/w/<week>/proposals/<code>"


@blueprint.post(f"{ADDRESS}/submission")
@needs(Verb.PROPOSALS_MAKE)
def proposal_submission(week: str, code: str) -> Any:
    """Hand it to the reviewers; where something is missing, the form says what."""
    own = edition(week, Verb.PROPOSALS_MAKE)
    found(own, code)
    try:
        submit_proposal(own.id, code, version=_version(), actor=at_work())
    except Invalid:
        flash(_("还有要填的，补齐再提交。"), "no")
        return redirect(url_for("desk.proposal_edit", week=week, code=code, missing=1), 303)
    except Refusal as refusal:
        return shown(own, code, refused(refusal)), 409
    flash(_("已提交。有结果会发邮件，也写在这一页。"), "yes")
    return _back(own, code)


@blueprint.post(f"{ADDRESS}/withdrawal")
@needs(Verb.PROPOSALS_MAKE)
def proposal_withdrawal(week: str, code: str) -> Any:
    """Take it back."""
    own = edition(week, Verb.PROPOSALS_MAKE)
    reason = request.form.get("reason", "")
    return _do(own, code, lambda: withdraw_proposal(own.id, code, reason=reason, actor=at_work()), _("已撤回。"))


@blueprint.post(f"{ADDRESS}/decision")
@needs(Verb.PROPOSALS_REVIEW)
def proposal_decision(week: str, code: str) -> Any:
    """Recommend, return, accept or reject it."""
    own = edition(week, Verb.PROPOSALS_REVIEW)
    found(own, code)
    name = request.form.get("move", "")
    if name not in ("recommend", "return", "accept", "reject"):
        return shown(own, code, _("选一个决定：推荐、采用、退回或不采用。")), 422
    move, reason, opened = ProposalMove(name), request.form.get("reason", ""), request.form.getlist("open")
    how: dict[str, Any] = {"reason": reason, "version": _version(), "open_fields": opened}
    return _do(
        own,
        code,
        lambda: review_proposal(own.id, code, move, actor=at_work(), **how),
        _("已处理，申报单位会收到邮件。"),
    )


@blueprint.post(f"{ADDRESS}/tentative")
@needs(Verb.PROPOSALS_DECIDE)
def proposal_tentative(week: str, code: str) -> Any:
    """Let it be planned before it is decided on."""
    own = edition(week, Verb.PROPOSALS_DECIDE)
    told = _("已列为暂定场次，可以先排。采用以前不会公开。")
    return _do(own, code, lambda: plan_tentatively(own.id, code, actor=at_work()), told)


@blueprint.post(f"{ADDRESS}/comments")
@needs(Verb.PROPOSALS_READ)
def proposal_comment(week: str, code: str) -> Any:
    """Say something; `internal`: only among reviewers."""
    own = edition(week, Verb.PROPOSALS_READ)
    limited("proposal.comment", "60/hour", at_work().label)
    text, internal = request.form.get("text", ""), request.form.get("internal") == "1"
    return _do(
        own, code, lambda: comment_proposal(own.id, code, text, internal=internal, actor=at_work()), _("已写上。")
    )


@blueprint.post(f"{ADDRESS}/files")
@needs(Verb.PROPOSALS_MAKE)
@takes_files(lambda: largest() + 100_000)
def proposal_files(week: str, code: str) -> Any:
    """Take a file in."""
    own = edition(week, Verb.PROPOSALS_MAKE)
    sent = request.files.get("file")
    content, name = (sent.stream.read(largest() + 1), sent.filename or "") if sent else (b"", "")
    return _do(
        own,
        code,
        lambda: add_proposal_file(own.id, code, content, name, largest=largest(), actor=at_work()),
        _("文件已放上。"),
    )


@blueprint.post(f"{ADDRESS}/files/<file>/removal")
@needs(Verb.PROPOSALS_MAKE)
def proposal_file_removal(week: str, code: str, file: str) -> Any:
    """Take a file away."""
    own = edition(week, Verb.PROPOSALS_MAKE)
    return _do(own, code, lambda: remove_proposal_file(own.id, code, file, actor=at_work()), _("文件已去掉。"))


def _do(week: Week, code: str, verb: Callable[[], object], told: str) -> Any:
    """Do it and say so, or show the page again with why not and what was typed."""
    found(week, code)
    try:
        verb()
    except Invalid:
        return shown(week, code, _("请写明内容或原因，对方要看到。")), 422
    except Refusal as refusal:
        return shown(week, code, refused(refusal)), 409
    flash(told, "yes")
    return _back(week, code)


def _back(week: Week, code: str) -> Any:
    return redirect(url_for("desk.proposal", week=week.code, code=code), 303)


def _version() -> int | None:
    typed = request.form.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else None
