"""Where proposals go: submitted, withdrawn, recommended, returned, accepted, rejected; and what is said on the way."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, in_action, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.text import clean_text
from eventweek.programme.actions.proposals.becoming import admit, dismiss, follow
from eventweek.programme.actions.proposals.telling import tell_proposer
from eventweek.programme.actions.proposals.writing import locked_proposal, refuse_others
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.actions.writing import keep
from eventweek.programme.enums import ProposalMove, ProposalState, ReviewStep
from eventweek.programme.models import Proposal, ProposalEntry, Week
from eventweek.programme.queries.proposals import deadlines_of, has_reviewers, list_named, sides
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.proposals import (
    REASONED,
    TRANSITIONS,
    USUALLY_OPEN,
    Side,
    Standing,
    first_step,
    is_done,
    lacking,
    why_no_move,
)
from eventweek.programme.rules.subjects import PROPOSAL

LONGEST = 2000
MOST = 200
"""How many are decided on, or submitted, at once."""
VERBS = {
    ProposalMove.RECOMMEND: Verb.PROPOSALS_REVIEW,
    ProposalMove.RETURN: Verb.PROPOSALS_REVIEW,
    ProposalMove.ACCEPT: Verb.PROPOSALS_DECIDE,
    ProposalMove.REJECT: Verb.PROPOSALS_DECIDE,
}
DONE = {
    ProposalMove.SUBMIT: "proposal.submit",
    ProposalMove.WITHDRAW: "proposal.withdraw",
    ProposalMove.RECOMMEND: "proposal.recommend",
    ProposalMove.RETURN: "proposal.return",
    ProposalMove.ACCEPT: "proposal.accept",
    ProposalMove.REJECT: "proposal.reject",
}
"""What the audit calls each move."""


@dataclass(frozen=True)
class Judged:
    """A proposal among many that go somewhere at once, and why it cannot go along (None: it can)."""

    code: str
    proposal: Proposal | None
    why_not: Refusal | None = None


class _Foreseen(Exception):
    """Carries what was seen out of a transaction that shall leave nothing behind."""


def submit_proposal(week_id: int, code: str, *, actor: Actor, version: int | None = None) -> Proposal:
    """Hand a draft, or one that came back, to its reviewers. A second call changes nothing.

    Raises: Refusal permission.denied, week.archived, proposal.not_found, proposal.state, proposal.closed,
        proposal.return_closed, version.stale; Invalid with what is still missing.
    """
    with transaction():
        week, own = locked_proposal(week_id, code, Verb.PROPOSALS_MAKE, actor)
        _submit(week, own, actor, version)
    return own


def submit_proposals(week_id: int, codes: Sequence[str], *, actor: Actor) -> list[Judged]:
    """Hand in all that are complete; each of the others stays as it is, with why. A second call changes nothing.

    Raises: Refusal permission.denied, week.archived, proposal.nobody, proposal.too_many.
    """
    with transaction():
        return _submit_each(week_id, codes, actor)


def foresee_submissions(week_id: int, codes: Sequence[str], *, actor: Actor) -> list[Judged]:
    """Return which of these would be handed in, and what the others lack; it is done, looked at and undone.

    Raises: what submit_proposals raises; RuntimeError inside another action, which would keep it.
    """
    return _undone(lambda: _submit_each(week_id, codes, actor), week_id, codes, actor)


def withdraw_proposal(
    week_id: int, code: str, *, actor: Actor, reason: str = "", version: int | None = None
) -> Proposal:
    """Take a proposal back that nobody has decided on. A second call changes nothing.

    Raises: Refusal permission.denied, week.archived, proposal.not_found, proposal.state, version.stale, text.too_long.
    """
    with transaction():
        week, own = locked_proposal(week_id, code, Verb.PROPOSALS_MAKE, actor)
        if is_done(ProposalMove.WITHDRAW, own.state, own.step):
            return own
        _refuse(ProposalMove.WITHDRAW, week, own, version)
        dismiss(own, actor)
        _go(own, ProposalMove.WITHDRAW, Side.PROPOSER, clean_text(reason, LONGEST), actor)
    return own


def review_proposal(
    week_id: int,
    code: str,
    move: ProposalMove,
    *,
    actor: Actor,
    reason: str = "",
    version: int | None = None,
    open_fields: Collection[str] = USUALLY_OPEN,
) -> Proposal:
    """Recommend, return, accept or reject one. The same move a second time changes nothing.

    `open_fields`: what the owner of an accepted one may still change of its session.
    Raises: Refusal permission.denied, week.archived, proposal.not_found, proposal.state, proposal.at_city,
        proposal.at_committee, version.stale, text.too_long; Invalid with `reason` or `open_fields`.
    """
    with transaction():
        week, own = locked_proposal(week_id, code, VERBS[move], actor)
        _decide(week, own, move, reason, open_fields, actor, version)
    return own


def decide_proposals(
    week_id: int,
    codes: Sequence[str],
    move: ProposalMove,
    *,
    actor: Actor,
    reason: str = "",
    open_fields: Collection[str] = USUALLY_OPEN,
) -> list[Judged]:
    """Do the same to many, or to none of them where one cannot go along.

    Raises: Refusal permission.denied, week.archived, proposal.nobody, proposal.too_many, text.too_long, proposal.bulk
        with `judged`; Invalid with `reason`.
    """
    with transaction():
        judged = _judge(week_id, codes, move, actor, reason, open_fields)
        if refused := [one for one in judged if one.why_not]:
            raise Refusal("proposal.bulk", count=len(refused), judged=judged)
    return judged


def foresee_decisions(
    week_id: int,
    codes: Sequence[str],
    move: ProposalMove,
    *,
    actor: Actor,
    reason: str = "",
    open_fields: Collection[str] = USUALLY_OPEN,
) -> list[Judged]:
    """Return what would become of each if all were decided so; it is done, looked at and undone.

    Raises: what decide_proposals raises, but proposal.bulk; RuntimeError inside another action, which would keep it.
    """
    return _undone(lambda: _judge(week_id, codes, move, actor, reason, open_fields), week_id, codes, actor)


def comment_proposal(week_id: int, code: str, text: str, *, actor: Actor, internal: bool = False) -> ProposalEntry:
    """Say something about a proposal; `internal`: the proposer never sees it. Others' words go to the proposer by mail.

    Raises: Refusal permission.denied, week.archived, proposal.not_found, text.too_long; Invalid with `text`.
    """
    with transaction():
        week, own = locked_proposal(week_id, code, Verb.PROPOSALS_READ, actor)
        said = clean_text(text, LONGEST)
        if not said:
            raise Invalid([FieldError("text", "field.required")])
        side = _side(actor, own)
        hidden = internal and side != Side.PROPOSER
        entry = _note(own, side, said, actor, internal=hidden)
        record(actor, "proposal.comment", "proposal", code, week_id=week.id, internal=hidden)
        if side != Side.PROPOSER and not hidden:
            tell_proposer(own, "comment", said, f"entry{entry.id}")
    return entry


def _undone(judge: Callable[[], list[Judged]], week_id: int, codes: Sequence[str], actor: Actor) -> list[Judged]:
    """Return what is judged in a transaction that leaves nothing behind, each proposal as it stands, read at once."""
    if in_action():
        raise RuntimeError("a look ahead must be undone as a whole")
    seen: list[Judged] = []
    try:
        with transaction():
            seen = judge()
            raise _Foreseen
    except _Foreseen:
        list_named(week_id, codes, actor=actor)
        return seen


def _submit_each(week_id: int, codes: Sequence[str], actor: Actor) -> list[Judged]:
    week, known = _wanted(week_id, codes, Verb.PROPOSALS_MAKE, actor)

    def submit(own: Proposal) -> None:
        refuse_others(own, actor)
        _submit(week, own, actor)

    return [_judged(code, own, submit) for code, own in known.items()]


def _judge(
    week_id: int,
    codes: Sequence[str],
    move: ProposalMove,
    actor: Actor,
    reason: str,
    open_fields: Collection[str],
) -> list[Judged]:
    """Do it to each that can go along; inside the caller's transaction, which undoes it where one cannot."""
    week, known = _wanted(week_id, codes, VERBS[move], actor)
    _reasoned(move, reason)

    def decide(own: Proposal) -> None:
        _decide(week, own, move, reason, open_fields, actor)

    return [_judged(code, own, decide) for code, own in known.items()]


