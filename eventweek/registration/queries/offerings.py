"""Offerings with their published sessions and their seats."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import selectinload

from eventweek.kernel.clock import now
from eventweek.kernel.db import Bilingual, db
from eventweek.programme.enums import RegistrationMode
from eventweek.programme.models import Session, Week
from eventweek.registration.enums import PoolClass
from eventweek.registration.models import CapacityPool, Offering, OfferingInvitation, OfferingSession, PoolHold
from eventweek.registration.queries.forms import has_questions
from eventweek.registration.queueing import Room, Terms
from eventweek.registration.rules import Reason, Window, needs_work, why_no_registration
from eventweek.scheduling.queries import PublishedSession, map_published

CLASS_OF_MODE = {RegistrationMode.INVITE_QUOTA: PoolClass.INVITED, RegistrationMode.MEDIA: PoolClass.MEDIA}


@dataclass(frozen=True)
class OfferingFacts:
    """What a page shows of an offering. Seats are those of its own class: `cap` and `free` None = no limit.

    `free` is 0 while somebody waits: a newcomer would join the queue. `why_not` None: one can register (or queue) now.
    `starts`: when it begins; `sessions`: codes of the published sessions that it admits to, `kinds`: of their kinds.
    `invitation`: code of the one by which it is open. `online`: one can register now to take part on line.
    """

    code: str
    mode: str
    name: Bilingual
    cap: int | None
    taken: int
    waiting: int
    free: int | None
    why_not: Reason | None
    slot_start: datetime | None
    slot_end: datetime | None
    starts: datetime
    sessions: tuple[str, ...]
    max_party: int
    queue_open: bool
    needs_work: bool
    proven_contact: bool
    version: int
    real_name: bool
    consents: tuple[str, ...]
    kinds: tuple[str, ...]
    asks: bool
    invitation: str = ""
    online: bool = False

    @property
    def full(self) -> bool:
        """Say whether a newcomer would have to wait."""
        return self.free == 0


@dataclass(frozen=True)
class OpenOffering:
    """An offering with what is published of its sessions; `asks`: more than who comes may be asked.

    `invitation`: by which somebody comes in, None for everybody. `online`: looked at as who takes part on line does.
    `online_before_min`: so many minutes before each session the way in is open.
    """

    offering: Offering
    sessions: tuple[PublishedSession, ...]
    window: Window
    starts: datetime
    asks: bool = False
    invitation: OfferingInvitation | None = None
    online_before_min: int = 0
    online: bool = False

    @property
    def cls(self) -> str:
        """Return the class of seats that whoever registers gets."""
        if self.online:
            return PoolClass.ONLINE
        return self.invitation.cls if self.invitation else class_of(self.offering.mode)

    @property
    def allotment(self) -> PoolHold | None:
        """Return the seats of a unit that whoever registers takes, None where they take free ones."""
        return self.invitation.hold if self.invitation else None

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the codes of the kinds of its sessions."""
        return tuple(sorted({session.facts["kind"]["code"] for session in self.sessions}))


def list_offerings(session_codes: Collection[str]) -> dict[str, list[OfferingFacts]]:
    """Return the offerings of published sessions by session code, slots in time order; five statements, or none."""
    if not session_codes:
        return {}
    ids = db.session.scalars(_OF_SESSIONS, {"codes": list(session_codes)}).all()
    moment = now()
    found: dict[str, list[OfferingFacts]] = {}
    for own in load_offerings(ids):
        facts = facts_of(own, moment)
        for code in facts.sessions:
            if code in session_codes:
                found.setdefault(code, []).append(facts)
    return found


def load_offerings(ids: Sequence[int]) -> list[OpenOffering]:
    """Return offerings whose sessions are published, in the order in which their seats are locked."""
    if not ids:
        return []
    rows = db.session.execute(_OF_IDS, {"ids": list(ids)}).all()
    published = map_published({link.session_id for offering, *_ in rows for link in offering.sessions})
    loaded = [
        open_offering(
            offering, week, [published[s.session_id] for s in offering.sessions if s.session_id in published], asks
        )
        for offering, week, asks in rows
    ]
    return [own for own in loaded if own]


def facts_of(own: OpenOffering, moment: datetime) -> OfferingFacts:
    """Return the facts of an offering at a moment."""
    offering = own.offering
    pools = {pool.cls: pool for pool in offering.pools}
    pool, limits = pools[own.cls], limits_of(pools, own.cls)
    cap = least(*(one.cap for one in limits))
    free, waiting, kept = least(*map(free_seats, limits)), pool.waiting, own.allotment
    if kept is not None:
        cap, free, waiting = kept.allotted, kept.seats, 0
    return OfferingFacts(
        code=offering.code,
        mode=own.window.mode,
        name=offering.name,
        cap=cap,
        taken=_taken(pool, kept, cap, free),
        waiting=waiting,
        free=0 if waiting else free,
        why_not=why_no_registration(own.window, moment),
        slot_start=offering.slot_start,
        slot_end=offering.slot_end,
        starts=own.starts,
        sessions=tuple(session.code for session in own.sessions),
        max_party=offering.largest_party,
        queue_open=offering.queue_open,
        needs_work=needs_work(own.window, moment),
        proven_contact=offering.proven_contact,
        version=offering.version,
        real_name=offering.real_name,
        consents=tuple(offering.consents),
        kinds=own.kinds,
        asks=own.asks,
        invitation=own.invitation.code if own.invitation else "",
        online=has_online(offering) and why_no_registration(on_line(own).window, moment) is None,
    )


def _taken(pool: CapacityPool, kept: PoolHold | None, cap: int | None, free: int | None) -> int:
    if kept is not None:
        return kept.taken
    return pool.taken if cap is None or free is None else max(pool.taken, cap - free)


