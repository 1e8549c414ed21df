"""How a proposal becomes a session: tentative while nobody has decided, then one that its owner may still edit."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import or_, select

from eventweek.accounts.enums import Verb
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.actions.proposals.writing import locked_proposal
from eventweek.programme.actions.sessions import bring_back, check_session, fresh_session
from eventweek.programme.actions.verbs import shelve
from eventweek.programme.actions.writing import change, keep, make, told, touch
from eventweek.programme.enums import OrganisationRole, ProposalState
from eventweek.programme.models import Person, Proposal, Session, Week
from eventweek.programme.queries.directory import Directory
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.checks import is_locked, outgrown
from eventweek.programme.rules.proposals import OPENABLE
from eventweek.programme.rules.subjects import PROPOSAL, SESSION
from eventweek.programme.rules.values import shown

TAKEN_OVER = ("kind", "city", *OPENABLE)
"""What a session takes from its proposal."""


def plan_tentatively(week_id: int, code: str, *, actor: Actor) -> Proposal:
    """Let a submitted proposal be planned before anybody decides on it. A second call changes nothing.

    Raises: Refusal permission.denied, week.archived, proposal.not_found, proposal.state; Invalid.
    """
    with transaction():
        week, own = locked_proposal(week_id, code, Verb.PROPOSALS_DECIDE, actor)
        if own.session is not None:
            return own
        if own.state != ProposalState.SUBMITTED:
            raise Refusal("proposal.state", state=own.state)
        session = _make_session(week, own, actor, tentative=True)
        record(actor, "proposal.tentative", "proposal", code, week_id=week.id, session=session.code)
    return own


def edit_accepted(
    week_id: int, code: str, values: Mapping[str, object], *, version: int | None, actor: Actor
) -> Session:
    """Let the owner of an accepted proposal change its session in what the committee has left open.

    `version`: of the session as the actor has seen it. The public learns of it by the next release.
    Raises: Refusal permission.denied, week.archived, proposal.not_found, proposal.not_accepted, permit.locked,
        version.stale; Invalid with proposal.field_closed.
    """
    with transaction():
        week, own = locked_proposal(week_id, code, Verb.PROPOSALS_MAKE, actor)
        session = own.session
        if own.state != ProposalState.ACCEPTED or session is None or session.archived_at or session.cancelled_at:
            raise Refusal("proposal.not_accepted")
        closed = [FieldError(shown(name), "proposal.field_closed") for name in values if name not in own.open_fields]
        if closed:
            raise Invalid(closed)
        old = values_of(SESSION, session)
        directory = Directory(week.id, zone=week.timezone)
        changes = change(SESSION, session, values, directory, check=check_session(week), version=version, actor=actor)
        grown = outgrown(old, old | {name: new for name, (_old, new) in changes.items()})
        if grown and is_locked(session.permit_status):
            raise Refusal("permit.locked", fields=grown)
        if changes:
            record(actor, "session.edit", "session", session.code, week_id=week.id, **told(SESSION, changes))
    return session


def admit(week: Week, own: Proposal, open_fields: Collection[str], actor: Actor) -> None:
    """Make the session of a proposal that is accepted, or lift what was tentative; in the caller's transaction.

    Raises: Invalid.
    """
    wrong = [FieldError("open_fields", "choice.unknown", {"choices": "、".join(OPENABLE)})]
    if not set(open_fields) <= set(OPENABLE):
        raise Invalid(wrong)
    own.open_fields = [name for name in OPENABLE if name in open_fields]
    session = own.session
    if session is None:
        _make_session(week, own, actor, tentative=False)
        return
    bring_back([session], actor)
    if session.tentative:
        session.tentative = False
        db.session.flush()
        keep(actor, "edit", SESSION, session, {"tentative": [True, False]})
        record(actor, "session.edit", "session", session.code, week_id=week.id, tentative=[True, False])


def dismiss(own: Proposal, actor: Actor) -> None:
    """Take the tentative session of a proposal that comes to nothing out of the programme."""
    if own.session is not None and shelve(SESSION, own.session, True, actor):
        record(actor, "session.archive", "session", own.session.code, week_id=own.week_id)


def follow(week: Week, own: Proposal, actor: Actor) -> None:
    """Let the tentative session of a proposal that comes back say what the proposal says by now.

    Raises: Invalid.
    """
    session = own.session
    if session is None or is_locked(session.permit_status):
        return
    directory = Directory(week.id, zone=week.timezone)
    values = _values(own, directory)
    if values["duration_min"] is None:
        del values["duration_min"]
    values = {name: value for name, value in values.items() if name in TAKEN_OVER}
    changes = change(SESSION, session, values, directory, check=check_session(week), actor=actor)
    if changes:
        record(actor, "session.edit", "session", session.code, week_id=week.id, **told(SESSION, changes))


def _make_session(week: Week, own: Proposal, actor: Actor, *, tentative: bool) -> Session:
    directory = Directory(week.id, zone=week.timezone)
    how = fresh_session(week, week_id=week.id, source_key=f"proposal:{own.code}", tentative=tentative)
    session: Session = make(SESSION, _values(own, directory), directory, actor=actor, **how)
    own.session_id, own.session = session.id, session
    touch(own)
    db.session.flush()
    keep(actor, "edit", PROPOSAL, own, {"session": [None, session.code]})
    record(actor, "session.create", "session", session.code, week_id=week.id, proposal=own.code)
    return session


def _values(own: Proposal, directory: Directory) -> dict[str, Any]:
    values = values_of(PROPOSAL, own, directory, TAKEN_OVER)
    values["organisations"] = [{"organisation": own.organisation.code, "role": str(OrganisationRole.ORGANISER)}]
    values["people"] = _known_people(own)
    return values


def _known_people(own: Proposal) -> list[dict[str, str]]:
    """Return those of its people whom the programme knows by the same name and unit, once; the others stay words."""
    names = {row["name"] for row in own.people if row["affiliation"]}
    table = Person.__table__.c
    by_name = or_(table.name_zh.in_(names), table.name_en.in_(names))
    known = list(db.session.scalars(select(Person).where(by_name, Person.archived_at.is_(None)))) if names else []
    found = []
    for row in own.people:
        same = [
            one
            for one in known
            if row["name"] in (one.name.zh, one.name.en)
            and row["affiliation"] in (one.affiliation.zh, one.affiliation.en)
        ]
        if row["affiliation"] and len(same) == 1:
            found.append({"person": same[0].code, "role": row["role"]})
    return found