def _wanted(week_id: int, codes: Sequence[str], verb: Verb, actor: Actor) -> tuple[Week, dict[str, Proposal | None]]:
    """Return the locked week, and by its code each proposal that is named, locked; None where it concerns others."""
    require(actor, verb, week_id)
    week, wanted = editable_week(week_id), list(dict.fromkeys(codes))
    if not wanted:
        raise Refusal("proposal.nobody")
    if len(wanted) > MOST:
        raise Refusal("proposal.too_many", most=MOST)
    known = {own.code: own for own in list_named(week.id, wanted, actor=actor, lock=True)}
    return week, {code: known.get(code) for code in wanted}


def _judged(code: str, own: Proposal | None, do: Callable[[Proposal], None]) -> Judged:
    """Do it to one of many, and say why it cannot be done; what refuses does so before it writes."""
    try:
        if own is None:
            raise Refusal("proposal.not_found")
        do(own)
    except Refusal as refusal:
        return Judged(code, own, refusal)
    return Judged(code, own)


def _submit(week: Week, own: Proposal, actor: Actor, version: int | None = None) -> None:
    if is_done(ProposalMove.SUBMIT, own.state, own.step):
        return
    _refuse(ProposalMove.SUBMIT, week, own, version)
    if errors := lacking(values_of(PROPOSAL, own)):
        raise Invalid(errors)
    follow(week, own, actor)
    own.submitted_at = now()
    city = own.city.code if own.city else ""
    own.step = first_step(own.step, has_reviewers=has_reviewers(week.id, city))
    _go(own, ProposalMove.SUBMIT, Side.PROPOSER, "", actor)


