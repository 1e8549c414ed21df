"""A plan that a file holds, from this planner or from anywhere: read, and looked at where the rules do not look."""

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from eventweek.planner.bounds import in_event, why_not_there
from eventweek.planner.matches import Plan, Stand
from eventweek.planner.problem import BadProblem, read
from eventweek.planner.reading import Fault, nearest
from eventweek.planner.solution import FORMAT, Log, Score
from eventweek.planner.week import Week


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """What a file has to say of a session that stands somewhere; the end follows from the problem."""

    session: str
    room: str
    start: int


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """A session that a file says has no place."""

    id: str


class Filed(msgspec.Struct, frozen=True, kw_only=True, tag_field="format", tag=FORMAT):
    """What is read of a plan's file; everything but the places may be missing."""

    assignments: list[Place]
    unplaced: list[Left] = []
    score: Score | None = None
    log: Log | None = None


def read_plan(data: bytes | str) -> Filed:
    """Read a plan from JSON; raise `BadProblem` with every place where it is wrong."""
    return read(data, Filed)


def plan_of(week: Week, places: Sequence[Place]) -> Plan:
    """Return the plan of a file without what stands outside of the event.

    Raises `BadProblem` with a sentence for each session or room that the problem does not have, or that stands twice.
    """
    faults = list(_faults(week, places))
    if faults:
        raise BadProblem(faults)
    plan = {}
    for place in places:
        s = week.session_of[place.session]
        if in_event(week, place.start):
            plan[s] = Stand(place.start, place.start + week.durations[s], week.room_of[place.room])
    return plan


def strays(week: Week, places: Sequence[Place]) -> list[Fault]:
    """Return a sentence for each place that a search would never have given: pins, grid and days are no rules."""
    return [
        fault
        for place in places
        for fault in why_not_there(week, week.session_of[place.session], place.start, place.room)
    ]


def _faults(week: Week, places: Sequence[Place]) -> Iterator[Fault]:
    for n, place in enumerate(places):
        for field, name, known, zh in (
            ("session", place.session, week.session_of, "场次"),
            ("room", place.room, week.room_of, "场地"),
        ):
            if name not in known:
                near = nearest(name, known)
                cure = (f"是否应为“{near}”？", f" Did you mean “{near}”?") if near else ("", "")
                yield (
                    f"$.assignments[{n}].{field}：问题里没有{zh}“{name}”。{cure[0]}请更正，或换用配套的问题文件。",
                    f"$.assignments[{n}].{field}: the problem has no {field} “{name}”.{cure[1]} "
                    "Correct it, or use the problem that belongs to this plan.",
                )
    for name, times in Counter(place.session for place in places).items():
        if times > 1:
            yield (
                f"$.assignments：场次“{name}”安排了 {times} 次。请只留一处。",
                f"$.assignments: session “{name}” is placed {times} times. Keep one place.",
            )
