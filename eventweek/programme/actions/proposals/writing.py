"""What organisations do to their proposals: write them, with files, until they are decided on."""

from collections.abc import Mapping
from typing import Any

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel import files, uploads
from eventweek.kernel.addresses import parse_address
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Refusal
from eventweek.programme.actions.attachments import kept_file
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.actions.writing import Check, Values, change, make, told
from eventweek.programme.enums import ReviewStep
from eventweek.programme.models import Proposal, ProposalFile, Week
from eventweek.programme.queries.directory import Directory
from eventweek.programme.queries.proposals import deadlines_of, find_file, get_proposal
from eventweek.programme.rules.checks import hours_too_short, window
from eventweek.programme.rules.proposals import EDITABLE, Side, sides_of
from eventweek.programme.rules.subjects import PROPOSAL

MOST_FILES = 10


def create_proposal(week_id: int, values: Mapping[str, object], *, actor: Actor) -> Proposal:
    """Write a draft for one of the actor's own organisations.

    Raises: Refusal permission.denied, week.not_found, week.archived, proposal.closed; Invalid.
    """
    with transaction():
        require(actor, Verb.PROPOSALS_MAKE, week_id)
        week = editable_week(week_id)
        _refuse_closed(week)
        own = draw_proposal(week, values, actor)
        record(actor, "proposal.create", "proposal", own.code, week_id=week.id)
    return own


def draw_proposal(week: Week, values: Mapping[str, object], actor: Actor) -> Proposal:
    """Write a draft inside the caller's transaction.

    Raises: Invalid.
    """
    how: Any = {"check": check_proposal(week, actor), "made_by": actor.id, "made_at": now(), "week_id": week.id}
    own: Proposal = make(PROPOSAL, values, Directory(week.id, zone=week.timezone), actor=actor, **how)
    return own


def edit_proposal(
    week_id: int, code: str, values: Mapping[str, object], *, version: int | None, actor: Actor
) -> Proposal:
    """Change the given fields of the version that the actor has seen (None: whatever stands).

    One that goes to another city is looked at by that city first.
    Raises: Refusal permission.denied, week.archived, proposal.not_found, proposal.state, version.stale; Invalid.
    """
    with transaction():
        week, own = locked_proposal(week_id, code, Verb.PROPOSALS_MAKE, actor)
        directory, check = Directory(week.id, zone=week.timezone), check_proposal(week, actor)
        _refuse_settled(own)
        changes = change(PROPOSAL, own, values, directory, check=check, version=version, actor=actor)
        if "city" in changes:
            own.step = ReviewStep.NONE
        if changes:
            record(actor, "proposal.edit", "proposal", code, week_id=week.id, **told(PROPOSAL, changes))
    return own


def add_proposal_file(
    week_id: int, code: str, content: bytes, name: str, *, largest: int, actor: Actor
) -> ProposalFile:
    """Put a file of at most `largest` bytes beside a proposal; the same one again is that one.

    Raises: Refusal permission.denied, week.archived, proposal.not_found, proposal.state, proposal.files, upload.*,
        file.disk_full.
    """
    require(actor, Verb.PROPOSALS_MAKE, week_id)
    get_proposal(week_id, code, actor)
    known, digest = uploads.recognise(content, name, largest), files.keep(content)
    with transaction():
        week, own = locked_proposal(week_id, code, Verb.PROPOSALS_MAKE, actor)
        _refuse_settled(own)
        file = kept_file(digest, known, len(content), actor)
        same = next((one for one in own.files if one.attachment_id == file.id), None)
        if same is not None:
            return same
        if len(own.files) >= MOST_FILES:
            raise Refusal("proposal.files", most=MOST_FILES)
        put = ProposalFile(proposal_id=own.id, file=file, at=now())
        db.session.add(put)
        db.session.flush()
        record(actor, "proposal.file", "proposal", code, week_id=week.id, added=put.code)
    return put


def remove_proposal_file(week_id: int, code: str, file: str, *, actor: Actor) -> None:
    """Take a file away from a proposal. A second call changes nothing.

    Raises: Refusal permission.denied, week.archived, proposal.not_found, proposal.state.
    """
    with transaction():
        week, own = locked_proposal(week_id, code, Verb.PROPOSALS_MAKE, actor)
        _refuse_settled(own)
        found = find_file(own, file)
        if found is not None:
            own.files.remove(found)
            record(actor, "proposal.file", "proposal", code, week_id=week.id, removed=file)


def locked_proposal(week_id: int, code: str, verb: Verb, actor: Actor) -> tuple[Week, Proposal]:
    """Return a proposal and its locked week for a change; inside the caller's transaction.

    Raises: Refusal permission.denied, week.not_found, week.archived, proposal.not_found.
    """
    require(actor, verb, week_id)
    week = editable_week(week_id)
    own = get_proposal(week.id, code, actor, lock=True)
    if verb == Verb.PROPOSALS_MAKE:
        refuse_others(own, actor)
    return week, own


def refuse_others(own: Proposal, actor: Actor) -> None:
    """Let those go on who propose for the organisation of a proposal.

    Raises: Refusal permission.denied.
    """
    if Side.PROPOSER not in sides_of(actor, own.week_id, own.organisation.code, ""):
        raise Refusal("permission.denied", verb=str(Verb.PROPOSALS_MAKE))


def check_proposal(week: Week, actor: Actor) -> Check:
    """Return the rules of a proposal: days of the week, hours that hold it, an organisation of the actor's own."""
    allowed = window((entry.day for entry in week.days), week.first_day, week.last_day)

    def check(whole: Values, _row: Any, _directory: Directory) -> list[FieldError]:
        errors = [
            FieldError(f"days.{n}", "day.outside_week", {"day": day.isoformat()})
            for n, day in enumerate(whole["days"])
            if day not in allowed
        ]
        errors += hours_too_short(whole) + _address(whole["contact_email"])
        if Side.PROPOSER not in sides_of(actor, week.id, whole["organisation"], ""):
            errors.append(FieldError("organisation", "proposal.organisation"))
        return errors

    return check


def _address(text: str) -> list[FieldError]:
    try:
        if text:
            parse_address(text)
    except Refusal as refusal:
        return [FieldError("contact_email", refusal.code)]
    return []


def _refuse_settled(own: Proposal) -> None:
    if own.state not in EDITABLE:
        raise Refusal("proposal.state", state=own.state)


def _refuse_closed(week: Week) -> None:
    until = deadlines_of(week).proposing
    if now() >= until.ends:
        raise Refusal("proposal.closed", day=until.day.isoformat())
