"""A hall is lost in a week of 1,000 sessions: seconds to the first way out, to all three, and to the decision."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from benchmarks.conditions import FOLDER
from benchmarks.desk import ROOMS, grow
from benchmarks.frame import demo_week
from benchmarks.planning import report
from eventweek import worker
from eventweek.audit.actors import SYSTEM
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db, transaction
from eventweek.kernel.jobs import Job
from eventweek.kernel.leases import list_due
from eventweek.programme.models import City, Room, Venue, Week
from eventweek.programme.queries.incidents import get_incident
from eventweek.replanning.actions.deciding import Choice, decide_incident
from eventweek.replanning.actions.incidents import raise_alarm
from eventweek.replanning.enums import Settling, Way
from eventweek.replanning.models import PlannerRun
from eventweek.replanning.queries.incidents import foresee_loss
from eventweek.replanning.queries.ways import list_ways
from eventweek.scheduling.actions import release_schedule
from eventweek.scheduling.models import Placement

SIZE, VENUES, APART = 1000, 6, 4
"""Sessions; venues that share the rooms; every fourth room begins at the same time."""
EVENING = datetime(2026, 10, 15, 0, 30, tzinfo=UTC)
"""08:30 on the first day."""


def furnish(size: int) -> int:
    """Make a week of so many sessions: rooms in six venues of one city, spread over the day; return its id."""
    grow(size)
    week = db.session.scalars(select(Week)).one()
    own = week.id
    with transaction():
        city = db.session.scalars(select(City).order_by(City.code).limit(1)).one()
        rooms = db.session.scalars(select(Room).where(Room.source_key.like("bench:%")).order_by(Room.id)).all()
        sites = [db.session.scalars(select(Venue).where(Venue.source_key == f"bench:{n}")).one() for n in range(VENUES)]
        for number, room in enumerate(rooms):
            room.venue = sites[number * VENUES // ROOMS]
            room.venue.city = city
            room.capacity = (80, 120, 200, 400)[number % 4]
        numbers = {room.id: number for number, room in enumerate(rooms)}
        for place in db.session.scalars(select(Placement).where(Placement.room_id.in_(numbers))):
            place.start += timedelta(hours=2 * (numbers[place.room_id] % APART))
    release_schedule(own, actor=SYSTEM, note="")
    worker.work_off(1000)
    return own


@contextmanager
def timed(rows: list[dict[str, object]], step: str) -> Iterator[None]:
    """Note how long something takes, in seconds."""
    began = time.perf_counter()
    yield
    rows.append({"step": step, "seconds": round(time.perf_counter() - began, 2)})


def measure(week_id: int) -> list[dict[str, object]]:
    """Lose the hall with most sessions ahead, let the ways be found, and decide for one."""
    rows: list[dict[str, object]] = []
    hall = db.session.scalars(select(Room.code).where(Room.source_key == "bench:7")).one()
    began = time.perf_counter()
    with timed(rows, "alarm"):
        code = raise_alarm(week_id, {"rooms": [hall], "reason_zh": "漏水"}, named=str, actor=SYSTEM).code
    for number, job in enumerate([each for each in list_due(Job) if _is_way(each)], 1):
        worker.perform(job)
        rows.append({"step": f"alarm to way {number}", "seconds": round(time.perf_counter() - began, 2)})
    week, incident = db.session.get_one(Week, week_id), get_incident(week_id, code)
    with timed(rows, "all ways read"):
        now = foresee_loss(week, incident)
        ways = list_ways(week, incident, now)
    for way in ways:
        told = {"moved": len(way.shifts), "cancelled": len(way.gone), "seats short": way.short}
        print(way.way, told, "ready" if way.can_be else "not ready", file=sys.stderr)
    choice = Choice(Way.ROOMS, now.basis, short=Settling.REQUEUE)
    with timed(rows, f"decision ({len(now.lost)} sessions)"):
        decide_incident(week_id, code, choice, actor=SYSTEM)
    return rows


def _is_way(job: int) -> bool:
    return db.session.scalar(select(Job.name).where(Job.id == job)) == "planner.way"


def main(size: int = SIZE, folder: Path = FOLDER) -> str:
    """Measure, write the JSON and return the table."""
    with demo_week(), travel(EVENING):
        rows = measure(furnish(size))
        lost = db.session.scalars(select(PlannerRun.failure).where(PlannerRun.failure != "")).all()
    if lost:
        raise SystemExit(f"a way was not found: {lost[0]}")
    return report("incident", rows, f"{size:,} sessions, {ROOMS} rooms, 7 days, SQLite, one worker", folder)


if __name__ == "__main__":
    print(main())
