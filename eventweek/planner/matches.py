"""Why a plan costs what it costs: every match of every term, judged one by one. Their sum is the score."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from eventweek.planner import kernel
from eventweek.planner.tables import GRID, LONGEST, ROOMS, VENUE, Tables
from eventweek.planner.terms import Cost, Group, Pair, Terms


@dataclass(frozen=True, slots=True)
class Match:
    """One thing that a rule finds. `rule` is its number; the cost at its level is weight times magnitude."""

    rule: int
    level: int
    weight: int
    magnitude: int
    sessions: tuple[int, ...]
    rooms: tuple[str, ...] = ()
    people: tuple[str, ...] = ()

    @property
    def cost(self) -> int:
        """Return what it costs."""
        return self.weight * self.magnitude


@dataclass(frozen=True, slots=True)
class Stand:
    """Where one session stands: start and end in minutes, the number of its room."""

    start: int
    end: int
    room: int


Plan = dict[int, Stand]
"""Placed sessions by number."""


def find(terms: Terms, m: Tables, plan: Plan) -> Iterator[Match]:
    """Yield every match of a plan."""
    yield from _alone(terms, m, plan)
    yield from in_rooms(terms, m, plan)
    sizes = pair_sizes(terms, m, plan)
    for pair, size in zip(terms.pairs, sizes.tolist(), strict=True):
        if size:
            yield of_pair(pair, size)
    for group in terms.groups:
        match = of_group(m, group, plan)
        if match:
            yield match


def of_pair(pair: Pair, size: int) -> Match:
    """Return the match of a term of two sessions that is met."""
    cost, sessions = pair.cost, (pair.first, pair.second)
    return Match(cost.rule, cost.level, cost.weight * pair.times, size, sessions, (), pair.about)


def pair_sizes(terms: Terms, m: Tables, plan: Plan) -> Any:
    """Return the magnitude of every term of two sessions, in their order; 0 where one of them has no place."""
    place = np.zeros((len(terms.week.problem.sessions), 4), np.int64)
    for s, stand in plan.items():
        place[s] = 1, stand.start, stand.end, stand.room
    sizes = np.zeros(len(terms.pairs), np.int64)
    kernel.judge_all(m, place, sizes)
    return sizes


def _match(terms: Terms, cost: Cost, size: int, sessions: tuple[int, ...], rooms: tuple[int, ...] = ()) -> Match:
    found = tuple(terms.week.problem.rooms[r].name or terms.week.problem.rooms[r].id for r in rooms)
    return Match(cost.rule, cost.level, cost.weight, int(size), sessions, found)


def alone(terms: Terms, m: Tables, s: int, stand: Stand) -> Iterator[Match]:
    """Yield what one session by itself breaks where it stands."""
    starts, ends = np.array([stand.start]), np.array([stand.end])
    for cost, rule in terms.alone:
        times = rule.times(terms.week, s, starts, ends)
        if times is not None and times[0]:
            yield _match(terms, cost, times[0], (s,), (stand.room,))
        places = rule.places(terms.week, s)
        if places is not None and places[stand.room]:
            yield _match(terms, cost, places[stand.room], (s,), (stand.room,))
    if terms.closed and kernel.is_closed(m, stand.room, stand.start, stand.end):
        yield _match(terms, terms.closed, 1, (s,), (stand.room,))


def missing(terms: Terms, s: int) -> Iterator[Match]:
    """Yield that session `s` has no place, where that costs something."""
    if terms.unplaced:
        yield _match(terms, terms.unplaced, terms.week.problem.sessions[s].priority, (s,))


def _alone(terms: Terms, m: Tables, plan: Plan) -> Iterator[Match]:
    for s in range(len(terms.week.problem.sessions)):
        if s in plan:
            yield from alone(terms, m, s, plan[s])
        else:
            yield from missing(terms, s)


def in_rooms(terms: Terms, m: Tables, plan: Plan) -> Iterator[Match]:
    """Yield who stands too close together in one room."""
    if not terms.crowded:
        return
    ordered = sorted(plan, key=lambda s: (plan[s].room, plan[s].start, s))
    longest = max((stand.end - stand.start for stand in plan.values()), default=0) + terms.longest_gap
    for i, a in enumerate(ordered):
        one = plan[a]
        for b in ordered[i + 1 :]:
            two = plan[b]
            if two.room != one.room or two.start >= one.start + longest:
                break
            if kernel.is_crowded(m, one.room, a, one.start, one.end, b, two.start, two.end):
                yield _match(terms, terms.crowded, 1, (a, b), (one.room,))


def of_group(m: Tables, group: Group, plan: Plan) -> Match | None:
    """Return what a group finds in a plan, if anything."""
    placed = [(s, quantity, plan[s]) for s, quantity in group.members if s in plan]
    size = magnitude(m, group, placed)
    if not size:
        return None
    cost, sessions = group.cost, tuple(s for s, _, _ in placed)
    return Match(cost.rule, cost.level, cost.weight, size, sessions, (), group.about)


def magnitude(m: Tables, group: Group, placed: list[tuple[int, int, Stand]]) -> int:
    """Return what a group's counts come to, counted from nothing."""
    counts: Counter[int] = Counter()
    minutes: Counter[int] = Counter()
    for _, quantity, stand in placed:
        for b in span(m, group.by, stand):
            counts[b] += quantity
            minutes[b] += quantity * (stand.end - stand.start)
    limit = group.limit
    if group.shape == kernel.EXCESS:
        return sum(max(0, n - limit) for n in counts.values())
    if group.shape == kernel.MORE:
        return max(0, len(counts) - limit)
    if group.shape == kernel.FEWER:
        return max(0, limit - len(counts))
    if group.shape == kernel.LONELY:
        return sum(n for b, n in counts.items() if b - 1 not in counts and b + 1 not in counts)
    if group.shape == kernel.CROWD:
        return sum(minutes[b] for b, n in counts.items() if n > limit)
    return sum(max(0, n - 1) for n in Counter(b // m.sizes[ROOMS] for b in counts).values())


def span(m: Tables, by: int, stand: Stand) -> range:
    """Return the bins that a placement counts in."""
    day = stand.start // 1440
    if by == kernel.BY_SLOT:
        return range(stand.start // m.sizes[GRID], (stand.end - 1) // m.sizes[GRID] + 1)
    if by == kernel.BY_SPAN:
        at = stand.start // m.sizes[GRID] * m.sizes[LONGEST] + (stand.end - stand.start) // m.sizes[GRID]
        return range(at, at + 1)
    one = {
        kernel.BY_DAY: day,
        kernel.BY_ROOM: stand.room,
        kernel.BY_DAY_ROOM: day * m.sizes[ROOMS] + stand.room,
        kernel.BY_START: stand.start // m.sizes[GRID],
        kernel.BY_VENUE: int(m.rooms[stand.room, VENUE]),
    }[by]
    return range(one, one + 1)


def total(matches: list[Match]) -> tuple[int, int, int]:
    """Return the score that matches add up to."""
    score = [0, 0, 0]
    for match in matches:
        score[match.level] += match.cost
    return score[0], score[1], score[2]
