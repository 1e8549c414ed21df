"""Who registered for anything of a week, and what that adds up to: lists and measures for organisers."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from eventweek.audit.actors import Actor
from eventweek.kernel.clock import local_day
from eventweek.kernel.db import db
from eventweek.programme.models import Week
from eventweek.registration.enums import LIVE, PoolClass, State
from eventweek.registration.models import Attendee, CapacityPool, Registration
from eventweek.registration.queries.desk import list_week_offerings, matching
from eventweek.registration.queries.offerings import OpenOffering
from eventweek.registration.queries.online import count_joined


@dataclass(frozen=True)
class Wish:
    """Which registrations are asked for; an empty field asks for nothing. `session`, `city`, `kind`: codes."""

    state: str = ""
    cls: str = ""
    session: str = ""
    city: str = ""
    kind: str = ""
    words: str = ""


@dataclass(frozen=True)
class Share:
    """What registrations of one city or kind add up to; `cap` None = at least one has no limit."""

    code: str
    name: dict[str, str]
    cap: int | None
    taken: int
    waiting: int


@dataclass(frozen=True)
class Numbers:
    """What the registrations of a week add up to. Live ones by state; `days`: how many came in on each local day.

    `seats`: confirmed in the rooms; `online`: people confirmed on line; `joined`: those who went in, by offering id.
    """

    people: int
    seats: int
    states: Mapping[str, int]
    days: Sequence[tuple[date, int]]
    offerings: Sequence[tuple[OpenOffering, CapacityPool]]
    cities: Sequence[Share]
    kinds: Sequence[Share]
    online: int
    joined: Mapping[int, int]


def narrowed(offerings: Iterable[OpenOffering], wish: Wish) -> dict[int, OpenOffering]:
    """Return the offerings with a session that fits, by id."""
    return {own.offering.id: own for own in offerings if any(_fits(session, wish) for session in own.sessions)}


def list_registrants(
    offering_ids: Collection[int], wish: Wish, window: Callable[[int], tuple[int, int]]
) -> tuple[list[Registration], int]:
    """Return registrations of offerings with their people, the newest first, and how many there are.

    `window` gives offset and limit for the total; words are searched as in one offering: never a part of a contact.
    """
    query = select(Registration).join(Registration.attendee).where(Registration.offering_id.in_(offering_ids))
    query = matching(query, wish.words).where(Attendee.name != "")
    for column, value in ((Registration.state, wish.state), (Registration.cls, wish.cls)):
        query = query.where(column == value) if value else query
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    offset, limit = window(total)
    query = query.options(contains_eager(Registration.attendee)).offset(offset).limit(limit)
    return list(db.session.scalars(query.order_by(Registration.created_at.desc(), Registration.id.desc()))), total


def measure_registrations(week: Week, *, actor: Actor) -> Numbers:
    """Return what the registrations add up to that the actor may read; always the same number of statements."""
    offerings = list_week_offerings(week.id, actor=actor)
    columns = [getattr(Registration, name) for name in ("attendee_id", "state", "seats", "created_at", "cls")]
    ids = [own.offering.id for own in offerings]
    rows = db.session.execute(select(*columns).where(Registration.offering_id.in_(ids))).all()
    live = [row for row in rows if row.state in LIVE]
    sure = [(row.cls == PoolClass.ONLINE, row.seats) for row in live if row.state == State.CONFIRMED]
    filled = [(own, next(p for p in own.offering.pools if p.cls == PoolClass.ROOM)) for own in offerings]
    return Numbers(
        people=len({row.attendee_id for row in live}),
        seats=sum(seats for online, seats in sure if not online),
        states=Counter(str(row.state) for row in live),
        days=_days(Counter(local_day(row.created_at, week.timezone) for row in rows)),
        offerings=sorted(filled, key=lambda pair: (-_fill(pair[1]), pair[0].starts, pair[0].offering.code)),
        cities=_shares(filled, "city"),
        kinds=_shares(filled, "kind"),
        online=sum(seats for online, seats in sure if online),
        joined=count_joined(ids),
    )


def _fits(session: Any, wish: Wish) -> bool:
    city = session.facts["city"] or {"code": None}
    asked = ((wish.session, session.code), (wish.city, city["code"]), (wish.kind, session.facts["kind"]["code"]))
    return all(value in ("", own) for value, own in asked)


def _days(counted: Mapping[date, int]) -> list[tuple[date, int]]:
    """Return every day from the first to the last, also those on which nobody registered."""
    if not counted:
        return []
    first, last = min(counted), max(counted)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [(day, counted.get(day, 0)) for day in days]


def _fill(pool: CapacityPool) -> float:
    return (pool.taken + pool.held) / pool.cap if pool.cap else 0.0


def _shares(filled: Iterable[tuple[OpenOffering, CapacityPool]], part: str) -> list[Share]:
    """Add up by the city or the kind of the first session of each offering."""
    groups: dict[str, list[CapacityPool]] = {}
    names: dict[str, dict[str, str]] = {}
    for own, pool in filled:
        facts = own.sessions[0].facts[part] or {"code": "", "zh": "", "en": ""}
        names[facts["code"]] = {"zh": facts["zh"], "en": facts["en"]}
        groups.setdefault(facts["code"], []).append(pool)
    shares = [_share(code, names[code], pools) for code, pools in groups.items()]
    return sorted(shares, key=lambda own: (-own.taken, own.code))


def _share(code: str, name: dict[str, str], pools: Sequence[CapacityPool]) -> Share:
    caps = [pool.cap for pool in pools]
    cap = None if None in caps else sum(cap or 0 for cap in caps)
    return Share(code, name, cap, sum(pool.taken for pool in pools), sum(pool.waiting for pool in pools))
