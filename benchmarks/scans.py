"""The rule table alone, and scans at the door kept with their verdict, beside one raw UPDATE with its commit."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count as counter
from pathlib import Path

from sqlalchemy import update

from benchmarks.frame import FOLDER, Figure, demo_week, in_turn, report
from benchmarks.registration import BASE, raw, two_open
from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.checkin.actions.devices import Enrolment, accept_enrolment, create_gate, enrol_device
from eventweek.checkin.actions.scans import ScanRequest, record_scan
from eventweek.checkin.admission import Facts, verdict
from eventweek.checkin.queries.gates import DeviceFacts, get_device
from eventweek.checkin.queries.sessions import DoorSession, find_session
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.programme.queries import find_week
from eventweek.registration.actions import Basket, Item, register
from eventweek.registration.models import CapacityPool
from eventweek.registration.passes import token_of
from eventweek.registration.queries import find_pass, list_offerings
from eventweek.scheduling.queries import list_public_sessions


def measure(count: int) -> list[Figure]:
    """Return the figures of `count` calls each."""
    with demo_week(), _door(count) as (device, gate, session, tokens):
        seq = counter(1)

        def keep(code: str, number: int = 0) -> None:
            request = ScanRequest(number or next(seq), gate, session, code=code)
            record_scan(device, request, actor=device.actor)

        keep(tokens[0])
        cases = {
            BASE: lambda _n: raw(),
            "rule table alone": lambda _n: verdict(Facts()),
            "scan kept, first entry": lambda n: keep(tokens[n]),
            "scan kept, unknown code": lambda _n: keep("0" * 26),
            "the same scan again": lambda _n: keep(tokens[0], 1),
        }
        return in_turn(count, cases)


@contextmanager
def _door(people: int) -> Iterator[tuple[DeviceFacts, str, str, list[str]]]:
    """Give a device, gate and session ten minutes before its start, and the tokens of those registered."""
    week = find_week("jl2026")
    if week is None:
        raise RuntimeError("the demo week did not load")
    with transaction():
        db.session.execute(update(CapacityPool).values(cap=None))
    offering = two_open(week.id)[0]
    tokens = [_token(week.id, offering, number) for number in range(people + 1)]
    session = _session(week.id, offering)
    with travel(session.start - timedelta(minutes=10)):
        gate = create_gate(week.id, session.venue_code, Bilingual("测试门", ""), actor=SYSTEM).code
        link = enrol_device(week.id, Enrolment("1", "scan", now() + timedelta(days=1)), actor=SYSTEM)[1]
        yield get_device(accept_enrolment(link, "")[1]), gate, session.code, tokens


def _session(week_id: int, offering: str) -> DoorSession:
    rows = list_offerings([session.code for session in list_public_sessions(week_id)])
    code = next(code for code, every in rows.items() if offering in {facts.code for facts in every})
    session = find_session(week_id, code)
    if session is None:
        raise RuntimeError("the session is not published")
    return session


def _token(week_id: int, offering: str, number: int) -> str:
    contact = f"d{number}@example.org"
    basket = Basket(week_id, (Item(offering),), name="王小明", email=contact, consent=True)
    held = find_pass(register(basket, actor=VISITOR, key=contact)[0].pass_id)
    if held is None:
        raise RuntimeError("no pass was made")
    return token_of(held)


def main(count: int = 200, folder: Path = FOLDER) -> str:
    """Measure and report."""
    return report("scans", measure(count), BASE, folder)


if __name__ == "__main__":
    print(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
