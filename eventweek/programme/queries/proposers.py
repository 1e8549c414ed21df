"""Reads of who proposes for which organisation, as far as somebody may invite for them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventweek.accounts.enums import Role, Verb
from eventweek.accounts.models import User
from eventweek.accounts.queries import list_open_invitations
from eventweek.audit.actors import Actor
from eventweek.kernel.db import Bilingual, db
from eventweek.programme.models import Grant, Organisation, Week
from eventweek.programme.rules.scopes import reaches


@dataclass(frozen=True)
class Proposer:
    """Somebody who proposes, or (without a `code`) has been invited to; `expires`: when the invitation ends."""

    code: str
    name: str
    email: str
    organisation: str
    unit: Bilingual
    last_sign_in: datetime | None = None
    expires: datetime | None = None


def list_invitable(week_id: int, *, actor: Actor) -> list[Organisation]:
    """Return the organisations for which somebody may invite proposers, by name."""
    query = select(Organisation).where(Organisation.archived_at.is_(None)).options(joinedload(Organisation.city))
    rows = db.session.scalars(query.order_by(Organisation.__table__.c.name_zh, Organisation.id))
    return [unit for unit in rows if _reached(unit, week_id, actor)]


def list_proposers(week: Week, *, actor: Actor) -> list[Proposer]:
    """Return who proposes and who has been invited to, by organisation; those whom the actor may invite."""
    own = (Grant.week_id == week.id, Grant.role == str(Role.PROPOSER), Grant.scope_kind == "organisation")
    query = select(User, Organisation).join(Grant, Grant.user_id == User.id)
    query = query.join(Organisation, Organisation.code == Grant.scope_code).options(joinedload(Organisation.city))
    rows = db.session.execute(query.where(*own, User.disabled_at.is_(None)).order_by(User.name, User.id)).all()
    found = [
        Proposer(user.code, user.name, user.email, unit.code, unit.name, user.last_sign_in)
        for user, unit in rows
        if _reached(unit, week.id, actor)
    ]
    found += _invited(week, actor)
    return sorted(found, key=lambda one: one.unit.best("zh")[0])


def _invited(week: Week, actor: Actor) -> list[Proposer]:
    units = {unit.code: unit for unit in list_invitable(week.id, actor=actor)}
    return [
        Proposer("", own.name, own.email, grant["scope_code"], units[grant["scope_code"]].name, expires=own.expires_at)
        for own in list_open_invitations()
        for grant in own.grants
        if grant["week"] == week.code and grant["role"] == Role.PROPOSER and grant["scope_code"] in units
    ]


def _reached(unit: Organisation, week_id: int, actor: Actor) -> bool:
    return reaches(actor, Verb.PROPOSERS_INVITE, week_id, city=unit.city.code if unit.city else "")
