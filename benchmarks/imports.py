"""A workbook of 5,000 sessions: read, looked through, taken in, taken in again; and how long others wait to write."""

import select
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.frame import FOLDER, Figure, demo_week, figure, report
from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import db
from eventweek.kernel.tables import Column, Page, Row, read_tables, write_workbook
from eventweek.language.sheets import tongues
from eventweek.programme.queries import find_week
from eventweek.scheduling.actions.importing import import_programme
from eventweek.scheduling.formats import Context, read_any
from eventweek.scheduling.queries.names import list_names

BASE = "cells of the workbook read"
WAITING = "the longest wait of another writer"
PAUSE = 0.005
"""Seconds between two writes of the other writer."""
HEADS = ("编号", "标题", "英文标题", "类型", "预计人数", "日期", "开始", "房间")


def workbook(rows: int, room: str) -> bytes:
    """Return a workbook of so many sessions, all placed in this room."""
    told = [
        Row(
            [
                f"b-{n}",
                f"场次{n}",
                f"Session {n}",
                "项目路演",
                n % 300,
                "2026-10-15",
                f"{9 + n % 8}:00",
                room,
            ]
        )
        for n in range(rows)
    ]
    return write_workbook([Page("场次", [Column(head) for head in HEADS], told)])


def measure(rows: int) -> list[Figure]:
    """Return the figures of one workbook; a run counts as one call."""
    with demo_week():
        names = list_names(find_week("jl2026"))
        content = workbook(rows, next(reference for subject, reference in names.labels if subject == "room"))
        context = Context(week="jl2026", tongues=tongues(), names=names)
        reading = read_any(content, "week.xlsx", context)
        taking = partial(import_programme, reading.document, actor=SYSTEM)
        cases: dict[str, Callable[[], object]] = {
            BASE: lambda: read_tables(content, "week.xlsx"),
            "document with places": lambda: read_any(content, "week.xlsx", context),
            "dry run": lambda: taking(dry_run=True),
            "import, all new": taking,
            "import again, unchanged": taking,
        }
        with another_writer(Path(db.engine.url.database or "")) as waits:
            figures = [figure(name, [_seconds(call)]) for name, call in cases.items()]
        return [*figures, figure(WAITING, waits)]


@contextmanager
def another_writer(database: Path) -> Iterator[list[float]]:
    """Let a process of its own take the write lock again and again; give the seconds of its longest wait at the end."""
    waits: list[float] = []
    command = [sys.executable, "-m", "benchmarks.imports", "write", str(database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        writer.stdout.readline()
        yield waits
        told, _none = writer.communicate("\n")
        waits.append(float(told))


def write_on(database: str) -> None:
    """Take the write lock and let it go until a line is sent; then say how long that took at most."""
    connection = sqlite3.connect(database, timeout=60, isolation_level=None)
    print("ready", flush=True)
    longest = 0.0
    while not select.select([sys.stdin], [], [], PAUSE)[0]:
        start = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
        longest = max(longest, time.perf_counter() - start)
    print(longest)


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def main(rows: int = 5_000, folder: Path = FOLDER) -> str:
    """Measure, write the JSON, return the table."""
    return report("imports", measure(rows), BASE, folder, f"demo week and a workbook of {rows:,} sessions, SQLite")


if __name__ == "__main__" and sys.argv[1:2] == ["write"]:
    write_on(sys.argv[2])
elif __name__ == "__main__":
    print(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000))
