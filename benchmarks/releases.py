"""A generated week of 1,000 sessions, 60 rooms and 7 days: the page of the next release, and the release itself.

`python -m benchmarks.releases`: everything new, some changed, everything moved; beside an empty Flask page.
"""

import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, event, select, update

from benchmarks.desk import sign_in
from benchmarks.frame import FOLDER, Figure, empty_installation, figure, report
from benchmarks.release_week import CODE, SIZES, plant
from benchmarks.week_draft import Sizes
from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import db, transaction
from eventweek.programme.models import Session
from eventweek.scheduling.actions import release_schedule, restore_release
from eventweek.scheduling.models import Placement

BASE = "bare Flask"
PAGE = f"/desk/w/{CODE}/releases/new"
CHANGED = 25
"""One session of so many is given another title."""


def measure(count: int, sizes: Sizes = SIZES) -> list[Figure]:
    """Return the figures of `count` calls each; a release runs once for each state, so its lines are of few calls."""
    bare = Flask("bare")
    bare.add_url_rule("/", view_func=lambda: "ok")
    with empty_installation() as app:
        week_id = plant(sizes).id
        empty, client = bare.test_client(), sign_in(app)
        figures = [_timed(BASE, count, lambda: empty.get("/"))]

        def look() -> None:
            db.session.remove()
            assert client.get(PAGE).status_code == 200

        def publish() -> None:
            release_schedule(week_id, actor=SYSTEM, note="")

        for state, change in (("all new", None), ("some renamed", _rename), ("all moved", _move)):
            if change:
                change()
            figures.append(_timed(f"page, {state}, first look", 1, look))
            figures.append(_timed(f"page, {state}", count, look))
            figures.append(_timed(f"release, {state}", 1, publish))
        figures.append(_timed("page, nothing changed", count, look))
        figures.append(_timed("back to release 1", 1, lambda: restore_release(week_id, 1, actor=SYSTEM, note="")))
    return figures


def _rename() -> None:
    with transaction():
        some = update(Session).where(Session.id % CHANGED == 0)
        db.session.execute(some.values(title_zh="改了名字的一场", version=Session.version + 1))


def _move() -> None:
    with transaction():
        for own in db.session.scalars(select(Placement)):
            own.start += timedelta(minutes=15)


def _timed(name: str, count: int, call: Callable[[], object]) -> Figure:
    """Return how long calls take; the number of statements of the last stands in the name."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA")):
            seen.append(statement)

    times = []
    event.listen(Engine, "before_cursor_execute", note)
    for _ in range(count):
        seen.clear()
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    event.remove(Engine, "before_cursor_execute", note)
    return figure(f"{name} ({len(seen)} SQL)" if seen else name, times)


def main(count: int = 15, folder: Path = FOLDER, sizes: Sizes = SIZES) -> str:
    """Measure and report."""
    about = f"{sizes.sessions:,} sessions, {sizes.rooms} rooms, {sizes.days} days, one process, one thread, SQLite"
    return report("releases", measure(count, sizes), BASE, folder, about)


if __name__ == "__main__":
    print(main(int(sys.argv[1]) if len(sys.argv) > 1 else 15))
