"""Why a session stands where it stands, why it does not stand elsewhere, and where else it could.

A `Board` is a plan loaded once; the questions leave it as it was, so that many can be asked.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from eventweek.planner import kernel, matches, moves
from eventweek.planner.constraints.rule import Sentence, names, quoted
from eventweek.planner.matches import Match, Plan, Stand
from eventweek.planner.model import Model, empty
from eventweek.planner.problem import MINUTES_A_DAY
from eventweek.planner.search.look import look
from eventweek.planner.tables import CHOICES, GRID, NOWHERE, OPTION, OPTIONS, ROOM, START
from eventweek.planner.terms import Group
from eventweek.planner.week import fixed

Score = tuple[int, int, int]
"""Hard, medium, soft; as a difference, what is above 0 is worse."""


@dataclass(frozen=True, slots=True)
class Told:
    """A match with the code of its rule and a sentence."""

    code: str
    match: Match
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Verdict:
    """A session at another place: what it would break, what it would mend, and the change of the score, their sum.

    `forbidden`: why it may not be put there although no rule has a price for it (pins, lists of starts).
    """

    session: int
    stand: Stand
    change: Score
    broken: tuple[Told, ...]
    mended: tuple[Told, ...]
    forbidden: tuple[Sentence, ...]


class Board:
    """A plan on the tables of its model. Placements that hard rules forbid are allowed here: they only cost."""

    def __init__(self, model: Model, plan: Plan) -> None:
        self.model, self.plan = model, dict(plan)
        known = len(model.tables.options)
        rows = np.zeros((model.size + 1, model.tables.options.shape[1]), np.int64)
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

    def _toggle(self, s: int, option: int, room: int) -> None:
        if option != NOWHERE:
            moves.toggle(self.tables, self.state, s, option, room)

    def scores(self, s: int) -> Any:
        """Return the score with session `s` at each of its options and there in each of its rooms."""
        option, room = int(self.state.place[s, OPTION]), int(self.state.place[s, ROOM])
        counts = [int(self.tables.sessions[s + 1, c] - self.tables.sessions[s, c]) for c in (OPTIONS, CHOICES)]
        found = np.zeros((counts[0] * counts[1], 3), np.int64)
        self._toggle(s, option, room)
        look(self.tables, self.state, s, found)
        self._toggle(s, option, room)
        return found

    def change(self, s: int, start: int, room: int) -> Score:
        """Return by how much the score changes if session `s` goes to a place, its own domain or not.

        Raises: ValueError where start or room are none of the event's.
        """
        self.stand(s, start, room)
        option, before = self._option(s, start, self.spare), self.state.score.copy()
        old_option, old_room = int(self.state.place[s, OPTION]), int(self.state.place[s, ROOM])
        self._toggle(s, old_option, old_room)
        self._toggle(s, option, room)
        hard, medium, soft = (self.state.score - before).tolist()
        self._toggle(s, option, room)
        self._toggle(s, old_option, old_room)
        return hard, medium, soft

    @cached_property
    def _ends(self) -> Any:
        """The two sessions of each pair."""
        return np.array([(pair.first, pair.second) for pair in self.model.terms.pairs], np.int64).reshape(-1, 2)

    @cached_property
    def groups(self) -> dict[int, list[Group]]:
        """The groups of each session."""
        found: dict[int, list[Group]] = {}
        for group in self.model.terms.groups:
            for s, _ in group.members:
                found.setdefault(s, []).append(group)
        return found

    def around(self, s: int, stand: Stand | None) -> Iterator[Match]:
        """Yield what session `s` matches at a place, or nowhere, by itself and with each other session."""
        terms = self.model.terms
        if stand is None:
            yield from matches.missing(terms, s)
            return
        yield from matches.alone(terms, self.tables, s, stand)
        beside = {t: other for t, other in self.plan.items() if other.room == stand.room and t != s}
        for match in matches.in_rooms(terms, self.tables, {**beside, s: stand}):
            if s in match.sessions:
                yield match
        place, sizes = self.place.copy(), np.zeros(len(terms.pairs), np.int64)
        place[s] = 1, stand.start, stand.end, stand.room
        kernel.judge_all(self.tables, place, sizes)
        for k in np.flatnonzero((sizes > 0) & (self._ends == s).any(axis=1)).tolist():
            yield matches.of_pair(terms.pairs[k], int(sizes[k]))

    def counted(self, s: int, stand: Stand) -> Iterator[tuple[int, Match]]:
        """Yield what groups find more (1) or less (-1) if session `s` goes to a place."""
        for group in self.groups.get(s, []):
            before, after = (matches.breaches(self.tables, group, plan) for plan in self._plans(group, s, stand))
            change = Counter({b: breach.size for b, breach in after.items()})
            change.subtract({b: breach.size for b, breach in before.items()})
            found: Counter[tuple[int, tuple[int, ...]]] = Counter()
            for b, size in change.items():
                if size:
                    sign = 1 if size > 0 else -1
                    found[sign, (after if size > 0 else before)[b].sessions] += abs(size)
            for (sign, sessions), size in found.items():
                yield sign, matches.in_group(group, sessions, size)

    def _plans(self, group: Group, s: int, stand: Stand) -> tuple[Plan, Plan]:
        """Return the plan before and after session `s` goes to a place, as far as they differ for a group."""
        plan = self.plan
        if group.by == kernel.BY_SLOT and group.shape in BY_BIN:
            step = int(self.tables.sizes[GRID])
            spans = [(one.start - one.start % step, one.end + -one.end % step) for one in (plan.get(s), stand) if one]
            plan = {
                t: plan[t]
                for t, _ in group.members
                if t in plan and any(plan[t].start < end and plan[t].end > begin for begin, end in spans)
            }
        return plan, {**plan, s: stand}


BY_BIN = (kernel.EXCESS, kernel.SINGLE, kernel.UPSIDE_DOWN)
"""Shapes of groups in which each bin counts by itself."""


def tell(model: Model, found: Iterable[Match]) -> tuple[Told, ...]:
    """Give matches their sentences, the weightiest first."""
    ordered = sorted(found, key=lambda match: (match.level, -match.cost, match.rule, match.sessions))
    rules, week = model.rules, model.week
    return tuple(Told(rules[match.rule].code, match, rules[match.rule].tell(week, match)) for match in ordered)


def why(board: Board, s: int) -> tuple[Told, ...]:
    """Return what session `s` costs where it stands, rule by rule."""
    found = list(board.around(s, board.plan.get(s)))
    for group in board.groups.get(s, []):
        found += [match for match in matches.of_group(board.tables, group, board.plan) if s in match.sessions]
    return tell(board.model, found)


def why_not(board: Board, s: int, start: int, room: int) -> Verdict:
    """Return each rule that session `s` would break or mend at a place, and the change of the score.

    Raises: ValueError where start or room are none of the event's.
    """
    stand = board.stand(s, start, room)
    before, after = Counter(board.around(s, board.plan.get(s))), Counter(board.around(s, stand))
    groups = list(board.counted(s, stand))
    broken = [*(after - before).elements(), *(match for sign, match in groups if sign > 0)]
    mended = [*(before - after).elements(), *(match for sign, match in groups if sign < 0)]
    return Verdict(
        s,
        stand,
        board.change(s, start, room),
        tell(board.model, broken),
        tell(board.model, mended),
        tuple(_forbidden(board.model, s, stand)),
    )


def _forbidden(model: Model, s: int, stand: Stand) -> Iterator[Sentence]:
    problem = model.week.problem
    session = problem.sessions[s]
    zh, en = names(model.week, (s,)), quoted(model.week, (s,))
    pin = fixed(session)
    if pin.start not in (None, stand.start):
        yield f"{zh}的时间是固定的。", f"The start of {en} is pinned."
    if pin.room not in (None, problem.rooms[stand.room].id):
        yield f"{zh}的场地是固定的。", f"The room of {en} is pinned."
    if pin.start is None and stand.start not in model.week.candidates(session):
        yield f"{zh}不能在这个时间开始。", f"{en} may not begin at this time."


def where_else(board: Board, s: int, k: int = 5) -> list[Verdict]:
    """Return the `k` best other places of session `s` within its domain, the best first."""
    m, here = board.tables, board.plan.get(s)
    scores = board.scores(s)
    rooms = m.choices[m.sessions[s, CHOICES] : m.sessions[s + 1, CHOICES]]
    starts = m.options[m.sessions[s, OPTIONS] : m.sessions[s + 1, OPTIONS], START]
    found: list[Verdict] = []
    for at in np.lexsort((scores[:, 2], scores[:, 1], scores[:, 0])).tolist():
        if len(found) == k:
            break
        start, room = int(starts[at // len(rooms)]), int(rooms[at % len(rooms)])
        if here is None or (start, room) != (here.start, here.room):
            found.append(why_not(board, s, start, room))
    return found
