"""From a problem to tables: each rule declares its terms, and the terms become arrays."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from eventweek.planner import kernel
from eventweek.planner.constraints import RULES
from eventweek.planner.constraints.presets import weight_of
from eventweek.planner.constraints.rule import Rule
from eventweek.planner.constraints.series import series_of
from eventweek.planner.problem import MINUTES_A_DAY, Problem
from eventweek.planner.tables import (
    FIRST,
    G_LEVEL,
    G_WEIGHT,
    HARD,
    LIMIT,
    MEDIUM,
    NOWHERE,
    OFFSET,
    OTHER,
    SHAPE,
    TERM,
    UNPLACED,
    State,
    Tables,
)
from eventweek.planner.terms import LEVELS, Cost, Group, Pair, Terms, pointers
from eventweek.planner.week import Week, fixed, inside, merged, size_of


@dataclass
class Model:
    """A problem ready to be searched: its week, its terms, its tables, and why starts and rooms were ruled out."""

    week: Week
    rules: tuple[Rule, ...]
    terms: Terms
    tables: Tables
    shut: dict[int, dict[int, int]] = field(default_factory=dict)
    """For each session: how many starts and rooms each hard rule (its number) rules out."""

    @property
    def size(self) -> int:
        """Return the number of sessions."""
        return len(self.week.problem.sessions)


def build(problem: Problem, rules: Sequence[Rule] = RULES, week: Week | None = None) -> Model:
    """Compile a checked problem with its preset's weights and its own; `rules` may hold more than the product's."""
    week = week or Week(problem)
    terms = Terms(week)
    domains = _Domains(week)
    for number, rule in enumerate(rules):
        setting = problem.weights.get(rule.code)
        level = (setting.level if setting and setting.level else None) or rule.level
        if level == "ignore":
            continue
        own = setting.weight if setting else None
        weight = own if own is not None else weight_of(problem.preset, rule)
        terms.cost = Cost(number, LEVELS[level], weight)
        rule.declare(week, terms)
        if rule.code == "unplaced":
            terms.unplaced = terms.cost
        if domains.ask(rule, terms.cost):
            terms.alone.append((terms.cost, rule))
    return Model(week, tuple(rules), terms, _tables(week, terms, domains), domains.shut)


class _Domains:
    """Starts and rooms of each session: what hard rules leave, and what the others cost."""

    def __init__(self, week: Week) -> None:
        self.week = week
        sessions = week.problem.sessions
        self.starts = [week.candidates(session) for session in sessions]
        self.ends = [week.ends(s, starts) for s, starts in enumerate(self.starts)]
        self.start_cost = [np.zeros((len(starts), 3), np.int64) for starts in self.starts]
        self.room_cost = np.zeros((len(sessions), len(week.problem.rooms), 3), np.int64)
        self.shut: dict[int, dict[int, int]] = defaultdict(dict)

    def ask(self, rule: Rule, cost: Cost) -> bool:
        """Ask one rule about every session's starts and rooms; tell whether it looks at these at all."""
        if type(rule).times is Rule.times and type(rule).places is Rule.places:
            return False
        for s in range(len(self.starts)):
            times = rule.times(self.week, s, self.starts[s], self.ends[s])
            if times is not None and times.any():
                self.start_cost[s][:, cost.level] += times * cost.weight
                self._note(s, cost, times)
            places = rule.places(self.week, s)
            if places is not None and places.any():
                self.room_cost[s, :, cost.level] += places * cost.weight
                self._note(s, cost, places)
        return True

    def _note(self, s: int, cost: Cost, magnitudes: Any) -> None:
        if cost.level == HARD:
            self.shut[s][cost.rule] = int((magnitudes > 0).sum())

    def keep(self, s: int) -> tuple[Any, Any]:
        """Return which starts and which rooms of a session no hard rule shuts."""
        rooms = self.room_cost[s, :, HARD] == 0
        room = fixed(self.week.problem.sessions[s]).room
        if room is not None:
            only = np.zeros_like(rooms)
            only[self.week.room_of[room]] = True
            rooms &= only
        return self.start_cost[s][:, HARD] == 0, rooms

    def joint(self, s: int, kept: tuple[Any, Any]) -> Any:
        """Return the places of a session of a series: the starts and rooms that are left, while the room is open."""
        if self.week.problem.sessions[s].series is None:
            return ()
        times, rooms = kept
        found = []
        for r in np.flatnonzero(rooms):
            fits = times & inside(self.week.problem.rooms[r].open, self.starts[s], self.ends[s])
            found += [(start, r) for start in self.starts[s][fits]]
        return found


