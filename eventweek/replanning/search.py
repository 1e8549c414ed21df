"""The planner in a process of its own: its memory and its processor time are not those of whoever serves pages.

The process is a command of ours (docs/planner-format.md); an interrupt lets it end with the best that it has.
"""

import atexit
import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any

ROOT = Path(__file__).parents[2]
PATIENCE = 180.0
"""Seconds that a search may take beyond its own: it starts, it compiles at its first use, it explains its result."""
LOOK = 0.25
"""Seconds between two looks at the process."""
GLANCE = 60.0
"""Seconds after which even the check before a search is given up."""
NICE = 5
"""By how much the search gives way to those who serve pages."""

LAST_WORDS = 2000
"""Bytes of what a process complains that go into the log."""

_log = logging.getLogger(__name__)


class Failed(Exception):
    """There is no plan; `code` of the sentence why, or the planner's own sentences as `faults`."""

    def __init__(self, code: str, faults: Sequence[Sequence[str]] = ()) -> None:
        super().__init__(code)
        self.code, self.faults = code, [list(pair) for pair in faults]


@dataclass(frozen=True)
class Found:
    """The file of a solution, and what is said of it."""

    solution: bytes
    account: dict[str, Any]


def glance(problem: Path) -> dict[str, Any]:
    """Return the `faults` of a problem, the `findings` before any search, and the `rules` by their codes.

    Raises: Failed planner.broken, planner.killed, planner.late.
    """
    try:
        return dict(json.loads(_run(["precheck", str(problem), "--json"], GLANCE)))
    except ValueError:
        raise Failed("planner.broken") from None


def search(problem: Path, trail: Path, seconds: int, goes_on: Callable[[], bool], *, explained: bool = True) -> Found:
    """Solve a problem as it says itself; `goes_on` is asked all the while.

    `explained`: say also what was certain before, and who stands in whose way; that takes longer.

    Raises: Failed planner.faults, planner.broken, planner.killed, planner.late.
    """
    with TemporaryDirectory(prefix="eventweek-") as folder:
        out, account = Path(folder) / "solution.json", Path(folder) / "account.json"
        words = ["solve", str(problem), "-o", str(out), "--progress", str(trail)]
        words += ["--account", str(account)] if explained else []
        try:
            _run(words, seconds + PATIENCE, lambda: goes_on() or not trail.exists())
        except Failed:
            if account.exists() and (faults := json.loads(account.read_bytes())["faults"]):
                raise Failed("planner.faults", faults) from None
            if not out.exists():  # else only the explanation is missing
                raise
        if not out.exists():
            raise Failed("planner.broken")
        said = json.loads(account.read_bytes()) if explained else {"findings": [], "rules": {}}
        told = said | {"removed": _removed(problem, out)}
        return Found(out.read_bytes(), told)


def _removed(problem: Path, solution: Path) -> dict[str, int]:
    """Return how many have registered for each published session that loses its place."""
    gone = set(json.loads(solution.read_bytes())["diff"]["removed"])
    sessions = json.loads(problem.read_bytes())["sessions"] if gone else []
    return {one["id"]: one.get("registered", 0) for one in sessions if one["id"] in gone}


def _run(words: Sequence[str], most: float, goes_on: Callable[[], bool] = lambda: True) -> bytes:
    """Return what a command of the planner prints; it is interrupted once when `goes_on` says no."""
    with TemporaryFile() as printed, TemporaryFile() as complained:
        process = subprocess.Popen(
            [sys.executable, "-m", "eventweek", "plan", *words],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=complained,
            start_new_session=True,
        )
        atexit.register(process.kill)
        try:
            _watch(process, most, goes_on)
        finally:
            process.kill()
            process.wait()
            atexit.unregister(process.kill)
        printed.seek(0)
        complained.seek(0)
        if said := complained.read()[-LAST_WORDS:]:
            _log.warning("the planner says: %s", said.decode("utf-8", "replace"))
        if process.returncode < 0:
            raise Failed("planner.killed")
        if process.returncode not in (0, 1):
            raise Failed("planner.broken")
        return printed.read()


def _watch(process: subprocess.Popen[bytes], most: float, goes_on: Callable[[], bool]) -> None:
    """Wait for the end; raise Failed when it does not come."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, process.pid, NICE)
    began, asked = time.monotonic(), False
    while process.poll() is None:
        time.sleep(LOOK)
        if not asked and not goes_on():
            asked = True
            process.send_signal(signal.SIGINT)
        if time.monotonic() - began > most:
            raise Failed("planner.late")
