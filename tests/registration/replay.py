"""An account of registration of its own: every event is replayed, and what was broken on the way is named."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from eventweek.audit.models import AuditEntry
from eventweek.kernel.db import db
from eventweek.outbox.models import Message
from eventweek.registration.enums import LIVE
from eventweek.registration.models import Attendee, CapacityPool, Registration, RegistrationEvent, SeatDelta
from eventweek.registration.rules import can_move

AUDITED = {"create": "registration.create", "cancelled": "registration.cancel", "accepted": "registration.accept"}
AUDITED |= {"handed_over": "registration.hand_over", "resubmitted": "registration.resubmit"}
AUDITED |= {"seats": "registration.seats"}
UNTOLD = {"merged", "moved"}


@dataclass
class Party:
    """Somebody who waits, as the events tell it."""

    code: str
    seats: int
    since: datetime
    id: int
    passed: int = 0

    @property
    def rank(self) -> tuple[datetime, int]:
        """Return its place among those of its queue."""
        return self.since, self.id


@dataclass
class Account:
    """What the events so far add up to."""

    overtakes: int
    faults: list[str] = field(default_factory=list)
    states: dict[int, str] = field(default_factory=dict)
    seats: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    queues: dict[int, dict[int, Party]] = field(default_factory=lambda: defaultdict(dict))
    steps: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def take(self, event: Any, code: str, number: int, moves: dict[str, Any], pool: int) -> None:
        """Replay one event; `pool`: the id of its class's."""
        before = self.states.get(event.registration_id, "")
        if event.from_state != before:
            self.faults.append(f"{code}: step from {event.from_state!r}, stood at {before!r}")
        if event.to_state != before and not can_move(before or None, event.to_state):
            self.faults.append(f"{code}: {before} became {event.to_state}")
        self.states[event.registration_id] = event.to_state
        self._count(event, code, before)
        self._queue(event, code, number, moves, pool)

    def _count(self, event: Any, code: str, before: str) -> None:
        steps = self.steps[code]
        steps[event.reason] += 1
        steps["create"] += not before
        steps["cancelled"] += event.to_state == "cancelled" and before != "cancelled"
        steps["untold"] += event.reason in UNTOLD and event.to_state == "cancelled"

    def _queue(self, event: Any, code: str, number: int, moves: dict[str, Any], pool: int) -> None:
        """Keep the queue of a class, and see that a seat goes to the first in it, or past one that did not fit."""
        queue, id_ = self.queues[pool], event.registration_id
        party = queue.get(id_)
        if moves["taken"] > 0 and moves["waiting"] == moves["held"] == 0 and set(queue) - {id_}:
            self.faults.append(f"{code}: {event.reason or 'registered'} past {len(queue)} who wait")
        if moves["waiting"] < 0 and event.reason in ("promoted", "offered") and party:
            self._serve(queue, party)
        if party and moves["waiting"] < 0 and party.seats + moves["waiting"] <= 0:
            del queue[id_]
        elif party:
            party.seats += moves["waiting"]
            party.since = event.at if moves["waiting"] > 0 else party.since
        elif moves["waiting"] > 0:
            since = self.since.pop(id_, event.at) if event.reason == "standby" else event.at
            queue[id_] = Party(code, moves["waiting"], since, number)
        if party and event.reason == "standby":
            self.since[id_] = party.since

    since: dict[int, datetime] = field(default_factory=dict)

    def _serve(self, queue: dict[int, Party], own: Party) -> None:
        for ahead in queue.values():
            if ahead.rank < own.rank:
                ahead.passed += 1
                if ahead.seats <= own.seats:
                    self.faults.append(f"{own.code} ({own.seats}) got a seat before {ahead.code} ({ahead.seats})")
                if ahead.passed > self.overtakes:
                    self.faults.append(f"{ahead.code} was overtaken {ahead.passed} times")


def list_faults(offerings: Collection[int], overtakes: int) -> list[str]:
    """Recount everything about these offerings (ids); a sound history has no faults."""
    db.session.rollback()
    rows = {row.id: row for row in db.session.scalars(_of(offerings)).all()}
    pools = {
        pool.id: pool
        for pool in db.session.scalars(select(CapacityPool).where(CapacityPool.offering_id.in_(offerings)))
    }
    account = _replay(rows, pools, overtakes)
    faults = account.faults + _standing(rows, account) + _pools(rows, pools, account)
    return faults + _unwritten(rows, account)


def _of(offerings: Collection[int]) -> Any:
    return select(Registration).where(Registration.offering_id.in_(offerings))


