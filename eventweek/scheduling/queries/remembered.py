"""The working plan of a week with all that its rules know, most of which a process remembers from the last time.

Where sessions stand is read each time. The rest is read anew when the audit tells of any change but a move (docs/
decisions/what-a-process-remembers-of-a-week.md); inside an action, whose changes may yet be taken back, always.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any

from sqlalchemy import select

from eventweek.audit.stamps import week_stamp
from eventweek.kernel.db import db, identity, in_action
from eventweek.kernel.remembering import Memory
from eventweek.programme.models import Week
from eventweek.scheduling.enums import Level
from eventweek.scheduling.models import Placement, Plan
from eventweek.scheduling.problems import Findings, Placed, Problem
from eventweek.scheduling.queries.frame import Frame, Spot, read_frame
from eventweek.scheduling.queries.levels import levels

MOVES = ("session.place", "session.unplace", "session.pin", "scenario.promote", "release.publish", "release.affect")
"""Verbs that leave sessions, rooms and people what they are."""
WEEKS, SECONDS = 4, 300.0


class Working:
    """A frame and what was found in the last plan that was looked at with it."""

    def __init__(self, frame: Frame, levels: Mapping[str, Level]) -> None:
        self.frame, self.levels = frame, levels
        self._placed: dict[int, tuple[Spot, Placed]] = {}
        self._findings, self._lock = Findings(frame.week), Lock()

    def problems(self, spots: Mapping[int, Spot]) -> list[Problem]:
        """Return what is wrong with a plan; quick where it differs little from the last one."""
        with self._lock:
            known = self._placed
            self._placed = {
                own: known[own]
                if own in known and known[own][0] == spots[own]
                else (spots[own], self.frame.at(own, spots[own]))
                for own in self.frame.sessions
                if own in spots
            }
            return self._findings.of((placed for _spot, placed in self._placed.values()), self.levels)


@dataclass(frozen=True)
class Now:
    """The working plan as it stands: what is known of its week, and by session (id) the row of its placement.

    Rows have session_id, start (aware in UTC), room_id, pin_time, pin_room and version.
    """

    known: Working
    rows: Mapping[int, Any]

    @property
    def frame(self) -> Frame:
        """Return what the rules know of the week."""
        return self.known.frame

    @cached_property
    def spots(self) -> Mapping[int, Spot]:
        """Where each session stands."""
        return {own: (row.start, row.room_id) for own, row in self.rows.items()}

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with it, the gravest first."""
        return self.known.problems(self.spots)


_memory: Memory[Working] = Memory(WEEKS, SECONDS)
P = Placement.__table__.c


def working(week: Week) -> Now:
    """Return the working plan of a week as it stands, in two statements where the rest is remembered."""
    known, week_id = _known(week), identity(week)
    own = select(P.session_id, P.start, P.room_id, P.pin_time, P.pin_room, P.version).join(Plan, Plan.id == P.plan_id)
    query = own.where(Plan.week_id == week_id, Plan.working)
    now = Now(known, {row.session_id: row for row in db.session.execute(query)})
    if any(row.room_id not in known.frame.rooms for row in now.rows.values()):  # one that was made in between
        return Now(_look(week), now.rows)
    return now


def frame_of(week: Week) -> Frame:
    """Return what the rules know of a week, in one statement where it is remembered."""
    return _known(week).frame


def _known(week: Week) -> Working:
    if in_action():
        return _look(week)
    week_id = identity(week)
    return _memory.recall(week_id, week_stamp(week_id, MOVES), lambda: _look(week))


def _look(week: Week) -> Working:
    return Working(read_frame(week), levels(week.id))
