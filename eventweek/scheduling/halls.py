"""Larger halls for a session that people wait for: free at its time, in its city, with what it needs."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from eventweek.scheduling.enums import Level
from eventweek.scheduling.problems import Findings, Placed, Problem, RoomFacts, WeekFacts

MOST = 3
"""Halls that are proposed for one session."""
SHUT = ("room_hours", "room_closed", "room_lost")
"""What is found where a room is not open, whatever that means in the week."""


@dataclass(frozen=True)
class Hall:
    """A room, whether it is in another venue, and what would be wrong there that is not wrong now."""

    room: RoomFacts
    elsewhere: bool
    problems: tuple[Problem, ...]


def larger_halls(
    week: WeekFacts,
    plan: Sequence[Placed],
    own: Placed,
    rooms: Iterable[RoomFacts],
    seats: int,
    levels: Mapping[str, Level],
) -> list[Hall]:
    """Return the best larger rooms for a placed session that `seats` people want: in its venue, holding all, small.

    They are open then, and nothing that stops a release comes with any of them. A session with a fixed room has none.
    """
    if own.fixed_room:
        return []
    others = [one for one in plan if one.code != own.code and (one.day == own.day or _tied(one, own))]
    findings = Findings(week)
    known = _about(own, findings.of([*others, own], levels))
    found: list[Hall] = []
    suiting = [room for room in rooms if _suits(room, own, others)]
    for room in sorted(suiting, key=lambda room: _order(room, own, seats)):
        moved = replace(own, room=room)
        told = [one for one in findings.of([*others, moved], levels) if own.code in one.sessions]
        new = tuple(one for one in told if (one.rule, one.sessions) not in known)
        if not any(one.level.stops or one.rule in SHUT for one in new):
            found.append(Hall(room, room.venue != own.room.venue, new))
        if len(found) == MOST:
            break
    return found


def _about(own: Placed, found: Collection[Problem]) -> set[tuple[str, tuple[str, ...]]]:
    return {(one.rule, one.sessions) for one in found if own.code in one.sessions}


def _tied(one: Placed, two: Placed) -> bool:
    """Tell whether an order, a common start or a series ties two sessions, whatever their days."""
    relations = {code for code, _gap in one.after} | one.together
    back = {code for code, _gap in two.after} | two.together
    series = {code for code, *_ in one.series} & {code for code, *_ in two.series}
    return two.code in relations or one.code in back or bool(series)


def _suits(room: RoomFacts, own: Placed, others: Iterable[Placed]) -> bool:
    """Tell whether a room is larger, in the same city, where the session may be, and empty while it is on."""
    if room.capacity <= own.room.capacity or room.city != own.room.city or not own.features <= room.features:
        return False
    if own.venues and room.venue not in own.venues:
        return False
    return not any(one.room.code == room.code and one.start < own.end and own.start < one.end for one in others)


def _order(room: RoomFacts, own: Placed, seats: int) -> tuple[bool, bool, int, str]:
    short = room.capacity < seats
    return room.venue != own.room.venue, short, -room.capacity if short else room.capacity, room.code
