"""The exact model of a few sessions: can they all be placed without breaking a hard rule? A plan, or a proof.

Constraint programming (OR-tools CP-SAT), one worker and one seed, so that the answer is always the same. It knows what
costs something at the level hard: starts, rooms, opening hours, changeovers, pairs, and groups by counts (EXCESS,
CROWD, MORE, ROOMS_A_DAY). Groups that ask for more instead of less (FEWER, LONELY) are left out: they prove nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np

from eventweek.planner import kernel
from eventweek.planner.domains import Domain, domain
from eventweek.planner.matches import Plan, Stand
from eventweek.planner.model import Model
from eventweek.planner.problem import MINUTES_A_DAY
from eventweek.planner.tables import (
    BUFFER,
    CHANGEOVER,
    CROWDED,
    GRID,
    HARD,
    SETUP,
    TEARDOWN,
    VENUE,
)
from eventweek.planner.terms import Group, Pair
from eventweek.planner.ways import AT, CLOCK, DAY, Step, Way, after, before, cases, ways_out


class OutOfTime(Exception):
    """The time was over before there was an answer."""


class Prover:
    """Answers for the sets of sessions of one model; keeps what it has read of the model."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.domain = cache(lambda s: domain(model, s))
        self.pairs: dict[int, list[Pair]] = defaultdict(list)
        for pair in model.terms.pairs:
            if pair.cost.level == HARD and pair.cost.weight * pair.times > 0:
                self.pairs[pair.first].append(pair)
        self.groups = [group for group in model.terms.groups if group.cost.level == HARD and group.cost.weight > 0]

    def place(self, sessions: Iterable[int], seconds: float, near: Plan | None = None) -> Plan | None:
        """Return a plan of all these sessions, `near` another where it can, or None if there is none.

        Raises: OutOfTime.
        """
        wanted = sorted(set(sessions))
        if any(self.domain(s).is_empty for s in wanted):
            return None
        return _Puzzle(self, wanted).solve(seconds, near or {})


