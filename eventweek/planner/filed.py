"""A plan that a file holds, from this planner or from anywhere: read, and looked at where the rules do not look."""

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from eventweek.planner.matches import Plan, Stand
from eventweek.planner.problem import MINUTES_A_DAY, BadProblem, Session, read
from eventweek.planner.reading import Fault, nearest
from eventweek.planner.solution import FORMAT, Log, Score
from eventweek.planner.week import Week, fixed


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
        if _in_event(week, place.start):
            plan[s] = Stand(place.start, place.start + week.durations[s], week.room_of[place.room])
    return plan


def strays(week: Week, places: Sequence[Place]) -> list[Fault]:
    """Return a sentence for each place that a search would never have given: pins, grid and days are no rules."""
    return [fault for place in places for fault in _strays(week, place)]


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


def _in_event(week: Week, start: int) -> bool:
    return 0 <= start < week.problem.event.days * MINUTES_A_DAY


def _strays(week: Week, place: Place) -> Iterator[Fault]:
    session = week.problem.sessions[week.session_of[place.session]]
    name, pin = session.name or session.id, fixed(session)
    if not _in_event(week, place.start):
        yield (
            f"“{name}”在活动的日期之外（{place.start}）。",
            f"“{name}” stands outside of the event's days ({place.start}).",
        )
    elif pin.start is not None:
        if place.start != pin.start:
            yield (
                f"“{name}”固定在 {pin.start} 开始，这里却是 {place.start}。",
                f"“{name}” is to stay at {pin.start}, but starts at {place.start}.",
            )
    elif place.start not in _allowed(week, session):
        yield (
            f"“{name}”的开始时间 {place.start} 不在时间格或它的 starts 上。",
            f"“{name}” starts at {place.start}, which is neither on the grid nor among its `starts`.",
        )
    if pin.room is not None and place.room != pin.room:
        yield (
            f"“{name}”固定在场地“{pin.room}”，这里却在“{place.room}”。",
            f"“{name}” is to stay in room “{pin.room}”, but stands in “{place.room}”.",
        )


def _allowed(week: Week, session: Session) -> frozenset[int]:
    return frozenset(week.candidates(session).tolist())
