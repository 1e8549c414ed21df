"""Reads of proposals, each only as far as the reader stands on one of its sides."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from eventweek.accounts.enums import Role
from eventweek.accounts.models import User
from eventweek.audit.actors import Actor
from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.errors import Refusal
from eventweek.programme.enums import ProposalState, ReviewStep
from eventweek.programme.models import City, Grant, Organisation, Proposal, ProposalEntry, ProposalFile, Session, Week
from eventweek.programme.queries.masters import named
from eventweek.programme.rules.proposals import Deadline, Side, closes, organisations_of, reviewed_cities, sides_of

ENTRIES = joinedload(ProposalEntry.user)


@dataclass(frozen=True)
class ProposalFilter:
    """Which proposals to show; empty fields ask for all. `kind`, `city`, `organisation`: codes."""

    words: str = ""
    state: str = ""
    step: str = ""
    kind: str = ""
    city: str = ""
    organisation: str = ""


@dataclass(frozen=True)
class Deadlines:
    """Until when may be proposed, and until when what was returned may come back."""

    proposing: Deadline
    returning: Deadline


def deadlines_of(week: Week) -> Deadlines:
    """Return the deadlines of a week; what is not set ends with the week."""
    first, last, zone = week.first_day, week.last_day, week.timezone
    return Deadlines(
        closes(first, last, week.proposing_ends_days, zone),
        closes(first, last, week.returning_ends_days, zone),
    )


def sides(actor: Actor, own: Proposal) -> frozenset[Side]:
    """Return on which sides of a proposal somebody stands; nobody but its proposer sees what was never submitted."""
    city = own.city.code if own.city else ""
    found = sides_of(actor, own.week_id, own.organisation.code, city)
    if own.submitted_at is None and Side.PROPOSER not in found:
        return frozenset()
    return found


def get_proposal(week_id: int, code: str, actor: Actor, *, lock: bool = False) -> Proposal:
    """Return a proposal that concerns the actor; with `lock` as it is now, until the transaction ends.

    Raises: Refusal proposal.not_found, also for one that does not concern them.
    """
    query = select(Proposal).where(Proposal.week_id == week_id, Proposal.code == code)
    if lock:
        query = query.with_for_update(of=Proposal).execution_options(populate_existing=True)
    own = db.session.scalar(query.options(*_told()))
    if own is None or not sides(actor, own):
        raise Refusal("proposal.not_found")
    return own


def list_proposals(
    week_id: int, wanted: ProposalFilter, window: Callable[[int], tuple[int, int]], *, actor: Actor
) -> tuple[list[Proposal], int]:
    """Return the proposals that concern the actor, the last touched first, and how many there are."""
    query = select(Proposal).join(Proposal.organisation).where(*_terms(week_id, wanted, actor))
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    offset, limit = window(total)
    rows = query.order_by(func.coalesce(Proposal.submitted_at, Proposal.made_at).desc(), Proposal.id.desc())
    return list(db.session.scalars(rows.offset(offset).limit(limit).options(*_told()))), total


def list_named(week_id: int, codes: Collection[str], *, actor: Actor, lock: bool = False) -> list[Proposal]:
    """Return those proposals of these codes that concern the actor, in the order of their ids."""
    query = select(Proposal).where(_concerns(week_id, actor), Proposal.code.in_(codes)).order_by(Proposal.id)
    if lock:
        query = query.with_for_update(of=Proposal).execution_options(populate_existing=True)
    return list(db.session.scalars(query.options(*_told())))


def count_states(week_id: int, *, actor: Actor) -> dict[str, int]:
    """Return how many of the proposals that concern the actor stand where; those at the city as `city`."""
    place: Any = Proposal.state
    query = select(place, Proposal.step, func.count()).where(_concerns(week_id, actor)).group_by(place, Proposal.step)
    found: dict[str, int] = {}
    for state, step, count in db.session.execute(query):
        name = str(step) if state == ProposalState.SUBMITTED else str(state)
        found[name] = found.get(name, 0) + count
    return found


def count_waiting(week_id: int, *, actor: Actor) -> int:
    """Return how many submitted proposals wait for the actor: at the committee, or at the actor's own cities."""
    cities = reviewed_cities(actor, week_id)
    if cities is not None and not cities:
        return 0
    step = ReviewStep.COMMITTEE if cities is None else ReviewStep.CITY
    terms = [Proposal.week_id == week_id, Proposal.state == ProposalState.SUBMITTED, Proposal.step == step]
    if cities is not None:
        terms.append(Proposal.city_id.in_(select(City.id).where(City.code.in_(cities))))
    return db.session.scalar(select(func.count()).select_from(Proposal).where(*terms)) or 0