def _tables(week: Week, terms: Terms, domains: _Domains) -> Tables:
    kept = [domains.keep(s) for s in range(len(domains.starts))]
    allowed = np.array([rooms for _, rooms in kept]).reshape(len(kept), len(week.problem.rooms))
    kinds = [week.kinds[session.kind] for session in week.problem.sessions]
    longest = _longest(week, domains)
    members, groups, group_members = _groups(week, len(kept), terms.groups, longest)
    unit_of, units, unit_members = _units(week, [domains.joint(s, own) for s, own in enumerate(kept)])
    pair_ptr, pairs = _pairs(len(kept), terms.pairs)
    columns = [
        pointers([int(times.sum()) for times, _ in kept]),
        pointers([int(rooms.sum()) for _, rooms in kept]),
        pair_ptr,
        members[0],
        *(np.array([getattr(kind, name) for kind in kinds] + [0]) for name in ("changeover", "setup", "teardown")),
        np.append(_unplaced(week, terms), 0),
        np.append(unit_of, 0),
    ]
    buffers = np.array([room.buffer for room in week.problem.rooms])
    sizes = np.array([size_of(room.capacity) for room in week.problem.rooms])
    return Tables(
        sizes=np.array(
            [week.unit, week.days, len(week.problem.rooms), longest, week.travel.max(initial=0), terms.longest_gap],
            np.int64,
        ),
        sessions=_table(columns),
        options=_options(domains, kept),
        choices=_joined([np.flatnonzero(rooms) for _, rooms in kept]),
        fit=np.concatenate([domains.room_cost, allowed[:, :, None]], axis=2).astype(np.int64),
        rooms=_table([buffers, week.venue_numbers, week.city_numbers, week.capacities, sizes]),
        open_until=_open_until(week),
        travel=week.travel.astype(np.int64),
        pairs=pairs,
        members=members[1],
        groups=groups,
        group_members=group_members,
        units=units,
        unit_members=unit_members,
        weights=np.array([_weights(terms.closed), _weights(terms.crowded)]),
    )


def _table(columns: Sequence[Any]) -> Any:
    return np.stack([np.asarray(column, np.int64) for column in columns], axis=1)


def _options(domains: "_Domains", kept: list[tuple[Any, Any]]) -> Any:
    rows = [
        np.column_stack([domains.start_cost[s][times], domains.starts[s][times], domains.ends[s][times]])
        for s, (times, _) in enumerate(kept)
    ]
    return np.concatenate(rows).astype(np.int64) if rows else np.zeros((0, 5), np.int64)


def _joined(parts: list[Any]) -> Any:
    return np.concatenate(parts).astype(np.int64) if parts else np.zeros(0, np.int64)


def _weights(cost: Cost | None) -> Any:
    weights = np.zeros(3, np.int64)
    if cost:
        weights[cost.level] = cost.weight
    return weights


def _unplaced(week: Week, terms: Terms) -> Any:
    weight = terms.unplaced.weight if terms.unplaced else 0
    return np.array([weight * session.priority for session in week.problem.sessions], np.int64)


def _open_until(week: Week) -> Any:
    """Return for each room and step of the grid the end of the window that is open then, 0 where none is."""
    steps = np.arange(0, week.days * MINUTES_A_DAY, week.unit, dtype=np.int64)
    table = np.zeros((len(week.problem.rooms), len(steps)), np.int64)
    for r, room in enumerate(week.problem.rooms):
        if room.open is None:
            table[r] = np.iinfo(np.int64).max
            continue
        for begin, until in merged(room.open):
            table[r][(steps >= begin) & (steps < until)] = until
    return table


def _pairs(size: int, pairs: list[Pair]) -> tuple[Any, Any]:
    """Return where each session's pairs begin, and the pairs: each term stands at both of its sessions."""
    rows = [
        (p.second, 1, p.condition, p.magnitude, p.p, p.cost.level, p.cost.weight * p.times, t)
        for t, p in enumerate(pairs)
    ]
    one = np.array(rows, np.int64).reshape(-1, 8)
    owner = np.array([p.first for p in pairs], np.int64)
    two = one.copy()
    two[:, OTHER], two[:, FIRST] = owner, 0
    table, owners = np.concatenate([one, two]), np.concatenate([owner, one[:, OTHER]])
    order = np.lexsort((table[:, TERM], owners))
    return pointers(np.bincount(owners, minlength=size).tolist()), np.ascontiguousarray(table[order])


def _longest(week: Week, domains: _Domains) -> int:
    """Return one more than the steps of the longest session."""
    lengths = [
        int((ends - starts).max()) for starts, ends in zip(domains.starts, domains.ends, strict=True) if len(starts)
    ]
    return max(lengths, default=0) // week.unit + 1


