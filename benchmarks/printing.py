"""Papers: how long each takes, how large it is, and how long others have to wait for the interpreter meanwhile."""

import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.conditions import FOLDER, conditions
from benchmarks.desk import grow
from benchmarks.frame import demo_week
from benchmarks.planning import cells
from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import db
from eventweek.language.printing import paper_tongue
from eventweek.printing import actions
from eventweek.printing.actions import order_print, run_print
from eventweek.printing.queries import get_print, list_entries
from eventweek.printing.rules import Wish
from eventweek.programme.queries import find_week

LARGE = 981
WEEK = "jl2026"
TICK = 0.002
"""Seconds between two looks of the thread that waits for the interpreter."""
COLUMNS = ("paper", "sessions", "pages", "kB", "in all, s", "of it setting, s", "longest pause of others, ms")
Row = dict[str, Any]


def papers(day: str) -> dict[str, Wish]:
    """Return what is printed, by name; `day`: the one with most sessions."""
    return {
        "book, Chinese": Wish("book"),
        "book, English": Wish("book", language="en"),
        "book, draft of the plan": Wish("book", draft=True),
        "door sheets, one day": Wish("doors", part={"day": day}),
        "door sheets, whole week": Wish("doors"),
        "posters A3, one day": Wish("posters", part={"day": day}),
    }


def measure() -> Iterator[Row]:
    """Print each paper of the week as it stands."""
    own = find_week(WEEK)
    assert own
    week_id, entries = own.id, list_entries(own, draft=False)
    days = [entry.day.isoformat() for entry in entries]
    wishes = papers(max(set(days), key=days.count))
    for name, wish in wishes.items():
        yield {"paper": name, "sessions": len(entries), **_print(week_id, wish)}


def _print(week_id: int, wish: Wish) -> Row:
    code = order_print(week_id, wish, actor=SYSTEM).code
    spent: list[float] = []
    setting = actions.set_pdf

    def timed(*args: Any) -> bytes:
        began = time.perf_counter()
        made = setting(*args)
        spent.append(time.perf_counter() - began)
        return made

    actions.set_pdf = timed  # type: ignore[assignment]
    try:
        with another_thread() as pauses:
            began = time.perf_counter()
            run_print(code, paper_tongue, "https://week.example.org")
            seconds = time.perf_counter() - began
    finally:
        actions.set_pdf = setting
    db.session.remove()
    job = get_print(week_id, code)
    assert job.file, job.failure
    values = (job.pages, job.size // 1000, round(seconds, 2), round(sum(spent), 2), round(max(pauses) * 1000))
    return dict(zip(COLUMNS[2:], values, strict=True))


@contextmanager
def another_thread() -> Iterator[list[float]]:
    """Let a thread ask for the interpreter again and again; give how long it waited each time."""
    pauses, over = [0.0], threading.Event()

    def look() -> None:
        while not over.is_set():
            began = time.perf_counter()
            time.sleep(TICK)
            pauses.append(time.perf_counter() - began - TICK)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield pauses
    finally:
        over.set()
        thread.join()


def main(size: int = LARGE, folder: Path = FOLDER) -> str:
    """Measure the demo week and one of so many sessions, write the JSON, return the table."""
    with demo_week():
        rows = list(measure())
        if size > rows[0]["sessions"]:
            grow(size)
            rows += measure()
    under = conditions("demo week, then with more sessions in 60 halls; SQLite")
    folder.mkdir(parents=True, exist_ok=True)
    body = {"name": "printing", "conditions": under, "columns": COLUMNS, "figures": rows}
    (folder / "printing.json").write_text(json.dumps(body, indent=1), encoding="utf-8")
    head = f"printing  (load {under['load']:.1f}, {under['processors']} processors)"
    return "\n".join([head, cells(COLUMNS), *(cells(row.values()) for row in rows)])


if __name__ == "__main__":
    print(main(int(sys.argv[1]) if len(sys.argv) > 1 else LARGE))
