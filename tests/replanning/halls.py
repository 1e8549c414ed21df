"""A small week on its day: three halls of one venue, one of another, published sessions that people registered for."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from eventweek import worker
from eventweek.audit.actors import SYSTEM
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db
from eventweek.programme.models import Session, Week
from eventweek.programme.queries.incidents import get_incident
from eventweek.replanning.actions.incidents import raise_alarm
from eventweek.replanning.enums import Way
from eventweek.replanning.queries.incidents import Situation, foresee_loss
from eventweek.replanning.queries.ways import WayOut, get_way
from eventweek.scheduling.actions import place_session, release_schedule
from tests.factories.programme import make_person, make_room, make_session, make_venue, make_week

MORNING = datetime(2027, 4, 13, 0, 30, tzinfo=UTC)
"""08:30 in Changchun, on the second day."""


@contextmanager
def on_the_day() -> Iterator[None]:
    """Stand at half past eight of the second day."""
    with travel(MORNING):
        yield


@dataclass
class Halls:
    """The week: codes of its rooms and sessions by their short names."""

    id: int = 0
    code: str = "spring"
    rooms: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    venues: dict[str, str] = field(default_factory=dict)

    @property
    def week(self) -> Week:
        """Return the row."""
        return db.session.get_one(Week, self.id)

    def alarm(self, *rooms: str, actor: Any = SYSTEM, **more: Any) -> str:
        """Say that these halls are lost; return the code."""
        values = {"rooms": [self.rooms[name] for name in rooms], "reason_zh": "漏水"} | more
        return raise_alarm(self.id, values, named=str, actor=actor).code

    def found(self, *rooms: str) -> str:
        """Say that these halls are lost and let the planner find every way; return the code."""
        code = self.alarm(*rooms)
        worker.work_off()
        return code

    def situation(self, code: str) -> Situation:
        """Return what an incident concerns now."""
        db.session.rollback()
        return foresee_loss(self.week, get_incident(self.id, code))

    def way(self, code: str, way: Way) -> WayOut:
        """Return a way out as it stands now."""
        db.session.rollback()
        incident = get_incident(self.id, code)
        own = get_way(self.week, incident, foresee_loss(self.week, incident), way)
        assert own
        return own

    def session(self, name: str) -> Session:
        """Return a session by its short name."""
        return db.session.scalars(select(Session).where(Session.code == self.sessions[name])).one()


def make_halls(**week: Any) -> Halls:
    """Make it: 甲 and 乙 in hall one (of 100), 丙 at 甲's time in hall two (200), hall three (60) is free all day."""
    row = make_week(**week)
    own, near, far = Halls(row.id), make_venue(), make_venue(name="创新大厦")
    own.venues = {"near": near.code, "far": far.code}
    seats = (
        ("one", near, 100, "一号厅"),
        ("two", near, 200, "二号厅"),
        ("three", near, 60, "三号厅"),
        ("far", far, 150, "报告厅"),
    )
    own.rooms = {key: make_room(venue, name_zh=name, capacity=n).code for key, venue, n, name in seats}
    people = [{"person": make_person().code, "role": "speaker"}]
    plan = (("甲", "one", "09:00", people, 90), ("乙", "one", "14:00", [], 40), ("丙", "two", "09:00", [], 50))
    for name, room, hour, parts, expected in plan:
        session = make_session(row, name, people=parts, expected=expected)
        own.sessions[name] = session.code
        place_session(session.code, f"2027-04-13T{hour}", own.rooms[room], version=None, actor=SYSTEM)
    release_schedule(own.id, actor=SYSTEM, note="")
    db.session.rollback()
    worker.work_off()
    return own
