"""Why a plan costs what it costs: every match of every term, judged one by one. Their sum is the score."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from eventweek.planner import kernel
from eventweek.planner.tables import CITY, GRID, LONGEST, ROOMS, SIZE, VENUE, Tables
from eventweek.planner.terms import Cost, Group, Pair, Terms


@dataclass(frozen=True, slots=True)
class Match:
    """One thing that a rule finds. `rule` is its number; the cost at its level is weight times magnitude.

    `rooms`, `people`: ids of what is concerned; a rule about other things than people names these there.
    """

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
class Breach:
    """How much a group counts in one place, and the sessions that make it so."""

    size: int
    sessions: tuple[int, ...]


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
        yield from of_group(m, group, plan)


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
    found = tuple(terms.week.problem.rooms[r].id for r in rooms)
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


def of_group(m: Tables, group: Group, plan: Plan) -> Iterator[Match]:
    """Yield what a group finds in a plan: a match for all bins with the same sessions."""
    found: dict[tuple[int, ...], int] = {}
    for breach in breaches(m, group, plan).values():
        found[breach.sessions] = found.get(breach.sessions, 0) + breach.size
    for sessions, size in found.items():
        yield in_group(group, sessions, size)


def in_group(group: Group, sessions: tuple[int, ...], size: int) -> Match:
    """Return the match of what a group finds at some of its members."""
    cost = group.cost
    return Match(cost.rule, cost.level, cost.weight, size, sessions, (), group.about)


def breaches(m: Tables, group: Group, plan: Plan) -> dict[Any, Breach]:
    """Return what a group's counts come to, counted from nothing: for each bin, or for all where they count as one."""
    bins = _bins(m, group, plan)
    everybody = tuple(s for s, _ in group.members)
    if group.shape == kernel.UPSIDE_DOWN:
        return _upside_down(m, bins, plan)
    if group.shape == kernel.MORE:
        size = len(bins) - group.limit
        return {0: Breach(size, tuple(s for s in everybody if s in plan))} if size > 0 else {}
    if group.shape == kernel.FEWER:
        size = group.limit - len(bins)
        return {0: Breach(size, everybody)} if size > 0 else {}
    if group.shape == kernel.ROOMS_A_DAY:
        return _rooms_a_day(m, bins)
    found = {b: Breach(_counted(group, bins, b, plan), tuple(s for s, _ in inside)) for b, inside in bins.items()}
    return {b: breach for b, breach in found.items() if breach.size}


Bins = dict[int, list[tuple[int, int]]]
"""The members of a group that stand in each bin, each with its quantity."""


def _bins(m: Tables, group: Group, plan: Plan) -> Bins:
    found: Bins = {}
    for s, quantity in group.members:
        if s in plan:
            for b in span(m, group.by, plan[s]):
                found.setdefault(b, []).append((s, quantity))
    return found


def _counted(group: Group, bins: Bins, b: int, plan: Plan) -> int:
    """Return what the count of one bin comes to."""
    inside, limit = bins[b], group.limit
    count = sum(quantity for _, quantity in inside)
    if group.shape == kernel.EXCESS:
        return max(0, count - limit)
    if group.shape == kernel.LONELY:
        return count if b - 1 not in bins and b + 1 not in bins else 0
    if group.shape == kernel.SINGLE:
        return 1 if count == 1 else 0
    return sum(q * (plan[s].end - plan[s].start) for s, q in inside) if count > limit else 0


def _rooms_a_day(m: Tables, bins: Bins) -> dict[Any, Breach]:
    days: dict[int, list[int]] = {}
    for b in bins:
        days.setdefault(b // int(m.sizes[ROOMS]), []).append(b)
    return {
        day: Breach(len(used) - 1, tuple(s for b in used for s, _ in bins[b]))
        for day, used in days.items()
        if len(used) > 1
    }


def _upside_down(m: Tables, bins: Bins, plan: Plan) -> dict[Any, Breach]:
    """Return each two of one city of which the one with less quantity stands in the larger room: steps at once."""
    steps: dict[tuple[int, int], int] = {}
    sizes, cities = m.rooms[:, SIZE].tolist(), m.rooms[:, CITY].tolist()
    for inside in bins.values():
        known = sorted((quantity, s, sizes[plan[s].room], cities[plan[s].room]) for s, quantity in inside)
        for (less, a, larger, here), (more, b, smaller, there) in combinations(known, 2):
            if less < more and larger > smaller and here == there:
                steps[a, b] = steps.get((a, b), 0) + 1
    return {pair: Breach(size, pair) for pair, size in steps.items()}


def magnitude(m: Tables, group: Group, plan: Plan) -> int:
    """Return what a group's counts come to, counted from nothing."""
    return sum(breach.size for breach in breaches(m, group, plan).values())


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
        kernel.BY_HALF_DAY: stand.start // 720,
    }[by]
    return range(one, one + 1)


def total(matches: list[Match]) -> tuple[int, int, int]:
    """Return the score that matches add up to."""
    score = [0, 0, 0]
    for match in matches:
        score[match.level] += match.cost
    return score[0], score[1], score[2]