class _Puzzle:
    """One set of sessions, written for the solver."""

    def __init__(self, prover: Prover, sessions: list[int]) -> None:
        from ortools.sat.python import cp_model  # heavy

        self.cp_model: Any = cp_model
        self.cp: Any = cp_model.CpModel()
        self.prover, self.sessions, self.m = prover, sessions, prover.model.tables
        self.domains: dict[int, Domain] = {s: prover.domain(s) for s in sessions}
        self.durations = prover.model.week.durations
        self.at: dict[int, Any] = {}
        self.within: dict[int, dict[int, Any]] = {}
        self.days: dict[int, tuple[Any, Any]] = {}
        self.literals: dict[Any, Any] = {}
        for s in sessions:
            self._stand(s)
        self._pairs()
        if self.m.weights[CROWDED, HARD] > 0:
            self._crowded()
        for group in prover.groups:
            self._group(group)

    def solve(self, seconds: float, near: Plan) -> Plan | None:
        """Return the plan that the solver finds, or None if it proves that there is none."""
        for s in self.sessions:
            if s in near and near[s].room in self.within[s]:
                self.cp.add_hint(self.at[s], near[s].start)
                for room, literal in self.within[s].items():
                    self.cp.add_hint(literal, room == near[s].room)
        solver = self.cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 0
        solver.parameters.max_time_in_seconds = max(0.001, seconds)
        status = solver.solve(self.cp)
        if status == self.cp_model.INFEASIBLE:
            return None
        if status not in (self.cp_model.OPTIMAL, self.cp_model.FEASIBLE):
            raise OutOfTime
        found: Plan = {}
        for s in self.sessions:
            start = solver.value(self.at[s])
            room = next(r for r, literal in self.within[s].items() if solver.value(literal))
            found[s] = Stand(start, start + self.durations[s], room)
        return found

    def _values(self, starts: Any) -> Any:
        return self.cp_model.Domain.from_values(starts.tolist())

    def _stand(self, s: int) -> None:
        """Give session `s` a start and a room."""
        has = self.domains[s]
        usable = has.open.any(axis=1)
        self.at[s] = self.cp.new_int_var_from_domain(self._values(has.starts[usable]), f"at{s}")
        self.within[s] = {}
        for k, room in enumerate(has.rooms.tolist()):
            if not has.open[:, k].any():
                continue
            self.within[s][room] = literal = self.cp.new_bool_var(f"in{s}_{room}")
            if (usable & ~has.open[:, k]).any():
                starts = self._values(has.starts[has.open[:, k]])
                self.cp.add_linear_expression_in_domain(self.at[s], starts).only_enforce_if(literal)
        self.cp.add_exactly_one(self.within[s].values())

    def _axis(self, s: int, axis: int) -> Any:
        """Return the start, the day or the time of day of session `s`."""
        if axis == AT:
            return self.at[s]
        if s not in self.days:
            latest = int(self.domains[s].starts.max()) // MINUTES_A_DAY
            day = self.cp.new_int_var(0, latest, f"day{s}")
            clock = self.cp.new_int_var(0, MINUTES_A_DAY - 1, f"clock{s}")
            self.cp.add(self.at[s] == MINUTES_A_DAY * day + clock)
            self.days[s] = day, clock
        return self.days[s][{DAY: 0, CLOCK: 1}[axis]]

    def _hold(self, a: int, b: int, steps: Sequence[Step], when: Any = None) -> None:
        """Demand steps from `a` to `b`, always or when a literal is true."""
        for step in steps:
            bound = self.cp.add_linear_constraint(
                self._axis(b, step.axis) - self._axis(a, step.axis), step.low, step.high
            )
            if when is not None:
                bound.only_enforce_if(when)

    def _way(self, a: int, b: int, way: Way) -> Any:
        """Return a literal that demands a way."""
        key = a, b, way
        if key not in self.literals:
            self.literals[key] = self.cp.new_bool_var(f"way{len(self.literals)}")
            self._hold(a, b, way, self.literals[key])
        return self.literals[key]

    def _any(self, s: int, rooms: frozenset[int]) -> Any:
        """Return a literal that is true where session `s` stands in one of these rooms."""
        mine = self.within[s]
        found = sorted(rooms & mine.keys())
        if len(found) == 1:
            return mine[found[0]]
        key = s, tuple(found)
        if key not in self.literals:
            self.literals[key] = self.cp.new_bool_var(f"any{len(self.literals)}")
            self.cp.add(sum(mine[room] for room in found) == self.literals[key])
        return self.literals[key]

    def _rooms(self, s: int) -> Any:
        return np.array(sorted(self.within[s]), np.int64)

    def _pairs(self) -> None:
        for a in self.sessions:
            for pair in self.prover.pairs[a]:
                b = pair.second
                if b not in self.at:
                    continue
                for where, p in cases(self.m, pair.condition, pair.p, self._rooms(a), self._rooms(b)):
                    ways = ways_out(pair.condition, p, self.durations[a], self.durations[b])
                    self._forbid(a, b, where, ways)

    def _forbid(self, a: int, b: int, where: Any, ways: tuple[Way, ...]) -> None:
        """Demand one of the ways wherever two sessions stand in rooms that concern each other."""
        if () in ways or not where.any():
            return
        if where.all() and len(ways) == 1:
            self._hold(a, b, ways[0])
            return
        literals = [self._way(a, b, way) for way in ways]
        if where.all():
            self.cp.add_bool_or(literals)
            return
        rows: dict[bytes, list[int]] = defaultdict(list)
        for k, row in enumerate(where):
            rows[row.tobytes()].append(k)
        one, two = self._rooms(a), self._rooms(b)
        for same in rows.values():
            row = where[same[0]]
            if row.any():
                here, there = self._any(a, frozenset(one[same].tolist())), self._any(b, frozenset(two[row].tolist()))
                self.cp.add_bool_or([here.negated(), there.negated(), *literals])

    def _crowded(self) -> None:
        """Keep sessions of one room apart; the intervals say again, more weakly, what makes proofs short."""
        kinds = self.m.sessions
        for a, b in combinations(self.sessions, 2):
            same = max(kinds[a, CHANGEOVER], kinds[b, CHANGEOVER])
            for room in sorted(self.within[a].keys() & self.within[b].keys()):
                gap = max(same, self.m.rooms[room, BUFFER])
                ahead = int(max(gap, kinds[a, TEARDOWN] + kinds[b, SETUP]))
                behind = int(max(gap, kinds[b, TEARDOWN] + kinds[a, SETUP]))
                ways = (after(self.durations[a], ahead),), (before(self.durations[b], behind),)
                here, there = self.within[a][room], self.within[b][room]
                self.cp.add_bool_or([here.negated(), there.negated(), *(self._way(a, b, way) for way in ways)])
        rooms = sorted({room for mine in self.within.values() for room in mine})
        for room in rooms:
            inside = [s for s in self.sessions if room in self.within[s]]
            if len(inside) > 2:
                self.cp.add_no_overlap([self._stay(s, room) for s in inside])
        if len(self.sessions) > len(rooms) > 1:
            spans = [self._span(s, self.durations[s]) for s in self.sessions]
            self.cp.add_cumulative(spans, [1] * len(spans), len(rooms))

    def _stay(self, s: int, room: int) -> Any:
        gap = max(self.m.sessions[s, CHANGEOVER], self.m.rooms[room, BUFFER])
        size = self.durations[s] + int(gap)
        return self.cp.new_optional_fixed_size_interval_var(self.at[s], size, self.within[s][room], f"stay{s}_{room}")

    def _span(self, s: int, size: int) -> Any:
        return self.cp.new_fixed_size_interval_var(self.at[s], size, f"span{s}_{size}")

    def _group(self, group: Group) -> None:
        members = [(s, quantity) for s, quantity in group.members if s in self.at]
        if not members:
            return
        if group.shape in (kernel.EXCESS, kernel.CROWD):
            self._bounded(group, members)
        elif group.shape == kernel.MORE and group.by in (kernel.BY_DAY, kernel.BY_ROOM, kernel.BY_VENUE):
            used = self._used(members, group.by)
            self.cp.add(sum(used.values()) <= group.limit)
        elif group.shape == kernel.ROOMS_A_DAY:
            used = self._used(members, kernel.BY_DAY_ROOM)
            for day in sorted({day for day, _ in used}):
                self.cp.add_at_most_one(literal for (other, _), literal in used.items() if other == day)

    def _bounded(self, group: Group, members: list[tuple[int, int]]) -> None:
        """Keep what is counted in each bin within the limit."""
        grid = int(self.m.sizes[GRID])
        if group.by in (kernel.BY_SLOT, kernel.BY_START):
            size = {s: -(-self.durations[s] // grid) * grid if group.by == kernel.BY_SLOT else grid for s, _ in members}
            self._cumulative(members, size, group.limit)
        elif group.by == kernel.BY_SPAN:
            for steps in sorted({self.durations[s] // grid for s, _ in members}):
                same = [(s, quantity) for s, quantity in members if self.durations[s] // grid == steps]
                self._cumulative(same, {s: grid for s, _ in same}, group.limit)
        else:
            bins: dict[Any, list[Any]] = defaultdict(list)
            for s, quantity in members:
                for b, literal in self._bins(s, group.by):
                    bins[b].append(quantity * literal)
            for counted in bins.values():
                self.cp.add(sum(counted) <= group.limit)

    def _cumulative(self, members: list[tuple[int, int]], size: dict[int, int], limit: int) -> None:
        spans = [self._span(s, size[s]) for s, _ in members]
        self.cp.add_cumulative(spans, [quantity for _, quantity in members], limit)

    def _used(self, members: list[tuple[int, int]], by: int) -> dict[Any, Any]:
        """Return a literal for each bin that is true where somebody is in it."""
        used: dict[Any, Any] = {}
        for s, _ in members:
            for b, literal in self._bins(s, by):
                if b not in used:
                    used[b] = self.cp.new_bool_var(f"used{b}")
                self.cp.add_implication(literal, used[b])
        return used

    def _bins(self, s: int, by: int) -> list[tuple[Any, Any]]:
        """Return the bins that session `s` may count in, each with a literal."""
        if by == kernel.BY_ROOM:
            return list(self.within[s].items())
        if by == kernel.BY_VENUE:
            venues: dict[int, set[int]] = defaultdict(set)
            for room in self.within[s]:
                venues[int(self.m.rooms[room, VENUE])].add(room)
            return [(venue, self._any(s, frozenset(rooms))) for venue, rooms in sorted(venues.items())]
        days = [(day, self._on(s, day)) for day in np.unique(self.domains[s].starts // MINUTES_A_DAY).tolist()]
        if by == kernel.BY_DAY:
            return days
        found = []
        for day, on in days:
            for room, there in self.within[s].items():
                both = self.cp.new_bool_var(f"on{s}_{day}_{room}")
                self.cp.add_bool_or([on.negated(), there.negated(), both])
                found.append(((day, room), both))
        return found

    def _on(self, s: int, day: int) -> Any:
        """Return a literal that is true where session `s` stands on a day."""
        key = s, "day", day
        if key not in self.literals:
            self.literals[key] = self.cp.new_bool_var(f"on{s}_{day}")
            self.cp.add(self._axis(s, DAY) == day).only_enforce_if(self.literals[key])
            self.cp.add(self._axis(s, DAY) != day).only_enforce_if(self.literals[key].negated())
        return self.literals[key]
