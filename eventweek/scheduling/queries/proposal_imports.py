"""Filled templates of proposals: which there are, one by its code, and what their rows may name."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from eventweek.audit.actors import Actor
from eventweek.imports.queries import get_brought
from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.errors import Refusal
from eventweek.programme.enums import ProposalState
from eventweek.programme.models import City, Feature, Kind, Organisation, Proposal, Venue, Week, WeekCity
from eventweek.programme.rules.proposals import Side, sides_of
from eventweek.scheduling.formats.sheets.names import Names
from eventweek.scheduling.models import ProposalImport


def get_proposal_import(week_id: int, code: str, *, actor: Actor) -> ProposalImport:
    """Return a filled template of an organisation for which the actor proposes.

    Raises: Refusal import.not_found.
    """
    own = get_brought(ProposalImport, week_id, code)
    if Side.PROPOSER not in sides_of(actor, week_id, own.organisation, ""):
        raise Refusal("import.not_found")
    return own


def list_proposal_imports(week_id: int, *, actor: Actor, most: int = 20) -> Sequence[ProposalImport]:
    """Return the last filled templates of the actor's organisations, the newest first."""
    query = select(ProposalImport).where(ProposalImport.week_id == week_id).order_by(ProposalImport.id.desc())
    rows = db.session.scalars(query.limit(most * 10))
    return [own for own in rows if Side.PROPOSER in sides_of(actor, week_id, own.organisation, "")][:most]


def proposal_names(week: Week) -> Names:
    """Return the names that the rows of a template may use: kinds, cities of the week, their venues, equipment."""
    names, cities = Names(), select(WeekCity.city_id).where(WeekCity.week_id == week.id)
    queries: dict[str, Any] = {
        "kind": select(Kind).where(Kind.week_id == week.id, Kind.archived_at.is_(None)).order_by(Kind.position),
        "city": select(City).where(City.id.in_(cities)).order_by(City.code),
        "venue": select(Venue).where(Venue.city_id.in_(cities), Venue.archived_at.is_(None)).order_by(Venue.id),
        "feature": select(Feature).where(Feature.archived_at.is_(None)).order_by(Feature.code),
    }
    for subject, query in queries.items():
        for row in db.session.scalars(query):
            names.add(subject, row.code, [row.name.zh, row.name.en])
    return names


def titles_of(week_id: int, organisation: str) -> set[Bilingual]:
    """Return the titles of what an organisation proposes and has not given up."""
    over = (ProposalState.REJECTED, ProposalState.WITHDRAWN)
    query = select(Proposal.title).join(Organisation, Organisation.id == Proposal.organisation_id)
    own = (Proposal.week_id == week_id, Organisation.code == organisation, Proposal.state.not_in(over))
    return set(db.session.scalars(query.where(*own)))
