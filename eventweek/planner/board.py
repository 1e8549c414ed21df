"""A plan loaded once, so that many questions can be asked of it; each leaves it as it was."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from eventweek.planner import kernel, matches, moves
from eventweek.planner.matches import Match, Plan, Stand
from eventweek.planner.model import Model, empty
from eventweek.planner.problem import MINUTES_A_DAY
from eventweek.planner.search.look import look, look_together, survey
from eventweek.planner.tables import CHOICES, GRID, MEMBER, NOWHERE, OPTION, OPTIONS, ROOM, SHIFT, START, UNIT
from eventweek.planner.terms import Group

Score = tuple[int, int, int]
"""Hard, medium, soft; as a difference, what is above 0 is worse."""
Moved = Mapping[int, Stand | None]
"""Where sessions would stand, or that they would stand nowhere; whoever is not named stays."""


class Board:
    """A plan on the tables of its model. Placements that hard rules forbid are allowed here: they only cost."""

    def __init__(self, model: Model, plan: Plan) -> None:
        self.model, self.plan = model, dict(plan)
        known = len(model.tables.options)
        rows = np.zeros((2 * model.size, model.tables.options.shape[1]), np.int64)
        self.tables = model.tables._replace(options=np.concatenate([model.tables.options, rows]))
        self.outside, self.spare = known, known + model.size
        self.state = empty(model, 0)
        self.place = np.zeros((model.size, 4), np.int64)
        for s, stand in sorted(self.plan.items()):
            self.place[s] = 1, stand.start, stand.end, stand.room
            moves.toggle(self.tables, self.state, s, self._option(s, stand.start, self.outside + s), stand.room)

    @property
    def score(self) -> Score:
        """Return what the plan costs."""
        hard, medium, soft = self.state.score.tolist()
        return hard, medium, soft

    def stand(self, s: int, start: int, room: int) -> Stand:
        """Return session `s` at a place; raise ValueError where start or room are none of the event's."""
        end = start + self.model.week.durations[s]
        if start < 0 or end > self.model.week.days * MINUTES_A_DAY or room not in range(len(self.tables.rooms)):
            raise ValueError(f"no such place: start {start}, room {room}")
        return Stand(start, end, room)

    def move(self, s: int, to: Stand | None) -> None:
        """Change the plan: session `s` stands there from now on, or (None) nowhere."""
        self._lift([s])
        self.place[s] = 0
        if to is None:
            self.plan.pop(s, None)
            return
        self.plan[s] = to
        self.place[s] = 1, to.start, to.end, to.room
        self._put_back([s])

    def unit(self, s: int) -> list[tuple[int, int]]:
        """Return who moves together with session `s`, itself among them: sessions, and minutes after the first."""
        m = self.tables
        u = int(m.sessions[s, UNIT])
        members = m.unit_members[m.units[u] : m.units[u + 1]]
        return [(int(row[MEMBER]), int(row[SHIFT])) for row in members]

    def scores(self, s: int) -> Any:
        """Return the score with session `s` at each of its options and there in each of its rooms."""
        found = self._places(s)
        self._lift([s])
        look(self.tables, self.state, s, found)
        self._put_back([s])
        return found

    def scores_together(self, s: int) -> Any:
        """Return the same for all who move together with `s`, by the first's options and rooms.

        Where a member has no such place the hard cost is `kernel.NEVER`.
        """
        members = [t for t, _ in self.unit(s)]
        found = self._places(members[0])
        self._lift(members)
        look_together(self.tables, self.state, int(self.tables.sessions[s, UNIT]), found)
        self._put_back(members)
        return found

    def survey(self, s: int, options: Any) -> tuple[Any, Any]:
        """Return the score with session `s` at each of these options in every room, and what is broken there.

        The second has a bit for each hard rule, by its number, that others forbid the place by.
        """
        terms, own = self.model.terms, self.tables._replace(options=options)
        size = len(options) * len(own.rooms)
        scores, broken = np.zeros((size, 3), np.int64), np.zeros(size, np.int64)
        rooms = [cost.rule if cost else 0 for cost in (terms.closed, terms.crowded)]
        pairs, groups = (
            np.array([*(one.cost.rule for one in every), *rooms], np.int64) for every in (terms.pairs, terms.groups)
        )
        self._lift([s])
        survey(own, self.state, s, pairs, groups, scores, broken)
        self._put_back([s])
        return scores, broken

    def change(self, moved: Mapping[int, Stand]) -> Score:
        """Return by how much the score changes if sessions go to places, of their own domains or not.

        Raises: ValueError where a start or a room is none of the event's.
        """
        options = {
            s: self._option(s, self.stand(s, to.start, to.room).start, self.spare + s) for s, to in moved.items()
        }
        before = self.state.score.copy()
        self._lift(list(moved))
        for s, option in options.items():
            moves.toggle(self.tables, self.state, s, option, moved[s].room)
        hard, medium, soft = (self.state.score - before).tolist()
        for s, option in options.items():
            moves.toggle(self.tables, self.state, s, option, moved[s].room)
        self._put_back(list(moved))
        return hard, medium, soft

    def around(self, moved: Moved) -> Iterator[Match]:
        """Yield what sessions match at places, or nowhere, by themselves and with each other session."""
        terms, place = self.model.terms, self.place.copy()
        plan = {s: stand for s, stand in self.plan.items() if s not in moved}
        for s, to in moved.items():
            place[s] = (1, to.start, to.end, to.room) if to else (0, 0, 0, 0)
            yield from matches.alone(terms, self.tables, s, to) if to else matches.missing(terms, s)
        rooms = {to.room for to in moved.values() if to}
        beside = {s: stand for s, stand in plan.items() if stand.room in rooms}
        for match in matches.in_rooms(terms, self.tables, beside | {s: to for s, to in moved.items() if to}):
            if not moved.keys().isdisjoint(match.sessions):
                yield match
        sizes = np.zeros(len(terms.pairs), np.int64)
        kernel.judge_all(self.tables, place, sizes)
        concerned = np.isin(self._ends, list(moved)).any(axis=1)
        for k in np.flatnonzero((sizes > 0) & concerned).tolist():
            yield matches.of_pair(terms.pairs[k], int(sizes[k]))

    def counted(self, moved: Mapping[int, Stand]) -> Iterator[tuple[int, Match]]:
        """Yield what groups find more (1) or less (-1) if sessions go to places."""
        for g in sorted({g for s in moved for g in self.groups.get(s, [])}):
            group = self.model.terms.groups[g]
            before, after = (matches.breaches(self.tables, group, plan) for plan in self._plans(group, moved))
            change = Counter({b: breach.size for b, breach in after.items()})
            change.subtract({b: breach.size for b, breach in before.items()})
            found: Counter[tuple[int, tuple[int, ...]]] = Counter()
            for b, size in change.items():
                if size:
                    sign = 1 if size > 0 else -1
                    found[sign, (after if size > 0 else before)[b].sessions] += abs(size)
            for (sign, sessions), size in found.items():
                yield sign, matches.in_group(group, sessions, size)

    def grouped(self, s: int) -> Iterator[Match]:
        """Yield what groups find at session `s` where it stands."""
        here = {s: self.plan[s]} if s in self.plan else {}
        for g in self.groups.get(s, []):
            group = self.model.terms.groups[g]
            for match in matches.of_group(self.tables, group, self._plans(group, here)[0]):
                if s in match.sessions:
                    yield match

    @cached_property
    def groups(self) -> dict[int, list[int]]:
        """The numbers of the groups of each session."""
        found: dict[int, list[int]] = {}
        for g, group in enumerate(self.model.terms.groups):
            for s, _ in group.members:
                found.setdefault(s, []).append(g)
        return found

    @cached_property
    def _ends(self) -> Any:
        """The two sessions of each pair."""
        return np.array([(pair.first, pair.second) for pair in self.model.terms.pairs], np.int64).reshape(-1, 2)

    def _plans(self, group: Group, moved: Mapping[int, Stand]) -> tuple[Plan, Plan]:
        """Return the plan before and after sessions go to places, as far as the two differ for a group."""
        plan = self.plan
        if group.by == kernel.BY_SLOT and group.shape in BY_BIN:
            step = int(self.tables.sizes[GRID])
            stands = [*moved.values(), *(plan[s] for s in moved if s in plan)]
            spans = [(one.start - one.start % step, one.end + -one.end % step) for one in stands]
            plan = {
                t: plan[t]
                for t, _ in group.members
                if t in plan and any(plan[t].start < end and plan[t].end > begin for begin, end in spans)
            }
        return plan, {**plan, **moved}

    def _places(self, s: int) -> Any:
        counts = [int(self.tables.sessions[s + 1, c] - self.tables.sessions[s, c]) for c in (OPTIONS, CHOICES)]
        return np.zeros((counts[0] * counts[1], 3), np.int64)

    def _option(self, s: int, start: int, row: int) -> int:
        """Return the option of session `s` at a start; one outside its domain is written in a row of its own."""
        options, sessions = self.tables.options, self.tables.sessions
        first, last = int(sessions[s, OPTIONS]), int(sessions[s + 1, OPTIONS])
        found = first + int(np.searchsorted(options[first:last, START], start))
        if found < last and options[found, START] == start:
            return found
        stand = self.stand(s, start, 0)
        options[row] = 0, 0, 0, stand.start, stand.end
        starts, ends = np.array([stand.start]), np.array([stand.end])
        for cost, rule in self.model.terms.alone:
            times = rule.times(self.model.week, s, starts, ends)
            if times is not None:
                options[row, cost.level] += cost.weight * int(times[0])
        return row

    def _lift(self, sessions: list[int]) -> None:
        """Take sessions out of the plan, those that have a place."""
        for s in sessions:
            if s in self.plan:
                option, room = (int(self.state.place[s, column]) for column in (OPTION, ROOM))
                moves.toggle(self.tables, self.state, s, option, room)

    def _put_back(self, sessions: list[int]) -> None:
        """Place sessions where the plan has them."""
        for s in sessions:
            if s in self.plan and self.state.place[s, OPTION] == NOWHERE:
                stand = self.plan[s]
                moves.toggle(self.tables, self.state, s, self._option(s, stand.start, self.outside + s), stand.room)


BY_BIN = (kernel.EXCESS, kernel.SINGLE, kernel.UPSIDE_DOWN)
"""Shapes of groups in which each bin counts by itself."""