def bins_of(week: Week, by: int, longest: int) -> int:
    """Return how many bins a group has that counts by `by`."""
    rooms, steps = len(week.problem.rooms), week.days * MINUTES_A_DAY // week.unit
    return {
        kernel.BY_DAY: week.days,
        kernel.BY_ROOM: rooms,
        kernel.BY_DAY_ROOM: week.days * rooms + week.days,
        kernel.BY_SLOT: steps + MINUTES_A_DAY // week.unit,
        kernel.BY_START: steps,
        kernel.BY_VENUE: len(week.problem.venues),
        kernel.BY_SPAN: steps * longest,
        kernel.BY_HALF_DAY: 2 * week.days,
    }[by]


GUARD = 2
"""Empty bins at both ends of a group, so that a first and a last bin have neighbours."""


def _groups(week: Week, size: int, groups: list[Group], longest: int) -> tuple[tuple[Any, Any], Any, Any]:
    """Return each session's groups (where they begin, which), the groups, and their members."""
    of_session: list[list[tuple[int, int]]] = [[] for _ in range(size)]
    for g, group in enumerate(groups):
        for s, quantity in group.members:
            of_session[s].append((g, quantity))
    widths = [group.limit if group.shape == kernel.UPSIDE_DOWN else 1 for group in groups]
    bins = [width * bins_of(week, group.by, longest) for width, group in zip(widths, groups, strict=True)]
    offsets = pointers([size + 2 * GUARD for size in bins]) + GUARD
    begins = pointers([len(group.members) for group in groups])
    rows = [(group.by, group.shape, group.limit, group.cost.level, group.cost.weight) for group in groups] + [(0,) * 5]
    table = np.column_stack([np.array(rows, np.int64), offsets, begins])
    joined = [pair for pairs in of_session for pair in pairs]
    own = np.array(joined, np.int64).reshape(-1, 2)
    members = np.array([s for group in groups for s, _ in group.members], np.int64)
    return (pointers([len(pairs) for pairs in of_session]), own), np.ascontiguousarray(table), members


def _units(week: Week, places: list[Any]) -> tuple[Any, Any, Any]:
    """Return what moves together, a strict series or one session: the unit of each session, where units begin, members.

    `places`: for each session its starts and rooms, (start, room) as rows. A series that has no place together is moved
    one by one: so those of its members that have a place get it.
    """
    shifts: dict[int, int] = {}
    units: list[list[int]] = []
    for members in series_of(week).values():
        days = _days_of(week, members)
        if len(members) > 1 and days is not None and _together(places, members, days):
            units.append(members)
            shifts |= dict(zip(members, days, strict=True))
    units += [[s] for s in range(len(week.problem.sessions)) if s not in shifts]
    unit_of = np.zeros(len(week.problem.sessions), np.int64)
    for u, members in enumerate(units):
        unit_of[members] = u
    joined = [(s, shifts.get(s, 0)) for members in units for s in members]
    return unit_of, pointers([len(members) for members in units]), np.array(joined, np.int64).reshape(-1, 2)


def _days_of(week: Week, members: list[int]) -> list[int] | None:
    """Return the minutes of each member after the first, None for a series that is not strict."""
    series = [part for s in members if (part := week.problem.sessions[s].series)]
    if not all(part.strict for part in series):
        return None
    return [(part.index - series[0].index) * MINUTES_A_DAY for part in series]


def _together(places: list[Any], members: list[int], days: list[int]) -> bool:
    """Tell whether one room and time of day suits every member on its day."""
    shared: set[tuple[int, int]] | None = None
    for s, minutes in zip(members, days, strict=True):
        own = {(int(start) - minutes, int(room)) for start, room in places[s]}
        shared = own if shared is None else shared & own
    return bool(shared)


def empty(model: Model, seed: int) -> State:
    """Return the plan in which nothing is placed."""
    m = model.tables
    rooms = len(m.rooms)
    state = State(
        place=np.full((model.size, 5), NOWHERE, np.int64),
        in_room=np.zeros((rooms, model.size), np.int64),
        fill=np.zeros(rooms, np.int64),
        counts=np.zeros(int(m.groups[-1, OFFSET]) + GUARD, np.int64),
        used=np.zeros(len(m.groups), np.int64),
        score=np.zeros(3, np.int64),
        chance=np.array([(seed * 0x9E3779B97F4A7C15 + 0x1234567890ABCDEF) % 2**64 or 1], np.uint64),
    )
    for group in m.groups[:-1]:
        if group[SHAPE] == kernel.FEWER:
            state.score[group[G_LEVEL]] += group[G_WEIGHT] * group[LIMIT]
    state.score[MEDIUM] += m.sessions[:, UNPLACED].sum()
    return state
