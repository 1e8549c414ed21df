"""Demand over supply: sessions that need some rooms within a time for longer than these are open."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from eventweek.planner.constraints.rule import Sentence
from eventweek.planner.domains import Domain
from eventweek.planner.model import Model
from eventweek.planner.problem import MINUTES_A_DAY
from eventweek.planner.tables import CHANGEOVER, CLOSED, CROWDED, HARD
from eventweek.planner.week import merged
from eventweek.planner.wording import clock, day_names, listed


@dataclass(frozen=True)
class Shortage:
    """Sessions that do not fit into the rooms they need, and the sentence that says so."""

    sessions: tuple[int, ...]
    sentence: Sentence


def shortages(model: Model, domains: dict[int, Domain]) -> Iterator[Shortage]:
    """Yield for each type of rooms, each feature and each set of rooms that sessions need the worst of its times."""
    if not model.tables.weights[CROWDED, HARD] or not domains:
        return
    supply = _Supply(model, domains)
    seen: set[bytes] = set()
    for (zh, en), rooms in _room_sets(model, supply.choices):
        if rooms.tobytes() not in seen:
            seen.add(rooms.tobytes())
            found = supply.worst(rooms)
            if found:
                yield supply.told(found, zh, en)


def _room_sets(model: Model, choices: Any) -> Iterator[tuple[Sentence, Any]]:
    """Yield the room sets that are worth a look, each with what it is called."""
    rooms = model.week.problem.rooms
    for kind in sorted({room.type for room in rooms if room.type}):
        yield (f"“{kind}”类场地", f"Rooms of type “{kind}”"), np.array([room.type == kind for room in rooms])
    for feature in sorted({feature for room in rooms for feature in room.features}):
        yield (
            (f"有“{feature}”的场地", f"Rooms with “{feature}”"),
            np.array([feature in room.features for room in rooms]),
        )
    for row in np.unique(choices, axis=0):
        called = [rooms[r].called for r in np.flatnonzero(row)]
        more = len(called) - 3
        zh = "、".join(f"“{one}”" for one, _ in called[:3]) + (f"等{len(called)}个场地" if more > 0 else "")
        yield (
            (f"场地{zh}", ", ".join(f"“{one}”" for _, one in called[:3]) + (f" and {more} more" if more > 0 else "")),
            row,
        )
    yield ("全部场地", "All rooms"), np.ones(len(rooms), bool)


FOREVER = 1 << 30
"""More than any minute, so that a begin and an end make one number."""


@dataclass(frozen=True)
class _Short:
    sessions: tuple[int, ...]
    begin: int
    end: int
    needed: int
    offered: int


class _Supply:
    """Minutes needed and minutes open."""

    def __init__(self, model: Model, domains: dict[int, Domain]) -> None:
        self.model, self.sessions = model, np.array(sorted(domains))
        self.choices = np.zeros((len(domains), len(model.tables.rooms)), bool)
        spans = []
        for row, s in enumerate(self.sessions.tolist()):
            has = domains[s]
            self.choices[row, has.rooms[has.open.any(axis=0)]] = True
            usable = has.open.any(axis=1)
            spans.append((has.starts[usable].min(), has.ends[usable].max()))
        self.begins, self.ends = np.array(spans).T
        self.gaps = model.tables.sessions[self.sessions, CHANGEOVER]
        self.minutes = np.array([model.week.durations[s] for s in self.sessions]) + self.gaps
        horizon = int(self.ends.max())
        kept = model.tables.weights[CLOSED, HARD] > 0
        windows = [
            (r, begin, until)
            for r, room in enumerate(model.week.problem.rooms)
            for begin, until in (merged(room.open) if kept and room.open is not None else [(0, horizon)])
        ]
        self.rooms, self.opens, self.closes = np.array(windows, np.int64).reshape(-1, 3).T
        self.packed = np.packbits(self.choices, axis=1)

    def worst(self, rooms: Any) -> _Short | None:
        """Return the time in which these rooms are short of most minutes."""
        bound = np.flatnonzero(~(self.packed & np.packbits(~rooms)).any(axis=1))
        if not len(bound):
            return None
        begins, ends = self.begins[bound], self.ends[bound]
        both = np.append(begins * FOREVER + ends, begins.min() * FOREVER + ends.max())
        times = np.stack(np.divmod(np.unique(both), FOREVER), axis=1)
        inside = (begins >= times[:, :1]) & (ends <= times[:, 1:])
        needed = inside @ self.minutes[bound]
        offered = self._offered(rooms, times, np.where(inside, self.gaps[bound], 0).max(axis=1))
        at = int(np.argmax(needed - offered))
        if needed[at] <= offered[at]:
            return None
        short = self.sessions[bound[inside[at]]]
        begin, end = times[at].tolist()
        return _Short(tuple(short.tolist()), begin, end, int(needed[at]), int(offered[at]))

    def _offered(self, rooms: Any, times: Any, gaps: Any) -> Any:
        """Return for each time the minutes that rooms are open, and a gap after the last session of each window."""
        own = rooms[self.rooms]
        lengths = np.minimum(times[:, 1:], self.closes[own]) - np.maximum(times[:, :1], self.opens[own])
        return np.where(lengths > 0, lengths + gaps[:, None], 0).sum(axis=1)

    def told(self, short: _Short, zh: str, en: str) -> Shortage:
        """Give a shortage its sentence."""
        week, (begin, end) = self.model.week, (short.begin, short.end)
        days = [day_names(week.problem, minute // MINUTES_A_DAY) for minute in (begin, end - 1)]
        which = listed(week, short.sessions)
        return Shortage(
            short.sessions,
            (
                f"{zh}不够用：{days[0][0]}{clock(begin)}至{days[1][0]}{clock(end)}之间，{which[0]}"
                f"共需{short.needed}分钟，只有{short.offered}分钟（均含转场）。",
                f"{en}: too little time from {days[0][1]} {clock(begin)} to {days[1][1]} {clock(end)}; {which[1]} "
                f"need {short.needed} minutes of {short.offered}, changeovers counted.",
            ),
        )
