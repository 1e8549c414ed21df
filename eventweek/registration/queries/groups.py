"""Groups of units: by their secret or code, and the people in them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import contains_eager, selectinload

from eventweek.kernel.db import db
from eventweek.registration.enums import LIVE
from eventweek.registration.groups import digest_of_group, parse_group_token
from eventweek.registration.models import Registration, RegistrationGroup
from eventweek.registration.queries.forms import map_questions
from eventweek.registration.queries.offerings import OfferingFacts, OpenOffering, load_offerings


def find_group_by_token(text: str) -> RegistrationGroup | None:
    """Return the group of a leader's link, None for anything else."""
    secret = parse_group_token(text)
    return _one(RegistrationGroup.token_hash == digest_of_group(secret)) if secret else None


def find_group(code: str) -> RegistrationGroup | None:
    """Return a group by its code, with its leader."""
    return _one(RegistrationGroup.code == code)


def list_groups(codes: Sequence[str]) -> list[RegistrationGroup]:
    """Return groups by their codes, the oldest first."""
    query = select(RegistrationGroup).where(RegistrationGroup.code.in_(codes)).order_by(RegistrationGroup.id)
    return list(db.session.scalars(query.options(selectinload(RegistrationGroup.leader))))


def find_offering_of_group(group: RegistrationGroup) -> OpenOffering | None:
    """Return what a group is registered for, None once nothing of it is published."""
    return next(iter(load_offerings([group.offering_id] if group.offering_id else [])), None)


def list_live_members(group_id: int) -> list[Registration]:
    """Return the registrations of a group that stand, with their people, in the order of registering."""
    query = select(Registration).join(Registration.attendee).where(Registration.group_id == group_id)
    query = query.where(Registration.state.in_(LIVE)).order_by(Registration.id)
    return list(db.session.scalars(query.options(contains_eager(Registration.attendee))))


def find_member(group_id: int, code: str) -> Registration | None:
    """Return a standing registration of a group."""
    return next((row for row in list_live_members(group_id) if row.code == code), None)


def _one(term: ColumnElement[bool]) -> RegistrationGroup | None:
    return db.session.scalar(select(RegistrationGroup).where(term).options(selectinload(RegistrationGroup.leader)))


def must_answer_each(week_id: int, own: OfferingFacts) -> bool:
    """Say whether an offering asks what each person answers for themselves: questions, a number, consents, a proof."""
    if own.real_name or own.consents or own.proven_contact:
        return True
    return own.asks and bool(map_questions(week_id, {own.code: own.kinds})[own.code])