def list_entries(own: Proposal, actor: Actor) -> list[ProposalEntry]:
    """Return what was said and done; to whoever only proposes without what is internal."""
    query = select(ProposalEntry).where(ProposalEntry.proposal_id == own.id)
    if sides(actor, own) <= {Side.PROPOSER}:
        query = query.where(~ProposalEntry.internal)
    return list(db.session.scalars(query.order_by(ProposalEntry.id).options(ENTRIES)))


def find_file(own: Proposal, code: str) -> ProposalFile | None:
    """Return a file of a proposal by its code."""
    return next((file for file in own.files if file.code == code), None)


def has_reviewers(week_id: int, city: str) -> bool:
    """Say whether somebody looks at the proposals of a city (its code) before the committee does."""
    own = (Grant.week_id == week_id, Grant.role == str(Role.CITY), Grant.scope_code == city)
    active = select(Grant.id).join(User, User.id == Grant.user_id).where(*own, User.disabled_at.is_(None))
    return bool(city) and db.session.scalar(active.limit(1)) is not None


def list_own_organisations(week_id: int, actor: Actor) -> list[Organisation]:
    """Return the organisations for which somebody proposes in a week; an administrator for any."""
    query = select(Organisation).where(Organisation.archived_at.is_(None))
    if not actor.administrator:
        query = query.where(Organisation.code.in_(organisations_of(actor, week_id)))
    return list(db.session.scalars(query.order_by(Organisation.__table__.c.name_zh, Organisation.id)))


def find_proposal_of(session: Session, actor: Actor) -> Proposal | None:
    """Return the proposal of which a session was made, where it concerns the actor."""
    if not session.source_key.startswith("proposal:"):
        return None
    own = db.session.scalar(select(Proposal).where(Proposal.session_id == session.id).options(*_told()))
    return own if own and sides(actor, own) else None


def list_tentative(week_id: int) -> list[tuple[str, Bilingual]]:
    """Return code and title of each session of a week that no release publishes, because nobody has decided on it."""
    held = (Session.week_id == week_id, Session.tentative, Session.archived_at.is_(None))
    query = select(Session.code, Session.title).where(*held, Session.cancelled_at.is_(None)).order_by(Session.id)
    return [(code, title) for code, title in db.session.execute(query)]


def list_proposing_organisations(week_id: int, *, actor: Actor) -> list[tuple[str, Bilingual]]:
    """Return code and name of each organisation with proposals that concern the actor."""
    ids = select(Proposal.organisation_id).where(_concerns(week_id, actor))
    query = select(Organisation.code, Organisation.name).where(Organisation.id.in_(ids))
    return [(code, name) for code, name in db.session.execute(query.order_by(Organisation.__table__.c.name_zh))]


def _concerns(week_id: int, actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a proposal of the week concerns somebody."""
    own, cities = organisations_of(actor, week_id), reviewed_cities(actor, week_id)
    mine = Proposal.organisation_id.in_(select(Organisation.id).where(Organisation.code.in_(own)))
    if actor.administrator:
        return Proposal.week_id == week_id
    reviewed: Any = true() if cities is None else false()
    if cities:
        reviewed = Proposal.city_id.in_(select(City.id).where(City.code.in_(cities)))
    return and_(Proposal.week_id == week_id, or_(mine, and_(Proposal.submitted_at.is_not(None), reviewed)))


def _terms(week_id: int, wanted: ProposalFilter, actor: Actor) -> list[ColumnElement[bool]]:
    terms = [_concerns(week_id, actor), *named(wanted.words, [Proposal, Organisation])]
    for name in ("state", "step"):
        if value := getattr(wanted, name):
            terms.append(getattr(Proposal, name) == value)
    if wanted.kind:
        terms.append(Proposal.kind.has(code=wanted.kind))
    if wanted.city:
        terms.append(Proposal.city.has(code=wanted.city))
    if wanted.organisation:
        terms.append(Proposal.organisation.has(code=wanted.organisation))
    return terms


def _told() -> list[ORMOption]:
    one = (Proposal.organisation, Proposal.kind, Proposal.city, Proposal.session, Proposal.maker)
    many = (Proposal.days, Proposal.venues, Proposal.features)
    files: ORMOption = selectinload(Proposal.files).joinedload(ProposalFile.file)
    return [*map(joinedload, one), *map(selectinload, many), files]
