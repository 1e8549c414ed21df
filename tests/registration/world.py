"""Short ways to act and look in tests of registration."""

from typing import Any

from sqlalchemy import select

from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.kernel.clock import now
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.programme.models import Session, Week
from eventweek.programme.queries import find_current_week
from eventweek.registration.actions import Basket, Item, Outcome, edit_offering, register
from eventweek.registration.enums import PoolClass
from eventweek.registration.models import (
    Attendee,
    CapacityPool,
    Offering,
    OfferingSession,
    Registration,
    RegistrationGroup,
)
from eventweek.replanning.actions import cancel_and_publish


def week() -> Week:
    """Return the demo week."""
    found = find_current_week()
    assert found
    return found


def offering_of(key: str, slot: int = 0) -> Offering:
    """Return an offering of a demo session by the demo's own id, slots in time order."""
    query = select(Offering).join(Offering.sessions).join(OfferingSession.session)
    query = query.where(Session.source_key == f"demo:{key}").order_by(Offering.slot_start, Offering.id)
    return list(db.session.scalars(query))[slot]


def book(
    *offerings: str, phone: str = "13800138000", seats: int = 1, key: str | None = None, **more: object
) -> list[Outcome]:
    """Register a visitor for offerings by code."""
    fields: dict[str, object] = {"name": "欧阳娜娜", "phone": phone, "consent": True, **more}
    items = tuple(Item(code, seats) for code in offerings)
    return register(Basket(week_id=week().id, items=items, **fields), actor=VISITOR, key=key)  # type: ignore[arg-type]


def phone(number: int) -> str:
    """Return a phone of its own for each number."""
    return f"139{number:08d}"


def resize(code: str, cap: int, **more: object) -> None:
    """Give an offering as many seats, in the room and in its class."""
    db.session.rollback()
    own = db.session.scalars(select(Offering).where(Offering.code == code)).one()
    edit_offering(code, {"room_cap": cap, "class_cap": cap, **more}, version=own.version, actor=SYSTEM)


def counters(code: str, cls: str = PoolClass.ROOM) -> tuple[int, int]:
    """Return the taken and the waiting seats of a pool."""
    db.session.rollback()
    query = select(CapacityPool.taken, CapacityPool.waiting).join(Offering, Offering.id == CapacityPool.offering_id)
    taken, waiting = db.session.execute(query.where(Offering.code == code, CapacityPool.cls == cls)).one()
    return taken, waiting


def state_of(code: str) -> str:
    """Return the state of a registration."""
    db.session.rollback()
    return db.session.scalars(select(Registration.state).where(Registration.code == code)).one()


def set_week_state(state: str) -> None:
    """Set the state of the week without its rules."""
    with transaction():
        week().state = state


def cancel_now(key: str) -> None:
    """Cancel a demo session and publish that alone."""
    own = db.session.scalars(select(Session.code).where(Session.source_key == f"demo:{key}")).one()
    reason = Bilingual("讲者因故不能到场", "The speaker cannot come")
    cancel_and_publish(own, reason=reason, actor=SYSTEM, note="")


def approval(cap: int, **more: object) -> str:
    """Let a demo session be registered for under review, with as many seats; return the offering's code."""
    code = offering_of("rs-ei-1").code
    resize(code, cap, mode="approval", **more)
    return code


def applied(code: str, number: int, seats: int) -> str:
    """Apply for an offering under review; return the registration's code."""
    [outcome] = book(code, phone=phone(number), seats=seats)
    assert outcome.state == "applied"
    return outcome.registration


def held(code: str, cls: str = PoolClass.ROOM) -> int:
    """Return the held seats of a pool."""
    db.session.rollback()
    query = select(CapacityPool.held).join(Offering, Offering.id == CapacityPool.offering_id)
    return db.session.scalars(query.where(Offering.code == code, CapacityPool.cls == cls)).one()


def led_by(who: Attendee, unit: str) -> RegistrationGroup:
    """Return a new group of a unit that somebody leads."""
    facts: dict[str, Any] = {
        "week_id": week().id,
        "unit": unit,
        "leader_id": who.id,
        "cut_off": now(),
        "made_at": now(),
    }
    return RegistrationGroup(seed=bytes(16), key_id="1", token_hash=f"{who.id:064d}", **facts)
