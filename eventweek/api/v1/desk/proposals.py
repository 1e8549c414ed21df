"""Proposals over the API: written and submitted by organisations, reviewed and decided by cities and the committee."""

from typing import Any

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import (
    Facts,
    asked,
    blueprint,
    created,
    needs_key,
    once_by_key,
    paged,
    record,
    seen_version,
    sent,
    text,
)
from eventweek.api.v1.desk.schemas import IF_MATCH, IF_NONE_MATCH, ONCE, PAGE, asked_for, described_as
from eventweek.api.v1.frame import private
from eventweek.api.v1.problems import errors_of, spoken
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.kernel.errors import FieldError, Invalid
from eventweek.kernel.text import clean_line
from eventweek.programme.actions.proposals.becoming import plan_tentatively
from eventweek.programme.actions.proposals.moving import (
    Judged,
    comment_proposal,
    decide_proposals,
    foresee_decisions,
    foresee_submissions,
    review_proposal,
    submit_proposal,
    submit_proposals,
    withdraw_proposal,
)
from eventweek.programme.actions.proposals.writing import create_proposal, edit_proposal
from eventweek.programme.enums import ProposalMove
from eventweek.programme.models import Proposal, Week
from eventweek.programme.queries.proposals import ProposalFilter, get_proposal, list_entries, list_proposals
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.proposals import DECISIONS, USUALLY_OPEN
from eventweek.programme.rules.subjects import PROPOSAL
from eventweek.scheduling.actions.proposals import edit_own_session

ALL = "/weeks/<week>/proposals"
ONE = f"{ALL}/<code>"
NARROWING = ("state", "step", "kind", "city", "organisation")
PARTS = ("move", "reason", "open_fields")


@blueprint.get(ALL)
@described_as(
    "List the proposals that concern the key, the last submitted first",
    "DeskProposalList",
    asked_for("q", "only with all of these words in its title or its organisation's name", maxLength=200),
    *(asked_for(name, f"only with this {name}") for name in NARROWING),
    *PAGE,
)
@needs_key(Verb.PROPOSALS_READ)
def proposal_list(actor: Actor, week: Week) -> Response:
    """Answer an organisation's own, those of a city, or all."""
    given = {name: clean_line(value[:200], 200) for name, value in asked("q", *NARROWING).items()}
    wanted = ProposalFilter(words=given.pop("q", ""), **given)

    def read(window: Any) -> Any:
        rows, total = list_proposals(week.id, wanted, window, actor=actor)
        return _Page(rows, total)

    return paged(read, _shape)


class _Page:
    """One page of proposals, as `paged` reads it."""

    def __init__(self, rows: list[Proposal], total: int) -> None:
        self.rows, self.total = rows, total


@blueprint.post(ALL)
@described_as("Write a draft", "DeskProposal", ONCE, status=201, body="DeskProposalNew")
@needs_key(Verb.PROPOSALS_MAKE)
def proposal_create(actor: Actor, week: Week) -> Response:
    """Make a draft for an organisation of the key."""
    body = sent()

    def produce() -> str:
        return create_proposal(week.id, body, actor=actor).code

    return created(body, "desk_api.proposal", produce, lambda code: _shown(actor, week, code), week=week.code)


@blueprint.get(ONE)
@described_as("Show a proposal", "DeskProposal", IF_NONE_MATCH)
@needs_key(Verb.PROPOSALS_READ)
def proposal(actor: Actor, week: Week, code: str) -> Response:
    """Answer one that concerns the key; others are not found."""
    return _shown(actor, week, code)


@blueprint.patch(ONE)
@described_as("Change fields of a draft, or of one that came back", "DeskProposal", IF_MATCH, body="DeskProposalEdit")
@needs_key(Verb.PROPOSALS_MAKE)
def proposal_edit(actor: Actor, week: Week, code: str) -> Response:
    """Edit."""
    edit_proposal(week.id, code, sent(), version=seen_version(), actor=actor)
    return _shown(actor, week, code)


