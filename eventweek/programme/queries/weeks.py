"""Find editions, and who acts in them."""

from sqlalchemy import bindparam, select

from eventweek.accounts.models import User
from eventweek.audit.actors import Actor, GrantValue
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.kernel.tokens import is_code
from eventweek.programme.enums import WeekState
from eventweek.programme.models import Grant, Week

NEWEST = (Week.first_day.desc(), Week.id.desc())
_OF_CODE = select(Week).where(Week.code == bindparam("own_code"))
_ID_OF_CODE = select(Week.id).where(Week.code == bindparam("own_code"))


def find_current_week() -> Week | None:
    """Return the edition that visitors come for: the newest that is no draft, a draft where there is nothing else."""
    order = (Week.state == WeekState.DRAFT, *NEWEST)
    return db.session.scalar(select(Week).order_by(*order).limit(1))


def find_newest_week() -> Week | None:
    """Return the edition that organisers work on: the newest by its first day, None where there is none."""
    return db.session.scalar(select(Week).order_by(*NEWEST).limit(1))


def find_week(code: str) -> Week | None:
    """Return the edition of that code."""
    return db.session.scalar(_OF_CODE, {"own_code": code}) if is_code(code) else None


def find_week_id(code: str) -> int | None:
    """Return the id of the edition of that code, for who reads the edition itself later."""
    return db.session.scalar(_ID_OF_CODE, {"own_code": code}) if is_code(code) else None


def get_week(week_id: int) -> Week:
    """Return an edition.

    Raises: Refusal week.not_found.
    """
    week = db.session.get(Week, week_id)
    if week is None:
        raise Refusal("week.not_found")
    return week


def refuse_archived(week_id: int) -> None:
    """Let nothing change in an archived edition; for changes that must not queue behind those of the desk.

    Raises: Refusal week.not_found, week.archived.
    """
    if get_week(week_id).state == WeekState.ARCHIVED:
        raise Refusal("week.archived")


def list_weeks() -> list[Week]:
    """Return all editions, the newest first."""
    return list(db.session.scalars(select(Week).order_by(*NEWEST)))


def find_actor(user_id: int, epoch: int) -> Actor | None:
    """Return a user as an actor; None when disabled or when the epoch has moved on, so that every session ends."""
    user = db.session.get(User, user_id)
    if user is None or user.disabled_at or user.epoch != epoch:
        return None
    grants = db.session.scalars(select(Grant).where(Grant.user_id == user.id).order_by(Grant.id))
    values = tuple(GrantValue(g.role, g.week_id, g.scope_kind, g.scope_code) for g in grants)
    return Actor(label=user.code, id=user.id, administrator=user.administrator, grants=values, name=user.name)
