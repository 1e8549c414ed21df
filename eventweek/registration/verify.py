"""The invariants of registration as SQL: each lists the rows that break it. The same on SQLite and PostgreSQL."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Executable, exists, not_, select, text

from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.registration.enums import LIVE, State, Way
from eventweek.registration.models import CapacityPool, OfferingSession, PoolHold, Registration
from eventweek.registration.queries.offerings import load_offerings, room_of, terms_of
from eventweek.registration.queueing import way_of
from eventweek.scheduling.models import Published, ReleaseItem

_LIVE = ", ".join(f"'{state}'" for state in LIVE)
_OF_POOL = "(r.class = p.class OR (p.class = 'room' AND r.class <> 'online'))"
"""Which registrations a pool counts: who takes part on line has no seat in the room."""
MOST_ROWS = 20
SWEEP = timedelta(minutes=3)
"""How long something may be past its time: the worker looks each minute."""


@dataclass(frozen=True)
class Finding:
    """One invariant, and rows that break it (at most 20), each by column name."""

    name: str
    rows: list[dict[str, Any]]


def list_findings() -> list[Finding]:
    """Check every invariant; a sound database has no rows in any.

    While others write, `snapshot` must be around it: each statement looks at what the one before it saw.
    """
    checks: list[tuple[str, Executable]] = [(name, text(sql)) for name, sql in _CHECKS]
    checks.append(("no offer is past its expiry", _expired_offers()))
    checks.append(("no hold is past its expiry", _expired_holds()))
    checks.append(("a cancelled session has no live registration", _live_though_cancelled()))
    found = [Finding(name, _rows(statement)) for name, statement in checks]
    found.append(Finding("no offer lasts into its session", _late_offers()[:MOST_ROWS]))
    found.append(Finding("nobody waits beside a free seat", _waiting_beside_seats()[:MOST_ROWS]))
    return found


def _rows(statement: Executable) -> list[dict[str, Any]]:
    return [dict(row) for row in db.session.execute(statement).mappings().fetchmany(MOST_ROWS)]


def _expired_offers() -> Executable:
    late = Registration.offer_expires_at < now() - SWEEP
    return select(Registration.code, Registration.offer_expires_at).where(Registration.state == State.OFFERED, late)


def _expired_holds() -> Executable:
    return select(PoolHold.code, PoolHold.expires_at).where(PoolHold.expires_at < now() - SWEEP)


def _late_offers() -> list[dict[str, Any]]:
    rows = db.session.scalars(select(Registration).where(Registration.state == State.OFFERED)).all()
    offerings = {own.offering.id: own for own in load_offerings(sorted({row.offering_id for row in rows}))}
    return [
        {"code": row.code, "offer_expires_at": row.offer_expires_at, "starts": offerings[row.offering_id].starts}
        for row in rows
        if row.offering_id in offerings
        and row.offer_expires_at
        and row.offer_expires_at > offerings[row.offering_id].starts
    ]


def _waiting_beside_seats() -> list[dict[str, Any]]:
    """Name the first of each queue whose party fits the seats that are free, while seats are given or offered."""
    ids = select(CapacityPool.offering_id).where(CapacityPool.waiting > 0).distinct()
    found = []
    for own in load_offerings(db.session.scalars(ids).all()):
        pools = {pool.cls: pool for pool in own.offering.pools}
        for cls, head in _heads(own.offering.id).items():
            way, free = way_of(terms_of(own), cls, pools[cls].consent, now()), room_of(pools, cls).free
            if way != Way.KEEP and (free is None or head.seats <= free):
                found.append({"code": head.code, "class": cls, "seats": head.seats, "free": free})
    return found


def _heads(offering_id: int) -> dict[str, Registration]:
    """Return who is first in the queue of each class."""
    query = select(Registration).where(Registration.offering_id == offering_id, Registration.state == State.WAITLISTED)
    order = (Registration.queue_priority, Registration.queued_at.desc(), Registration.id.desc())
    return {row.cls: row for row in db.session.scalars(query.order_by(*order))}


def _live_though_cancelled() -> Executable:
    """Select live registrations of offerings that are published, and only as cancelled."""
    cancelled = ReleaseItem.snapshot["cancelled"].as_boolean()
    links = (
        select(OfferingSession.offering_id)
        .join(Published, Published.session_id == OfferingSession.session_id)
        .join(ReleaseItem, ReleaseItem.id == Published.item_id)
        .where(OfferingSession.offering_id == Registration.offering_id)
    )
    return select(Registration.code, Registration.state).where(
        Registration.state.in_(LIVE),
        exists(links.where(cancelled)),
        not_(exists(links.where(cancelled.is_not(True)))),
    )


_CHECKS = [
    (
        "counters of each pool equal its registrations",
        f"""
        SELECT o.code, p.class, p.taken, p.held, p.waiting,
               COALESCE(SUM(CASE WHEN r.state = 'confirmed' THEN r.seats END), 0) AS confirmed,
               COALESCE(SUM(CASE WHEN r.holding THEN r.seats END), 0) AS holding,
               COALESCE(SUM(CASE WHEN r.state = 'waitlisted' THEN r.seats END), 0) AS waitlisted
        FROM capacity_pool p JOIN offering o ON o.id = p.offering_id
        LEFT JOIN registration r ON r.offering_id = p.offering_id AND {_OF_POOL}
        GROUP BY p.id, o.code, p.class, p.taken, p.held, p.waiting
        HAVING p.taken <> COALESCE(SUM(CASE WHEN r.state = 'confirmed' THEN r.seats END), 0)
            OR p.waiting <> COALESCE(SUM(CASE WHEN r.state = 'waitlisted' THEN r.seats END), 0)
            OR p.held <> COALESCE(SUM(CASE WHEN r.holding THEN r.seats END), 0)
               + (SELECT COALESCE(SUM(h.seats), 0) FROM pool_hold h JOIN capacity_pool c ON c.id = h.pool_id
                  WHERE c.id = p.id OR (p.class = 'room' AND c.offering_id = p.offering_id))
        """,
    ),
    (
        "no pool gives out more than its size and its recorded overbooking",
        """
        SELECT o.code, p.class, p.cap, p.overbook, p.taken, p.held
        FROM capacity_pool p JOIN offering o ON o.id = p.offering_id
        WHERE p.taken + p.held > p.cap + p.overbook
        """,
    ),
    (
        "confirmed seats fit the size of each pool",
        f"""
        SELECT o.code, p.class, p.cap, p.overbook, SUM(r.seats) AS confirmed
        FROM capacity_pool p JOIN offering o ON o.id = p.offering_id
        JOIN registration r ON r.offering_id = p.offering_id AND {_OF_POOL}
        WHERE r.state = 'confirmed'
        GROUP BY p.id, o.code, p.class, p.cap, p.overbook
        HAVING SUM(r.seats) > p.cap + p.overbook
        """,
    ),
    (
        "on line there is a pool where it is open, without a limit, and nobody waits or is kept waiting for it",
        """
        SELECT o.code, o.online_open, p.cap, p.waiting, p.overbook FROM offering o
        LEFT JOIN capacity_pool p ON p.offering_id = o.id AND p.class = 'online'
        WHERE (o.online_open AND p.id IS NULL) OR p.cap IS NOT NULL OR p.waiting <> 0 OR p.overbook <> 0
            OR EXISTS (SELECT 1 FROM pool_hold h WHERE h.pool_id = p.id)
        """,
    ),
    (
        "who went in on line was registered for that session",
        """
        SELECT r.code, a.session_id FROM online_attendance a JOIN registration r ON r.id = a.registration_id
        WHERE a.week_id <> r.week_id OR NOT EXISTS (
            SELECT 1 FROM registration_event e JOIN seat_delta d ON d.event_id = e.id
            JOIN capacity_pool p ON p.id = d.pool_id AND p.class = 'online'
            JOIN offering_session s ON s.offering_id = p.offering_id AND s.session_id = a.session_id
            WHERE e.registration_id = r.id)
        """,
    ),
    (
        "overbooking is in the audit",
        """
        SELECT o.code, p.class, p.overbook FROM capacity_pool p JOIN offering o ON o.id = p.offering_id
        WHERE p.overbook > 0 AND NOT EXISTS (
            SELECT 1 FROM audit_entry a WHERE a.subject = 'offering' AND a.code = o.code AND a.verb = 'offering.edit')
        """,
    ),
    (
        "seat changes in the history add up to the counters",
        """
        SELECT o.code, p.class, p.taken, p.held, p.waiting, COALESCE(SUM(d.taken), 0) AS taken_in_history,
               COALESCE(SUM(d.waiting), 0) AS waiting_in_history
        FROM capacity_pool p JOIN offering o ON o.id = p.offering_id
        LEFT JOIN seat_delta d ON d.pool_id = p.id
        GROUP BY p.id, o.code, p.class, p.taken, p.held, p.waiting
        HAVING p.taken <> COALESCE(SUM(d.taken), 0) OR p.waiting <> COALESCE(SUM(d.waiting), 0)
            OR p.held <> COALESCE(SUM(d.held), 0)
               + (SELECT COALESCE(SUM(h.seats), 0) FROM pool_hold h JOIN capacity_pool c ON c.id = h.pool_id
                  WHERE c.id = p.id OR (p.class = 'room' AND c.offering_id = p.offering_id))
        """,
    ),
    (
        "every offer holds its seats, and nobody who is in or waits does",
        """
        SELECT r.code, r.state, r.holding FROM registration r
        WHERE (r.state = 'offered' AND NOT r.holding)
            OR (r.holding AND r.state NOT IN ('offered', 'applied', 'returned'))
        """,
    ),
    (
        "each registration stands where its history ends",
        """
        SELECT r.code, r.state, e.to_state FROM registration r
        LEFT JOIN registration_event e ON e.id = (
            SELECT MAX(l.id) FROM registration_event l WHERE l.registration_id = r.id)
        WHERE e.id IS NULL OR e.to_state <> r.state
        """,
    ),
    (
        "one live registration per person and offering",
        f"""
        SELECT offering_id, attendee_id, COUNT(*) AS live FROM registration WHERE state IN ({_LIVE})
        GROUP BY offering_id, attendee_id HAVING COUNT(*) > 1
        """,
    ),
    (
        "one live registration per unverified contact and offering",
        f"""
        SELECT offering_id, COUNT(*) AS live FROM registration WHERE state IN ({_LIVE}) AND contact_key IS NOT NULL
        GROUP BY offering_id, contact_key HAVING COUNT(*) > 1
        """,
    ),
    (
        "one active pass per person and week",
        """
        SELECT week_id, attendee_id, COUNT(*) AS passes FROM pass WHERE status = 'active'
        GROUP BY week_id, attendee_id HAVING COUNT(*) > 1
        """,
    ),
    (
        "an active pass has one active token, a void one none",
        """
        SELECT p.code, p.status, COUNT(t.id) AS active FROM pass p
        LEFT JOIN pass_token t ON t.pass_id = p.id AND t.status = 'active'
        GROUP BY p.id, p.code, p.status
        HAVING COUNT(t.id) <> CASE WHEN p.status = 'active' THEN 1 ELSE 0 END
        """,
    ),
    (
        "whoever is confirmed has a pass",
        """
        SELECT r.code FROM registration r WHERE r.state = 'confirmed' AND NOT EXISTS (
            SELECT 1 FROM pass p WHERE p.attendee_id = r.attendee_id AND p.week_id = r.week_id)
        """,
    ),
    (
        "every stored answer is complete and stands once",
        """
        SELECT scope, COUNT(*) AS answers FROM stored_answer GROUP BY scope, key
        HAVING COUNT(*) > 1 OR MIN(status) = 0
        """,
    ),
    (
        "whoever lost a cancelled session was told",
        """
        SELECT r.code FROM registration r
        JOIN pass p ON p.attendee_id = r.attendee_id AND p.week_id = r.week_id AND p.status = 'active'
        JOIN attendee a ON a.id = r.attendee_id
        WHERE r.state = 'cancelled' AND r.end_reason = 'session' AND a.email IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM message m WHERE m.dedupe_key = 'session_cancelled:' || p.code || ':' || r.code)
        """,
    ),
    (
        "an invitation was used as often as people registered with it",
        """
        SELECT i.code, i.used, COUNT(u.registration_id) AS registrations FROM offering_invitation i
        LEFT JOIN invitation_use u ON u.invitation_id = i.id GROUP BY i.id, i.code, i.used
        HAVING i.used <> COUNT(u.registration_id)
        """,
    ),
    (
        "seats of an allotment are kept, or taken by its unit",
        """
        SELECT h.code, h.allotted, h.seats AS kept, COALESCE(SUM(r.seats), 0) AS taken FROM pool_hold h
        LEFT JOIN allotment_seat s ON s.hold_id = h.id LEFT JOIN registration r ON r.id = s.registration_id
        GROUP BY h.id, h.code, h.allotted, h.seats
        HAVING COALESCE(h.allotted, h.seats) <> h.seats + COALESCE(SUM(r.seats), 0)
        """,
    ),
    (
        "whoever sits on an allotment is confirmed in its class",
        """
        SELECT r.code, r.state, r.class FROM allotment_seat s JOIN registration r ON r.id = s.registration_id
        JOIN pool_hold h ON h.id = s.hold_id JOIN capacity_pool p ON p.id = h.pool_id
        WHERE r.state <> 'confirmed' OR r.class <> p.class OR r.offering_id <> p.offering_id OR h.allotted IS NULL
        """,
    ),
    (
        "each strike stands where its steps end, and was given once",
        """
        SELECT s.code, s.state, e.to_state FROM strike s
        LEFT JOIN strike_step e ON e.id = (SELECT MAX(l.id) FROM strike_step l WHERE l.strike_id = s.id)
        WHERE e.id IS NULL OR e.to_state <> s.state
            OR 1 <> (SELECT COUNT(*) FROM strike_step g WHERE g.strike_id = s.id AND g.to_state = 'given')
        """,
    ),
    (
        "nobody waits behind the others without a strike of that week",
        """
        SELECT r.code, r.queue_priority FROM registration r
        WHERE r.state = 'waitlisted' AND r.queue_priority < 0 AND NOT EXISTS (
            SELECT 1 FROM strike s JOIN registration o ON o.id = s.registration_id
            JOIN strike_rule u ON u.week_id = o.week_id
            WHERE o.attendee_id = r.attendee_id AND o.week_id = r.week_id AND s.state <> 'lifted')
        """,
    ),
    (
        "two live offerings never admit to one session, but for slots",
        """
        SELECT s.session_id, COUNT(*) AS offerings FROM offering_session s JOIN offering o ON o.id = s.offering_id
        WHERE NOT o.closed GROUP BY s.session_id
        HAVING COUNT(*) > 1 AND COUNT(o.slot_start) < COUNT(*)
        """,
    ),
]