def _decide(
    week: Week,
    own: Proposal,
    move: ProposalMove,
    reason: str,
    open_fields: Collection[str],
    actor: Actor,
    version: int | None = None,
) -> None:
    side = _side(actor, own)
    if side == Side.PROPOSER:
        raise Refusal("permission.denied", verb=str(VERBS[move]))
    if is_done(move, own.state, own.step):
        return
    if side == Side.CITY and own.step == ReviewStep.COMMITTEE and own.state == ProposalState.SUBMITTED:
        raise Refusal("proposal.at_committee")
    _refuse(move, week, own, version)
    said = _reasoned(move, reason)
    if move == ProposalMove.RECOMMEND:
        own.step = ReviewStep.COMMITTEE
    elif move == ProposalMove.ACCEPT:
        admit(week, own, open_fields, actor)
    elif move == ProposalMove.REJECT:
        dismiss(own, actor)
    if move in (ProposalMove.ACCEPT, ProposalMove.REJECT):
        own.decided_at = now()
    _go(own, move, side, said, actor)


def _go(own: Proposal, move: ProposalMove, side: Side, text: str, actor: Actor) -> None:
    """Write the new state with its entry, its history and the mail to the proposer."""
    old, own.state = own.state, TRANSITIONS[move][1]
    _note(own, side, text, actor, move=move)
    turned = {"state": [old, str(own.state)], "step": str(own.step)}
    keep(actor, str(move), PROPOSAL, own, {"state": turned["state"]})
    record(actor, DONE[move], "proposal", own.code, week_id=own.week_id, **turned)
    tell_proposer(own, str(move), text, f"v{own.version}")


def _refuse(move: ProposalMove, week: Week, own: Proposal, version: int | None) -> None:
    """Let a move go on that was asked for with this version in mind (None: whatever stands).

    Raises: Refusal proposal.*, version.stale with both states.
    """
    ends = deadlines_of(week)
    standing = Standing(own.state, own.step, ends.proposing if own.submitted_at is None else ends.returning)
    why = why_no_move(move, standing, now())
    if why:
        raise Refusal(why[0], **why[1])
    if version is not None and version != own.version:
        both = {"field": "state", "mine": str(TRANSITIONS[move][1]), "theirs": own.state}
        raise Refusal("version.stale", fields=[both], version=own.version)


def _reasoned(move: ProposalMove, reason: str) -> str:
    said = clean_text(reason, LONGEST)
    if move in REASONED and not said:
        raise Invalid([FieldError("reason", "field.required")])
    return said


def _side(actor: Actor, own: Proposal) -> Side:
    """Return in whose name somebody speaks: the committee's before the city's before the proposer's."""
    found = sides(actor, own)
    return next(side for side in (Side.COMMITTEE, Side.CITY, Side.PROPOSER) if side in found)


def _note(own: Proposal, side: Side, text: str, actor: Actor, **how: Any) -> ProposalEntry:
    entry = ProposalEntry(proposal_id=own.id, at=now(), user_id=actor.id, side=str(side), text=text, **how)
    db.session.add(entry)
    db.session.flush()
    return entry
