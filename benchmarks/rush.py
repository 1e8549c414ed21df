"""The opening minute over HTTP on PostgreSQL, clients included: rushes on the last seats, registering without end."""

import asyncio
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import func, select, update

from benchmarks.crowd import Act, Answer, Client, rush, statuses, sustain
from benchmarks.frame import FOLDER, Figure, figure, report
from benchmarks.registration import two_open
from benchmarks.service import PROCESSES, THREADS, Service, served
from eventweek import create_app
from eventweek.kernel.db import db, transaction
from eventweek.programme.queries import find_week
from eventweek.registration.models import CapacityPool, Offering, OfferingSession
from eventweek.registration.verify import list_findings

WEEK = "jl2026"
BASE = "bare route, 32 clients"
CLIENTS = 32
HIDDEN = re.compile(rb'name="(csrf_token|key|consent_text)"[^>]* value="([^"]*)"')


@dataclass(frozen=True)
class Sizes:
    """How many come: buyers and seats of the rushes, seconds and rounds of what goes on without end."""

    buyers: int = 500
    seats: int = 100
    page_buyers: int = 60
    page_seats: int = 15
    seconds: float = 5.0
    rounds: int = 3


@dataclass(frozen=True)
class Ware:
    """What is sold: an offering and its session, by code."""

    offering: str
    session: str


def main(sizes: Sizes | None = None, folder: Path = FOLDER) -> str:
    """Measure and report.

    Raises: RuntimeError when a rush sells another number of seats than there are, or leaves an invariant broken.
    """
    sizes = sizes or Sizes()
    with served() as service, create_app(service.config).app_context():
        ware = _ware()
        figures, told = _sustained(service, ware, sizes)
        told.append(_costs(service, ware, sizes))
        page, seats = f"/w/{WEEK}/s/{ware.session}", _seats_page(ware)
        for name, stock, queue, number, warm, act in (
            ("rush through the pages", sizes.page_seats, False, sizes.page_buyers, page, _page_buyer(ware)),
            ("rush over the API, queue off", sizes.seats, False, sizes.buyers, seats, _buyer(ware, "off")),
            ("rush over the API, queue on", sizes.seats, True, sizes.buyers, seats, _buyer(ware, "on")),
        ):
            _sell(ware, stock, queue)
            done = asyncio.run(rush(service.port, number, warm, act))
            figures.append(_rushed(name, ware, stock, done))
            told.append(f"{name}: {number} for {stock}, all answered in {_last(done):.2f} s")
        db.session.remove()
        db.engine.dispose()
    data = f"PostgreSQL without fsync, gunicorn {PROCESSES} x {THREADS}, clients on the same processors; "
    return report("rush", figures, BASE, folder, data + "; ".join(told))


def _ware() -> Ware:
    week = find_week(WEEK)
    if week is None:
        raise RuntimeError("the demo week did not load")
    code = two_open(week.id)[0]
    link = select(OfferingSession).join(OfferingSession.offering).where(Offering.code == code)
    return Ware(code, db.session.scalars(link).one().session.code)


def _sell(ware: Ware, seats: int | None, queue: bool) -> None:
    """Put so many more seats up than were sold so far."""
    with transaction():
        own = select(Offering).where(Offering.code == ware.offering)
        offering = db.session.scalars(own).one()
        offering.queue_open = queue
        cap = None if seats is None else CapacityPool.taken + seats
        pools = update(CapacityPool).where(CapacityPool.offering_id == offering.id)
        db.session.execute(pools.values(cap=cap), execution_options={"synchronize_session": False})


def _sustained(service: Service, ware: Ware, sizes: Sizes) -> tuple[list[Figure], list[str]]:
    """Register without end, in turn with the bare route."""
    _sell(ware, None, True)
    bare, own = list[tuple[float, Answer]](), list[tuple[float, Answer]]()
    asyncio.run(rush(service.bare_port, CLIENTS, "/", _bare_buyer))
    asyncio.run(rush(service.port, CLIENTS, _seats_page(ware), _buyer(ware, "first")))
    elapsed = [0.0, 0.0]
    for _round in range(sizes.rounds):
        start = time.perf_counter()
        bare += asyncio.run(sustain(service.bare_port, CLIENTS, sizes.seconds, _bare_buyer, len(bare)))
        middle = time.perf_counter()
        own += asyncio.run(sustain(service.port, CLIENTS, sizes.seconds, _buyer(ware, "s"), len(own)))
        elapsed = [elapsed[0] + middle - start, elapsed[1] + time.perf_counter() - middle]
    if set(statuses(bare)) | set(statuses(own)) != {201}:
        raise RuntimeError(f"not every sale was one: {statuses(bare)}, {statuses(own)}")
    rates = [len(done) / seconds for done, seconds in zip((bare, own), elapsed, strict=True)]
    figures = [_over(BASE, bare, rates[0]), _over("register over the API, 32 clients", own, rates[1])]
    return figures, [f"registrations without end at {100 * rates[1] / rates[0]:.0f} % of the bare route's rate"]