def _replay(rows: dict[int, Registration], pools: dict[int, CapacityPool], overtakes: int) -> Account:
    account = Account(overtakes)
    deltas: dict[int, list[SeatDelta]] = defaultdict(list)
    for delta in db.session.scalars(select(SeatDelta).where(SeatDelta.pool_id.in_(pools))):
        deltas[delta.event_id].append(delta)
        account.seats[delta.pool_id].update(taken=delta.taken, held=delta.held, waiting=delta.waiting)
    events = select(RegistrationEvent).where(RegistrationEvent.id.in_(select(SeatDelta.event_id)))
    for event in db.session.scalars(events.order_by(RegistrationEvent.id)):
        own = [delta for delta in deltas[event.id] if pools[delta.pool_id].cls != "room"]
        due = 1 if own and pools[own[0].pool_id].cls == "online" else 2
        if event.registration_id not in rows or len(own) != 1 or len(deltas[event.id]) != due:
            if event.registration_id in rows:
                account.faults.append(f"event {event.id} moved {len(deltas[event.id])} pools")
            continue
        moves = {name: getattr(own[0], name) for name in ("taken", "held", "waiting")}
        account.take(event, rows[event.registration_id].code, event.registration_id, moves, own[0].pool_id)
    return account


def _standing(rows: dict[int, Registration], account: Account) -> list[str]:
    """Say whose state is not where their events end."""
    ends = account.states
    return [f"{row.code}: is {row.state}, events end at {ends.get(id_)}" for id_, row in rows.items()
            if ends.get(id_) != row.state]  # fmt: skip


def _pools(rows: dict[int, Registration], pools: dict[int, CapacityPool], account: Account) -> list[str]:
    """Say where seats are sold beyond a pool, and whose counters are not what its people and its history say."""
    faults = []
    for pool in pools.values():
        theirs = [row for row in rows.values() if row.offering_id == pool.offering_id]
        mine = [r for r in theirs if pool.cls == r.cls or (pool.cls == "room" and r.cls != "online")]
        sold = sum(row.seats for row in mine if row.state == "confirmed")
        wait = sum(row.seats for row in mine if row.state == "waitlisted")
        held = sum(row.seats for row in mine if row.holding)
        if pool.cap is not None and sold + held > pool.cap + pool.overbook:
            faults.append(f"{sold} + {held} seats of {pool.cap}")
        told = account.seats[pool.id]
        if (sold, held, wait) != (told["taken"], told["held"], told["waiting"]) or (sold, wait) != (
            pool.taken,
            pool.waiting,
        ):
            faults.append(f"pool {pool.id}: {sold}, {held}, {wait} by people, {dict(told)} by history")
    people = Counter((row.offering_id, row.attendee_id) for row in rows.values() if row.state in LIVE)
    return faults + [f"{who} has {number} live registrations" for who, number in people.items() if number > 1]


def _unwritten(rows: dict[int, Registration], account: Account) -> list[str]:
    """Say which steps have more or fewer audit entries than one, and which message is not there exactly once."""
    entries: Counter[tuple[str, str]] = Counter()
    for code, verb in db.session.execute(select(AuditEntry.code, AuditEntry.verb)):
        entries[code, verb] += 1
    messages: Counter[tuple[str, str]] = Counter()
    for key in db.session.scalars(select(Message.dedupe_key)):
        kind, _pass, code = [*key.split(":"), "", ""][:3]
        messages[code, kind] += 1
    nameless = set(db.session.scalars(select(Attendee.id).where(Attendee.name == "")))
    faults = []
    for row in rows.values():
        steps = account.steps[row.code]
        for step, verb in AUDITED.items():
            if steps[step] != entries[row.code, verb]:
                faults.append(f"{row.code}: {steps[step]} times {step}, {entries[row.code, verb]} entries")
        if row.attendee_id not in nameless:
            faults += _untold(row, steps, messages)
    return faults


def _untold(row: Registration, steps: Counter[str], messages: Counter[tuple[str, str]]) -> list[str]:
    told = {kind: messages[row.code, kind] for kind in ("offered", "cancelled", "promoted", "lapsed")}
    want = {"offered": steps["offered"], "lapsed": steps["lapsed"]}
    want["promoted"] = min(1, steps["promoted"] + steps["accepted"] + steps["贵宾"])
    want["cancelled"] = int(row.state == "cancelled" and not steps["untold"] and row.end_reason != "lapsed")
    return [f"{row.code}: {told[kind]} messages {kind}, {want[kind]} due" for kind in want if told[kind] != want[kind]]
