"""Findings that stop no release because somebody has said why."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from eventweek.kernel.db import db
from eventweek.programme.models import Room
from eventweek.scheduling.models import OverrideSession, RuleOverride
from eventweek.scheduling.problems import Problem


def map_overrides(week_id: int) -> dict[str, RuleOverride]:
    """Return the overrides of a week by the finding that they let pass, in one statement; some may have lapsed."""
    own = db.session.scalars(select(RuleOverride).where(RuleOverride.week_id == week_id))
    return {override.finding: override for override in own}


def list_overrides(week_id: int) -> list[RuleOverride]:
    """Return the overrides of a week with their sessions and places, the newest first."""
    part = selectinload(RuleOverride.sessions)
    place = part.joinedload(OverrideSession.room).joinedload(Room.venue)
    query = (
        select(RuleOverride).where(RuleOverride.week_id == week_id).options(part.joinedload(OverrideSession.session))
    )
    return list(db.session.scalars(query.options(place).order_by(RuleOverride.at.desc(), RuleOverride.id.desc())))


def find_override(week_id: int, code: str) -> RuleOverride | None:
    """Return one override of a week."""
    query = select(RuleOverride).where(RuleOverride.week_id == week_id, RuleOverride.code == code)
    return db.session.scalar(query.options(selectinload(RuleOverride.sessions).joinedload(OverrideSession.session)))


def still_stopping(week_id: int, found: Iterable[Problem]) -> list[Problem]:
    """Return those findings that stop a release, without those that somebody lets pass."""
    passed = map_overrides(week_id)
    return [problem for problem in found if problem.level.stops and problem.key not in passed]
