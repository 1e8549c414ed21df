"""Where a proposal may go, until when, and who stands on which side of it (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from eventweek.accounts.enums import Role, Verb
from eventweek.accounts.permissions import TABLE
from eventweek.audit.actors import Actor
from eventweek.kernel.errors import FieldError
from eventweek.programme.enums import ProposalMove, ProposalState, ReviewStep
from eventweek.programme.rules.scopes import reaches

Reason = tuple[str, dict[str, Any]]
DRAFT, SUBMITTED, RETURNED = ProposalState.DRAFT, ProposalState.SUBMITTED, ProposalState.RETURNED
EDITABLE = (DRAFT, RETURNED)
"""In which its owner changes it."""
OVER = (ProposalState.ACCEPTED, ProposalState.REJECTED, ProposalState.WITHDRAWN)
TRANSITIONS: Mapping[ProposalMove, tuple[tuple[ProposalState, ...], ProposalState]] = {
    ProposalMove.SUBMIT: (EDITABLE, SUBMITTED),
    ProposalMove.WITHDRAW: ((DRAFT, SUBMITTED, RETURNED), ProposalState.WITHDRAWN),
    ProposalMove.RECOMMEND: ((SUBMITTED,), SUBMITTED),
    ProposalMove.RETURN: ((SUBMITTED,), RETURNED),
    ProposalMove.ACCEPT: ((SUBMITTED,), ProposalState.ACCEPTED),
    ProposalMove.REJECT: ((SUBMITTED,), ProposalState.REJECTED),
}
"""From which states each move leads, and where to."""
REASONED = (ProposalMove.RETURN, ProposalMove.REJECT)
"""Moves that say why."""
DECISIONS = (ProposalMove.RECOMMEND, ProposalMove.RETURN, ProposalMove.ACCEPT, ProposalMove.REJECT)
OPENABLE = (
    *("title_zh", "title_en", "abstract_zh", "abstract_en", "text_zh", "text_en", "language"),
    *("expected", "duration_min", "days", "earliest", "latest_end", "venues", "features"),
)
"""What an owner may be left to change of the session; its kind, city and organisers never."""
USUALLY_OPEN = ("title_en", "abstract_zh", "abstract_en", "text_zh", "text_en")


class Side(StrEnum):
    """On which side of a proposal somebody stands."""

    PROPOSER = "proposer"
    CITY = "city"
    COMMITTEE = "committee"


@dataclass(frozen=True)
class Deadline:
    """The last local day on which something may come, and the instant at which that day is over."""

    day: date
    ends: datetime


@dataclass(frozen=True)
class Standing:
    """What is known of a proposal when something is to be done: where it stands, and when its week shuts."""

    state: str
    step: str
    until: Deadline


def sides_of(actor: Actor, week_id: int, organisation: str, city: str) -> frozenset[Side]:
    """Return on which sides of a proposal somebody stands, none where it does not concern them."""
    found = set()
    if _makes(actor, week_id, organisation):
        found.add(Side.PROPOSER)
    if reaches(actor, Verb.PROPOSALS_DECIDE, week_id, city=city):
        found.add(Side.COMMITTEE)
    elif reaches(actor, Verb.PROPOSALS_REVIEW, week_id, city=city):
        found.add(Side.CITY)
    return frozenset(found)


def organisations_of(actor: Actor, week_id: int) -> set[str]:
    """Return the codes of the organisations for which somebody proposes in a week."""
    return {
        grant.scope_code
        for grant in actor.grants
        if grant.week_id in (None, week_id)
        and grant.scope_kind == "organisation"
        and Verb.PROPOSALS_MAKE in TABLE[Role(grant.role)]
    }


def reviewed_cities(actor: Actor, week_id: int) -> set[str] | None:
    """Return the codes of the cities whose proposals somebody reviews in a week, None for all."""
    own = [g for g in actor.grants if g.week_id in (None, week_id) and Verb.PROPOSALS_REVIEW in TABLE[Role(g.role)]]
    if actor.administrator or any(not grant.scope_code for grant in own):
        return None
    return {grant.scope_code for grant in own if grant.scope_kind == "city"}


def why_no_move(move: ProposalMove, own: Standing, now: datetime) -> Reason | None:
    """Say why a proposal cannot go this way now; nothing where it can, or has gone there already (`is_done`)."""
    if own.state not in TRANSITIONS[move][0]:
        return "proposal.state", {"state": str(own.state)}
    if move in (ProposalMove.ACCEPT, ProposalMove.REJECT) and own.step == ReviewStep.CITY:
        return "proposal.at_city", {}
    if move == ProposalMove.SUBMIT and now >= own.until.ends:
        code = "proposal.closed" if own.state == DRAFT else "proposal.return_closed"
        return code, {"day": own.until.day.isoformat()}
    return None


def is_done(move: ProposalMove, state: str, step: str) -> bool:
    """Say whether a move would change nothing, because somebody has made it already."""
    if move == ProposalMove.RECOMMEND:
        return state == SUBMITTED and step == ReviewStep.COMMITTEE
    return state == TRANSITIONS[move][1]


def closes(first_day: date, last_day: date, days: int | None, zone: str) -> Deadline:
    """Return the deadline so many days before the first day; None: the last day itself. It ends at local midnight."""
    day = last_day if days is None else first_day - timedelta(days=days)
    over = datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone))
    return Deadline(day, over.astimezone(UTC))


def first_step(step: str, *, has_reviewers: bool) -> ReviewStep:
    """Return who looks at a proposal that is submitted: whoever has returned it, else its city, if that reviews."""
    if step == ReviewStep.COMMITTEE or not has_reviewers:
        return ReviewStep.COMMITTEE
    return ReviewStep.CITY


def lacking(values: Mapping[str, Any]) -> list[FieldError]:
    """Name what a proposal must say before it is submitted."""
    errors = [FieldError(name, "field.required") for name in ("kind", "contact_name") if not values[name]]
    if not values["expected"]:
        errors.append(FieldError("expected", "field.required"))
    if not any(values[f"{stem}_{tongue}"] for stem in ("abstract", "text") for tongue in ("zh", "en")):
        errors.append(FieldError("abstract_zh", "field.required"))
    if not values["contact_phone"] and not values["contact_email"]:
        errors.append(FieldError("contact_phone", "proposal.contact"))
    return errors


def _makes(actor: Actor, week_id: int, organisation: str) -> bool:
    return actor.administrator or organisation in organisations_of(actor, week_id)
