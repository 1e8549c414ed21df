"""Registrations while seats last and when the last one is gone, beside one raw guarded UPDATE with its commit."""

import sys
from pathlib import Path

from sqlalchemy import text, update

from benchmarks.frame import FOLDER, Figure, demo_week, in_turn, report
from eventweek.audit.actors import VISITOR
from eventweek.kernel.db import db, transaction
from eventweek.programme.enums import RegistrationMode
from eventweek.programme.queries import find_week
from eventweek.registration.actions import Basket, Item, register
from eventweek.registration.models import CapacityPool
from eventweek.registration.queries import OfferingFacts, list_offerings
from eventweek.scheduling.queries import list_public_sessions

RAW = text("UPDATE capacity_pool SET version = version + 1 WHERE id = (SELECT min(id) FROM capacity_pool)")
BASE = "raw UPDATE and commit"


def measure(count: int) -> list[Figure]:
    """Return the figures of `count` calls each."""
    with demo_week():
        week = find_week("jl2026")
        if week is None:
            raise RuntimeError("the demo week did not load")
        week_id, (roomy, full) = week.id, two_open(week.id)
        with transaction():
            db.session.execute(update(CapacityPool).values(cap=None))
        _fill(full)

        def ask(offering: str, prefix: str, number: int) -> None:
            contact = f"{prefix}{number}@example.org"
            basket = Basket(week_id, (Item(offering),), name="王小明", email=contact, consent=True)
            register(basket, actor=VISITOR, key=contact)

        return in_turn(
            count,
            {
                BASE: lambda _n: raw(),
                "register, seats free": lambda n: ask(roomy, "a", n),
                "register, last seat gone": lambda n: ask(full, "b", n),
            },
        )


def two_open(week_id: int) -> tuple[str, str]:
    """Return the codes of two offerings of one session each that anybody may take."""
    sessions = [session.code for session in list_public_sessions(week_id)]
    every = [facts for rows in list_offerings(sessions).values() for facts in rows]
    codes = sorted({facts.code for facts in every if _plain(facts)})
    return codes[0], codes[1]


def _plain(facts: OfferingFacts) -> bool:
    return (
        facts.mode == RegistrationMode.OPEN
        and facts.why_not is None
        and len(facts.sessions) == 1
        and not facts.slot_start
    )


def _fill(offering: str) -> None:
    with transaction():
        own = text("SELECT id FROM offering WHERE code = :code")
        offering_id = db.session.scalar(own, {"code": offering})
        pools = update(CapacityPool).where(CapacityPool.offering_id == offering_id)
        db.session.execute(pools.values(cap=1, taken=1))


def raw() -> None:
    """Change one row and commit: the least that a registration could cost."""
    with transaction():
        db.session.execute(RAW)


def main(count: int = 200, folder: Path = FOLDER) -> str:
    """Measure and report."""
    return report("registration", measure(count), BASE, folder)


if __name__ == "__main__":
    print(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