def _over(name: str, done: Sequence[tuple[float, Answer]], rate: float) -> Figure:
    times = figure(name, [seconds for seconds, _answer in done])
    return Figure(name, times.calls, rate, times.median_ms, times.p95_ms)


def _rushed(name: str, ware: Ware, seats: int, done: Sequence[tuple[float, Answer]]) -> Figure:
    """Return the figure of a rush in which exactly the seats that were there are sold, to nobody's loss."""
    db.session.rollback()
    sold = select(func.sum(CapacityPool.cap - CapacityPool.taken)).join(
        Offering, Offering.id == CapacityPool.offering_id
    )
    left = db.session.scalar(sold.where(Offering.code == ware.offering))
    broken = [finding.name for finding in list_findings() if finding.rows]
    if left or broken or any(status >= 500 for status in statuses(done)):
        raise RuntimeError(f"{name}: {left} of {seats} seats left, {broken}, {statuses(done)}")
    return _over(name, done, len(done) / _last(done))


def _last(done: Sequence[tuple[float, Answer]]) -> float:
    return max(seconds for seconds, _answer in done)


def _costs(service: Service, ware: Ware, sizes: Sizes) -> str:
    """Say what a sale and what a refusal cost the server's processors, with the queue off."""
    _sell(ware, sizes.seats, False)
    spent = [_cost(service, ware, sizes.seats, name, status) for name, status in (("sale", 201), ("refusal", 422))]
    return f"a sale costs {spent[0]:.1f} ms of CPU, a refusal {spent[1]:.1f} ms"


def _cost(service: Service, ware: Ware, number: int, name: str, status: int) -> float:
    """Return the milliseconds of processor time that each of `number` requests takes."""
    before = list[float]()
    act = _buyer(ware, name)
    done = asyncio.run(rush(service.port, number, _seats_page(ware), act, lambda: before.append(service.cpu_seconds())))
    if set(statuses(done)) != {status}:
        raise RuntimeError(f"{name}: {statuses(done)}")
    return (service.cpu_seconds() - before[0]) / number * 1000


def _seats_page(ware: Ware) -> str:
    return f"/api/v1/weeks/{WEEK}/sessions/{ware.session}/offerings"


def _buyer(ware: Ware, name: str) -> Act:
    async def buy(client: Client, number: int) -> Answer:
        contact = f"{name}{number}@example.org"
        sent = {"name": "王小明", "email": contact, "consent": True, "items": [{"offering": ware.offering, "seats": 1}]}
        return await client.post_json(f"/api/v1/weeks/{WEEK}/registrations", sent, **{"Idempotency-Key": contact})

    return buy


async def _bare_buyer(client: Client, _number: int) -> Answer:
    return await client.ask("POST", "/sales")


def _page_buyer(ware: Ware) -> Act:
    async def buy(client: Client, number: int) -> Answer:
        await client.post_form(f"/w/{WEEK}/picks", urlencode({"s": ware.session}).encode())
        form = await client.get(f"/w/{WEEK}/basket")
        hidden = {key.decode(): value.decode() for key, value in HIDDEN.findall(form.body)}
        typed = {"name": "王小明", "email": f"p{number}@example.org", "consent": "y", f"seats-{ware.session}": "1"}
        sent = await client.post_form(f"/w/{WEEK}/basket", urlencode({**hidden, **typed}).encode())
        return await client.get(sent.headers["location"]) if sent.status == 303 else sent

    return buy


if __name__ == "__main__":
    print(main(Sizes(seconds=float(sys.argv[1])) if len(sys.argv) > 1 else None))