@blueprint.put(f"{ONE}/submission")
@described_as("Hand a proposal to its reviewers", "DeskProposal", IF_MATCH)
@needs_key(Verb.PROPOSALS_MAKE)
def proposal_submit(actor: Actor, week: Week, code: str) -> Response:
    """Submit."""
    submit_proposal(week.id, code, version=seen_version(), actor=actor)
    return _shown(actor, week, code)


@blueprint.put(f"{ONE}/withdrawal")
@described_as("Take a proposal back", "DeskProposal", IF_MATCH, body="DeskProposalReason")
@needs_key(Verb.PROPOSALS_MAKE)
def proposal_withdraw(actor: Actor, week: Week, code: str) -> Response:
    """Withdraw."""
    version, reason = seen_version(), text(sent(fields=("reason",)), "reason")
    withdraw_proposal(week.id, code, reason=reason, version=version, actor=actor)
    return _shown(actor, week, code)


@blueprint.put(f"{ONE}/decision")
@described_as("Recommend, return, accept or reject a proposal", "DeskProposal", IF_MATCH, body="DeskProposalDecision")
@needs_key(Verb.PROPOSALS_REVIEW)
def proposal_decide(actor: Actor, week: Week, code: str) -> Response:
    """Decide; the same decision a second time changes nothing."""
    version, body = seen_version(), sent(fields=PARTS)
    review_proposal(week.id, code, _move(body), version=version, actor=actor, **_how(body))
    return _shown(actor, week, code)


@blueprint.put(f"{ONE}/tentative-session")
@described_as("Let a submitted proposal be planned before it is decided on", "DeskProposal", IF_MATCH)
@needs_key(Verb.PROPOSALS_DECIDE)
def proposal_plan(actor: Actor, week: Week, code: str) -> Response:
    """Make a tentative session of it."""
    seen_version()
    plan_tentatively(week.id, code, actor=actor)
    return _shown(actor, week, code)


@blueprint.patch(f"{ONE}/session")
@described_as(
    "Change what is left open of the session of an accepted proposal; If-Match names the version of the session, or *",
    "DeskProposal",
    IF_MATCH,
    body="DeskProposalSession",
)
@needs_key(Verb.PROPOSALS_MAKE)
def proposal_session(actor: Actor, week: Week, code: str) -> Response:
    """Edit the session within its open fields."""
    edit_own_session(week.id, code, sent(), version=seen_version(), actor=actor)
    return _shown(actor, week, code)


@blueprint.get(f"{ONE}/comments")
@described_as("List what was said and done about a proposal", "DeskProposalEntries")
@needs_key(Verb.PROPOSALS_READ)
def proposal_comments(actor: Actor, week: Week, code: str) -> Response:
    """Answer moves and comments; to organisations without what is internal."""
    return _entries(actor, week, code)


@blueprint.post(f"{ONE}/comments")
@described_as("Say something about a proposal", "DeskProposalEntries", ONCE, status=201, body="DeskProposalComment")
@needs_key(Verb.PROPOSALS_READ)
def proposal_comment(actor: Actor, week: Week, code: str) -> Response:
    """Comment; `internal` counts for reviewers only."""
    body = sent(fields=("text", "internal"))

    def produce() -> int:
        said, internal = text(body, "text"), body.get("internal", False)
        if not isinstance(internal, bool):
            raise Invalid([FieldError("internal", "json.type")])
        return comment_proposal(week.id, code, said, internal=internal, actor=actor).id

    once_by_key(body, produce)
    answer = _entries(actor, week, code)
    answer.status_code = 201
    return answer


