"""Passes, gates and devices for tests of the door."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.checkin.actions.devices import Enrolment, accept_enrolment, create_gate, enrol_device
from eventweek.checkin.models import Gate
from eventweek.checkin.queries.gates import DeviceFacts, get_device
from eventweek.checkin.queries.sessions import DoorSession, list_sessions
from eventweek.kernel.clock import now
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.programme.queries import find_week
from eventweek.registration.enums import State
from eventweek.registration.models import Attendee, Offering, OfferingSession, Pass, PassToken, Registration

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Held:
    """A pass as its owner holds it."""

    token: str
    short_code: str
    pass_code: str
    pass_id: int
    attendee_id: int


def demo_week_id() -> int:
    """Return the demo week's id."""
    week = find_week("jl2026")
    assert week is not None
    return week.id


def open_sessions(count: int = 2) -> list[DoorSession]:
    """Return published sessions that need a registration and lie in distinct rooms, the earliest first."""
    return [s for s in list_sessions(demo_week_id()) if not s.open_entry and s.capacity][:count]


def make_gate(session: DoorSession) -> Gate:
    """Add a gate at the session's venue."""
    name = Bilingual(f"测试门{secrets.randbelow(10**6)}", "Test gate")
    return create_gate(demo_week_id(), session.venue_code, name, actor=SYSTEM)


def make_device(profile: str = "scan", *gates: Gate) -> tuple[DeviceFacts, str]:
    """Enrol a device and return it with its key."""
    codes = tuple(gate.code for gate in gates)
    wanted = Enrolment("测试设备", profile, now() + timedelta(days=7), codes)
    token = enrol_device(demo_week_id(), wanted, actor=SYSTEM)[1]
    key = accept_enrolment(token, "")[1]
    return get_device(key), key


def make_pass(
    session: DoorSession | None = None,
    state: str = "confirmed",
    *,
    name: str = "示例丁卯",
    phone: str = "+8613800138000",
    seats: int = 1,
    token_state: str = "active",
    slot: tuple[timedelta, timedelta] | None = None,
) -> Held:
    """Add a person with a pass, registered for the session; `slot` is relative to the session's start."""
    token = "".join(secrets.choice(ALPHABET) for _ in range(26))
    short = "".join(secrets.choice(ALPHABET) for _ in range(8))
    week_id = demo_week_id()
    with transaction():
        person = Attendee(name=name, phone_e164=phone, contact_key=secrets.token_hex(32), created_at=now())
        db.session.add(person)
        db.session.flush()
        held = Pass(week_id=week_id, attendee_id=person.id, seed=secrets.token_bytes(16), created_at=now())
        hashes = [hashlib.sha256(text.encode()).hexdigest() for text in (token, short, token + short)]
        held.tokens = [
            PassToken(
                epoch=1,
                key_id="k1",
                token_hash=hashes[0],
                short_hash=hashes[1],
                manage_hash=hashes[2],
                status=token_state,
            )
        ]
        db.session.add(held)
        if session is not None:
            _register(week_id, session, person, state, seats, slot)
        db.session.flush()
        return Held(token, short, held.code, held.id, person.id)


def _register(
    week_id: int,
    session: DoorSession,
    person: Attendee,
    state: str,
    seats: int,
    slot: tuple[timedelta, timedelta] | None,
) -> None:
    query = select(Offering).join(Offering.sessions).where(OfferingSession.session_id == session.id)
    offering = None if slot else db.session.scalars(query).first()
    if offering is None:
        offering = Offering(week_id=week_id, name=session.title, mode="open")
        if slot:
            offering.slot_start, offering.slot_end = session.start + slot[0], session.start + slot[1]
        db.session.add(offering)
        db.session.flush()
        db.session.add(OfferingSession(week_id=week_id, offering_id=offering.id, session_id=session.id))
    db.session.add(
        Registration(
            week_id=week_id,
            offering_id=offering.id,
            attendee_id=person.id,
            seats=seats,
            state=state,
            offer_expires_at=session.start if state == State.OFFERED else None,
            holding=state == State.OFFERED,
            created_at=now(),
        )
    )