def title_of(own: OpenOffering, language: str) -> str:
    """Return what an offering is called: its own name, of a slot with the session before it, else the session's."""
    name, session = own.offering.name.best(language)[0], own.sessions[0].title.best(language)[0]
    return f"{session} · {name}" if own.offering.slot_start and name else name or session


def has_online(offering: Offering) -> bool:
    """Say whether an offering has a pool for who takes part on line."""
    return any(pool.cls == PoolClass.ONLINE for pool in offering.pools)


def on_line(own: OpenOffering) -> OpenOffering:
    """Return an offering as who takes part on line sees it: open or closed on its own, whatever the room is."""
    return replace(own, online=True, window=replace(own.window, closed=not own.offering.online_open))


def as_held(own: OpenOffering, cls: str) -> OpenOffering:
    """Return an offering as the holder of a registration of a class would change to it: on line stays on line there."""
    return on_line(own) if cls == PoolClass.ONLINE and own.offering.online_open and has_online(own.offering) else own


def class_of(mode: str) -> PoolClass:
    """Return the class of seats that a mode gives out."""
    return CLASS_OF_MODE.get(RegistrationMode(mode), PoolClass.PUBLIC)


def terms_of(own: OpenOffering) -> Terms:
    """Return what decides how the queue of an offering goes on."""
    offering = own.offering
    return Terms(
        starts=own.starts,
        ends=offering.slot_end or max(session.end for session in own.sessions),
        promote_until_min=offering.promote_until_min,
        offer_minutes=offering.offer_minutes,
        cancelled=own.window.cancelled,
    )


def read_pools(offering_id: int) -> dict[str, CapacityPool]:
    """Return the pools of an offering by class, as they stand in the database now."""
    query = select(CapacityPool).where(CapacityPool.offering_id == offering_id)
    return {pool.cls: pool for pool in db.session.scalars(query.execution_options(populate_existing=True))}


def serving_order(pools: Iterable[CapacityPool], first: str) -> list[str]:
    """Return the classes in the order in which a freed seat is given: its own, then as the organiser set them."""
    rows = [pool for pool in pools if pool.cls != PoolClass.ROOM]
    order = list(PoolClass)
    return [p.cls for p in sorted(rows, key=lambda p: (p.cls != first, p.rank, order.index(PoolClass(p.cls))))]


def room_of(pools: Mapping[str, CapacityPool], cls: str) -> Room:
    """Return the seats of a class inside its room; on line there is none."""
    limits = limits_of(pools, cls)
    sizes = (None if pool.cap is None else pool.cap + pool.overbook for pool in limits)
    return Room(least(*map(free_seats, limits)), least(*sizes))


def limits_of(pools: Mapping[str, CapacityPool], cls: str) -> list[CapacityPool]:
    """Return the pools that limit a class: the room's and its own; on line only its own."""
    return [pools[name] for name in ((cls,) if cls == PoolClass.ONLINE else (PoolClass.ROOM, cls))]


def free_seats(pool: CapacityPool) -> int | None:
    """Return the seats that a pool can still give, None = no limit."""
    return None if pool.cap is None else max(0, pool.cap + pool.overbook - pool.taken - pool.held)


def least(*limits: int | None) -> int | None:
    """Return the smallest of several limits, None = no limit."""
    return min((limit for limit in limits if limit is not None), default=None)


def open_offering(offering: Offering, week: Week, sessions: list[PublishedSession], asks: bool) -> OpenOffering | None:
    """Return an offering with what is published of its sessions, None where that is nothing."""
    if not sessions:
        return None
    sessions.sort(key=lambda session: (session.start, session.code))
    on = [session for session in sessions if not is_cancelled(session)]
    starts = offering.slot_start or (on or sessions)[0].start
    window = Window(
        mode=offering.mode,
        week_state=week.state,
        cancelled=not on,
        closed=offering.closed,
        opens=offering.opens_at or _opens(week),
        closes=offering.closes_at or _closes(week, starts),
        ends=offering.slot_end or starts,
        zone=week.timezone,
        cancelling_ends_min=week.cancelling_ends_min or 0,
        work_mode=offering.work_mode or week.work_mode,
        work_min=week.work_min,
    )
    before = week.online_before_min if offering.online_before_min is None else offering.online_before_min
    return OpenOffering(offering, tuple(sessions), window, starts, asks or offering.asks, online_before_min=before)


def _opens(week: Week) -> datetime | None:
    """Return when the week's offerings open that do not say so themselves."""
    if week.registration_opens_days is None:
        return None
    day = week.first_day - timedelta(days=week.registration_opens_days)
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(week.timezone))


def _closes(week: Week, starts: datetime) -> datetime | None:
    """Return when an offering closes that does not say so itself; it follows when its session moves."""
    minutes = week.registration_closes_min
    return None if minutes is None else starts - timedelta(minutes=minutes)


def is_cancelled(session: PublishedSession) -> bool:
    """Say whether a session is published as cancelled."""
    return bool(session.facts.get("cancelled"))


_OF_SESSIONS = (
    select(OfferingSession.offering_id)
    .join(Session, (Session.week_id == OfferingSession.week_id) & (Session.id == OfferingSession.session_id))
    .where(Session.code.in_(bindparam("codes", expanding=True)))
    .distinct()
)
_OF_IDS = (
    select(Offering, Week, has_questions())
    .join(Week, Week.id == Offering.week_id)
    .where(Offering.id.in_(bindparam("ids", expanding=True)))
    .order_by(Offering.slot_start.is_(None), Offering.slot_start, Offering.id)
    .options(selectinload(Offering.pools), selectinload(Offering.sessions))
    .execution_options(populate_existing=True)
)
