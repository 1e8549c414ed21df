"""A randomised run of several processes over a few crowded offerings, killed now and then: nothing is lost.

The parent hands out time by how much is done. Each process says what it has done after its action returned, so that
whatever was said must be found in the database, whoever was killed after.
"""

import contextlib
import json
import multiprocessing
import os
import random
import select as polling
import signal
import time
import traceback
from collections import Counter
from ctypes import c_bool, c_longlong
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.process import BaseProcess
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.checkin import verify as checkin
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db, snapshot
from eventweek.kernel.errors import Refusal
from eventweek.registration.actions import settle_offerings
from eventweek.registration.models import Registration
from eventweek.registration.verify import list_findings
from eventweek.replanning import verify as replanning
from tests.conftest import SCALE, scaled
from tests.registration.operations import KEYS, OPERATIONS, OVERTAKES, WEIGHTS, Ground, Hand, prepare
from tests.registration.replay import list_faults

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]

PROCESSES = 4
FULL, SOAK, LEAST = 2_500, 50_000, 40
"""Operations on each database: in the full run, in `make soak`, and where counts are small."""
A_KILL, A_LOOK, A_GLANCE = 250, 500, 50
"""Operations for each process that is killed, for each look at every invariant, and for each at who waits."""
BEFORE, AFTER = timedelta(hours=6), timedelta(minutes=15)
"""The run begins so long before the first session, and ends so long after its start."""
AT_ONCE = "nobody waits beside a free seat"
FORK = multiprocessing.get_context("fork")


@dataclass
class Run:
    """What the parent knows: how far it is, and what its processes have said."""

    app: Flask
    ground: Ground
    operations: int
    done: Any = field(default_factory=lambda: FORK.RawValue(c_longlong, 0))
    over: Any = field(default_factory=lambda: FORK.RawValue(c_bool, False))
    said: dict[str, int] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    kills: int = 0

    def now(self) -> Any:
        """Return the time of the run."""
        return self.ground.starts - BEFORE + (BEFORE + AFTER) * min(1.0, self.done.value / self.operations)


def live(run: Run, seed: int, pipe: int) -> None:
    """Act until the run is over, in a process of its own."""
    source, parent = random.Random(seed), os.getppid()
    hand = Hand(run.ground, seed, source)
    with run.app.app_context():
        while not run.over.value and os.getppid() == parent:
            [what] = source.choices(list(OPERATIONS), WEIGHTS)
            said: dict[str, Any] = {"seed": seed, "n": hand.count, "what": what}
            try:
                with travel(run.now()):
                    wrote = hand.act(what)
                if wrote is None:
                    continue
                said["wrote"] = [(code, _version(code)) for code in wrote]
            except Refusal as refusal:
                db.session.rollback()
                said["refused"] = refusal.code
            except Exception:  # told to the parent, which fails
                db.session.rollback()
                said["error"] = traceback.format_exc()[-1500:]
            os.write(pipe, json.dumps(said).encode() + b"\n")


def _version(code: str) -> int:
    return db.session.scalars(select(Registration.version).where(Registration.code == code)).one()


