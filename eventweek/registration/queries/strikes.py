"""No-shows that count: the rule of a week, what stands against somebody, and what organisers see of it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import ScalarSelect, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, joinedload

from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.tokens import is_code
from eventweek.registration.enums import StrikeState
from eventweek.registration.models import Attendee, Pass, Registration, Strike, StrikeRule, StrikeStep
from eventweek.registration.strikes import COUNTING, say_rule


@dataclass(frozen=True)
class Record:
    """What stands against the holder of a pass in its week; `rule` in words, `effect` empty while nothing follows."""

    rule: Bilingual
    misses: int
    effect: str
    counting: int
    strikes: tuple[Strike, ...]


def find_rule(week_id: int) -> StrikeRule | None:
    """Return the rule of a week, None while no-shows do not count."""
    return db.session.scalar(_RULE, {"own_week": week_id})


def effect_on(
    week_id: InstrumentedAttribute[int] | int, attendee: InstrumentedAttribute[int] | int
) -> ScalarSelect[str]:
    """Select what becomes of a new registration of a person in a week, NULL: nothing else than of anybody's."""
    counted = (
        select(func.count(Strike.id))
        .join(Registration, Registration.id == Strike.registration_id)
        .where(
            Registration.week_id == week_id,
            Registration.attendee_id == attendee,
            Strike.state.in_(COUNTING),
            Strike.given_at > StrikeRule.since,
        )
        .correlate(StrikeRule, Attendee, Pass)
        .scalar_subquery()
    )
    rule = select(StrikeRule.effect).where(StrikeRule.week_id == week_id, counted >= StrikeRule.misses)
    return rule.correlate(Attendee, Pass).scalar_subquery()


def find_record(own: Pass) -> Record | None:
    """Return what stands against the holder of a pass, None while no-shows do not count in its week."""
    rule = find_rule(own.week_id)
    if rule is None:
        return None
    query = select(Strike).join(Strike.registration).options(contains_eager(Strike.registration))
    query = query.where(Registration.week_id == own.week_id, Registration.attendee_id == own.attendee_id)
    rows = tuple(db.session.scalars(query.where(Strike.given_at > rule.since).order_by(Strike.id)))
    counting = sum(row.state in COUNTING for row in rows)
    effect = rule.effect if counting >= rule.misses else ""
    return Record(say_rule(rule.misses, rule.effect), rule.misses, effect, counting, rows)


def find_own_strike(own: Pass, code: str) -> Strike | None:
    """Return a strike of the holder of a pass, None while no-shows do not count in its week."""
    found = find_record(own)
    return next((row for row in found.strikes if row.code == code), None) if found else None


def find_strike(week_id: int, code: str) -> Strike | None:
    """Return a strike of the week with its registration."""
    query = select(Strike).join(Strike.registration).options(contains_eager(Strike.registration))
    own = Registration.week_id == week_id, Strike.code == code
    return db.session.scalar(query.where(*own)) if is_code(code) else None


def list_strikes(
    offering_ids: Collection[int], state: str, window: Callable[[int], tuple[int, int]]
) -> tuple[list[Strike], int]:
    """Return the strikes of offerings with their people, open appeals first, then the newest, and how many there are.

    `state`: one of StrikeState, empty for all; `window` gives offset and limit for the total.
    """
    query = select(Strike).join(Strike.registration).where(Registration.offering_id.in_(offering_ids))
    if state:
        query = query.where(Strike.state == state)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    offset, limit = window(total)
    query = query.options(contains_eager(Strike.registration).options(joinedload(Registration.attendee)))
    order = (Strike.state != StrikeState.APPEALED, Strike.given_at.desc(), Strike.id.desc())
    return list(db.session.scalars(query.order_by(*order).offset(offset).limit(limit))), total


def count_appeals(offering_ids: Collection[int]) -> int:
    """Return how many appeals of offerings wait for an answer."""
    query = select(func.count(Strike.id)).join(Strike.registration)
    own = Registration.offering_id.in_(offering_ids), Strike.state == StrikeState.APPEALED
    return db.session.scalar(query.where(*own)) or 0


def map_steps(strike_ids: Collection[int]) -> dict[int, list[StrikeStep]]:
    """Return the steps of strikes by their id, the oldest first."""
    found: dict[int, list[StrikeStep]] = {own: [] for own in strike_ids}
    query = select(StrikeStep).where(StrikeStep.strike_id.in_(strike_ids)).order_by(StrikeStep.id)
    for step in db.session.scalars(query):
        found[step.strike_id].append(step)
    return found


_RULE = select(StrikeRule).where(StrikeRule.week_id == bindparam("own_week"))