@blueprint.post("/weeks/<week>/proposal-decisions")
@described_as(
    "Decide on many proposals, all or none; or see what would become of each",
    "DeskProposalsDecided",
    ONCE,
    body="DeskProposalDecisions",
)
@needs_key(Verb.PROPOSALS_REVIEW)
def proposal_decisions(actor: Actor, week: Week) -> Response:
    """Answer what became of each; with `dry_run` nothing is changed."""
    body = sent("proposals", "dry_run", fields=PARTS)
    if body.get("dry_run") is True:  # looks inside a transaction of its own, which is undone
        return private(_decided(week, body, actor))
    return private(once_by_key(body, lambda: _decided(week, body, actor)))


@blueprint.post("/weeks/<week>/proposal-submissions")
@described_as(
    "Hand in those of many proposals that are complete; or see what the others lack",
    "DeskProposalsDecided",
    ONCE,
    body="DeskProposalSubmissions",
)
@needs_key(Verb.PROPOSALS_MAKE)
def proposal_submissions(actor: Actor, week: Week) -> Response:
    """Answer what became of each: what cannot be handed in stays as it is; with `dry_run` nothing is changed."""
    body = sent(fields=("proposals", "dry_run"))
    codes, dry = _named(body)
    verb = foresee_submissions if dry else submit_proposals

    def produce() -> Facts:
        return {"applied": not dry, "items": [_judged(one) for one in verb(week.id, codes, actor=actor)]}

    return private(produce() if dry else once_by_key(body, produce))


def _named(body: Facts) -> tuple[list[str], bool]:
    """Return the codes of the proposals that are named, and whether somebody only looks."""
    codes, dry = body.get("proposals", []), body.get("dry_run", False)
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise Invalid([FieldError("proposals", "json.type")])
    if not isinstance(dry, bool):
        raise Invalid([FieldError("dry_run", "json.type")])
    return codes, dry


def _decided(week: Week, body: Facts, actor: Actor) -> Facts:
    codes, dry = _named(body)
    move, how = _move(body), _how(body)
    verb = foresee_decisions if dry else decide_proposals
    return {"applied": not dry, "items": [_judged(one) for one in verb(week.id, codes, move, actor=actor, **how)]}


def _move(body: Facts) -> ProposalMove:
    name = text(body, "move")
    if name not in DECISIONS:
        raise Invalid([FieldError("move", "json.choice")])
    return ProposalMove(name)


def _how(body: Facts) -> dict[str, Any]:
    opened = body.get("open_fields", list(USUALLY_OPEN))
    if not isinstance(opened, list) or not all(isinstance(name, str) for name in opened):
        raise Invalid([FieldError("open_fields", "json.type")])
    return {"reason": text(body, "reason"), "open_fields": opened}


def _shown(actor: Actor, week: Week, code: str) -> Response:
    row = get_proposal(week.id, code, actor)
    return record(_shape(row), row.version)


def _shape(row: Proposal) -> Facts:
    session = row.session
    beside = {
        "state": row.state,
        "step": row.step,
        "submitted_at": row.submitted_at,
        "decided_at": row.decided_at,
        "session": session.code if session else None,
        "tentative": bool(session and session.tentative and not session.archived_at),
        "open_fields": row.open_fields,
        "files": [{"id": put.code, "name": put.file.name, "size": put.file.size} for put in row.files],
    }
    return {"id": row.code, "version": row.version, **told(beside), **told(values_of(PROPOSAL, row))}


def _entries(actor: Actor, week: Week, code: str) -> Response:
    rows = list_entries(get_proposal(week.id, code, actor), actor)
    items = [
        {"at": row.at, "side": row.side, "move": row.move, "internal": row.internal, "text": row.text} for row in rows
    ]
    return private(told({"items": items}))


def _judged(one: Judged) -> Facts:
    facts: Facts = {"id": one.code, "state": one.proposal.state if one.proposal else ""}
    if one.why_not is None:
        return facts | {"code": "", "detail": "", "errors": []}
    why = one.why_not
    return facts | {"code": why.code, "detail": spoken(why.code, why.facts), "errors": errors_of(why)}