class Parent:
    """Starts the processes, hears them, kills one now and then, and looks whether all is well."""

    def __init__(self, run: Run, seed: int) -> None:
        self.run, self.source, self.seed = run, random.Random(seed), seed * 1000
        self.ear, self.mouth = os.pipe()
        self.workers: list[BaseProcess] = []
        self.rest = b""

    def start(self) -> None:
        """Start one more process, with a seed of its own."""
        db.session.remove()
        db.engine.dispose()
        self.seed += 1
        self.workers.append(FORK.Process(target=live, args=(self.run, self.seed, self.mouth)))
        self.workers[-1].start()

    def hear(self) -> None:
        """Take in what was said."""
        if not polling.select([self.ear], [], [], 0.2)[0]:
            return
        *lines, self.rest = (self.rest + os.read(self.ear, 1 << 16)).split(b"\n")
        for line in lines:
            said = json.loads(line)
            if "error" in said:
                self.run.faults.append(str(said))
            elif "refused" in said:
                self.run.refused[f"{said['what']}: {said['refused']}"] += 1
            else:
                self.run.done.value += 1
                self.run.counts[said["what"]] += 1
                self.run.said |= {code: max(version, self.run.said.get(code, 0)) for code, version in said["wrote"]}

    def kill(self) -> None:
        """Kill one at whatever it is doing, and start another."""
        victim = self.workers.pop(self.source.randrange(len(self.workers)))
        assert victim.pid
        os.kill(victim.pid, signal.SIGKILL)
        victim.join()
        self.run.kills += 1
        self.start()

    def go(self) -> None:
        """Run until enough was done."""
        marks = sorted(self.source.sample(range(1, self.run.operations), kills_of(self.run)))
        number = max(2, self.run.operations // A_LOOK)
        looks = [self.run.operations * n // number for n in range(1, number)]
        glances = list(range(A_GLANCE, self.run.operations, A_GLANCE))
        for _ in range(PROCESSES):
            self.start()
        while self.run.done.value < self.run.operations and not self.run.faults:
            self.hear()
            if marks and self.run.done.value >= marks[0]:
                time.sleep(self.source.random() / 50)
                marks.pop(0)
                self.kill()
            if glances and self.run.done.value >= glances[0]:
                glances.pop(0)
                glance(self.run)
            if looks and self.run.done.value >= looks[0]:
                looks.pop(0)
                look(self.run)
                print(
                    f"{self.run.done.value} operations, {self.run.kills} kills, faults: {self.run.faults}", flush=True
                )
        self.run.over.value = True

    def stop(self) -> None:
        """Let the processes end, and hear the last of them."""
        self.run.over.value = True
        while any(worker.is_alive() for worker in self.workers):
            self.hear()
        self.hear()
        for worker in self.workers:
            worker.join()
        for end in (self.ear, self.mouth):
            with contextlib.suppress(OSError):
                os.close(end)


def count_operations() -> int:
    """Return how many operations this run has."""
    return SOAK if SCALE >= 10 else scaled(FULL) if SCALE >= 1 else LEAST


def kills_of(run: Run) -> int:
    """Return how many processes are killed."""
    return max(2, run.operations // A_KILL)


def warm(run: Run) -> None:
    """Do each thing once, so that no process has to build its statements again."""
    hand = Hand(run.ground, 0, random.Random(0))
    with travel(run.now()):
        for what in ["one"] * 12 + list(OPERATIONS):
            with contextlib.suppress(Refusal):
                hand.act(what)


def glance(run: Run) -> None:
    """See that nobody waits beside a free seat: who waits has it by the end of the transaction that gives it up."""
    with travel(run.now()), snapshot():
        found = [finding for finding in list_findings() if finding.name == AT_ONCE and finding.rows]
    run.faults += [f"{finding.name}: {finding.rows[:3]}" for finding in found]


def look(run: Run) -> None:
    """See that every invariant of `eventweek verify` stands; what only time has ended may wait for the worker's minute.

    A process that began at an earlier minute may write such a thing once more, so time is settled twice before it is a
    fault.
    """
    glance(run)
    with travel(run.now()):
        for _ in range(2):
            settle_offerings()
            with snapshot():
                findings = list_findings() + checkin.list_findings() + replanning.list_findings()
            found = [finding for finding in findings if finding.rows]
            if not found:
                break
        run.faults += [f"{finding.name}: {finding.rows[:3]}" for finding in found]


def lost(run: Run) -> list[str]:
    """Return what was said to be done and is not in the database."""
    rows = db.session.execute(select(Registration.code, Registration.version))
    versions = {code: version for code, version in rows}  # noqa: C416
    return [code for code, version in run.said.items() if versions.get(code, 0) < version]


def test_a_random_run_of_processes_that_are_killed_leaves_every_invariant(demo_app: Flask) -> None:
    seed = int(os.environ.get("EVENTWEEK_TEST_SEED", "1"))
    run = Run(demo_app, prepare(KEYS), count_operations())
    warm(run)
    parent, began = Parent(run, seed), time.monotonic()
    try:
        parent.go()
    finally:
        parent.stop()
    took = time.monotonic() - began
    print(
        f"seed {seed}: {run.done.value} operations, {run.kills} kills, {took:.1f} s; {dict(run.counts)}; {run.refused}"
    )
    assert run.faults == []
    look(run)
    assert run.faults == [] and lost(run) == []
    assert list_faults(run.ground.ids, OVERTAKES) == []
    assert run.kills == kills_of(run)
    assert len(run.counts) > 5 and (SCALE < 1 or set(run.counts) == set(OPERATIONS))
