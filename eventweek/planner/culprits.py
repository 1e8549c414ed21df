"""Which sessions stand in each other's way: minimal sets that cannot all be placed, each proven and with a cure.

From one session that a plan leaves out, the set grows by whoever stands in the way of the best answer found so far
(a refinement by counterexamples), until the exact model proves that it has none; then whoever is not needed for the
proof is taken out again. Rules that are not needed for the proof go the same way.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from msgspec.structs import replace

from eventweek.planner import kernel, matches
from eventweek.planner.constraints.rule import Sentence
from eventweek.planner.exact import OutOfTime, Prover
from eventweek.planner.matches import Plan
from eventweek.planner.model import Model, build
from eventweek.planner.problem import Pin, Problem, Session
from eventweek.planner.relaxations import cancel, cheapest
from eventweek.planner.tables import CROWDED, HARD
from eventweek.planner.week import fixed
from eventweek.planner.wording import listed


@dataclass(frozen=True, slots=True)
class Culprit:
    """Sessions that cannot all be placed, though without any one they can; the rules of the proof; the cheapest cure.

    `relaxation` is None where the time was over before a cure was proven.
    """

    sessions: tuple[int, ...]
    rules: tuple[str, ...]
    sentence: Sentence
    relaxation: Sentence | None


class Culprits(list[Culprit]):
    """What was found; `placeable`: left out though there is a place; `unfinished`: the time was over before."""

    def __init__(self) -> None:
        super().__init__()
        self.placeable: list[int] = []
        self.unfinished: list[int] = []

    @property
    def involved(self) -> set[int]:
        """Return the sessions of all sets."""
        return {s for one in self for s in one.sessions}

    def sort_disjoint_first(self) -> None:
        """Put a disjoint family in front, small sets first."""
        taken: set[int] = set()
        front: list[Culprit] = []
        for one in sorted(self, key=lambda one: (len(one.sessions), one.sessions)):
            if taken.isdisjoint(one.sessions):
                taken |= set(one.sessions)
                front.append(one)
        rest = [one for one in self if one not in front]
        self[:] = [one for part in (front, rest) for one in sorted(part, key=lambda one: one.sessions)]


class _TooLarge(Exception):
    """More sessions are involved than are looked at now."""


def culprits(model: Model, plan: Plan, seconds: float) -> Culprits:
    """Return minimal sets of culprits so that each session without a place is in one, disjoint ones first."""
    return _Inquiry(model, time.monotonic() + seconds).run(plan)


@dataclass
class _Inquiry:
    model: Model
    deadline: float
    prover: Prover = field(init=False)

    def __post_init__(self) -> None:
        self.prover = Prover(self.model)
        self.hard_pairs = np.array([pair.cost.level == HARD for pair in self.model.terms.pairs], bool)

    @property
    def left(self) -> float:
        """Return the seconds that are left.

        Raises: OutOfTime.
        """
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise OutOfTime
        return left

    def run(self, plan: Plan) -> Culprits:
        """Look at each session without a place."""
        found, plan = Culprits(), self._sound(plan)
        waiting = [s for s in range(self.model.size) if s not in plan]
        found.extend(self._explained((s,)) for s in waiting if self.prover.domain(s).is_empty)
        waiting = [s for s in waiting if not self.prover.domain(s).is_empty]
        for most in SIZES:
            sets: list[tuple[int, ...]] = []
            later: list[int] = []
            for s in waiting:
                try:
                    one = self._set_with(s, plan, found.involved.union(*sets), most)
                except (OutOfTime, _TooLarge):
                    later.append(s)
                    continue
                if isinstance(one, dict):
                    plan = one
                    found.placeable.append(s)
                else:
                    sets.append(one)
            waiting = later
            found.extend(self._explained(one) for one in sets)
        found.unfinished = waiting
        found.sort_disjoint_first()
        return found

    def _sound(self, plan: Plan) -> Plan:
        """Return the plan without sessions that break a hard rule where they stand."""
        kept = {s: stand for s, stand in sorted(plan.items()) if self._stands(s, stand)}
        while clashes := list(self._clashes(kept)):
            often: dict[int, int] = {}
            for clash in clashes:
                for s in clash:
                    often[s] = often.get(s, 0) + 1
            del kept[max(often, key=lambda s: (often[s], s))]
        return kept

    def _stands(self, s: int, stand: matches.Stand) -> bool:
        has = self.prover.domain(s)
        return bool(has.open[np.ix_(has.starts == stand.start, has.rooms == stand.room)].any())

    def _set_with(self, s: int, plan: Plan, known: set[int], most: int) -> tuple[int, ...] | Plan:
        """Return a minimal set with session `s`, apart from known sets if it can be; or a plan that has room for it."""
        apart = {t: stand for t, stand in plan.items() if t not in known}
        grown = self._grow(s, apart, most)
        if isinstance(grown, dict) and len(apart) < len(plan):
            grown = self._grow(s, plan, most)
        if isinstance(grown, dict):
            return grown
        return tuple(sorted(self._shrink(s, grown)))

    def _grow(self, s: int, plan: Plan, most: int) -> list[int] | Plan:
        """Return sessions of the plan that leave no place for session `s`, latest first; or the plan with its place.

        Raises: OutOfTime; _TooLarge beyond `most` sessions.
        """
        inner: list[int] = []
        while True:
            place = self.prover.place([s, *inner], self.left, plan)
            if place is None:
                return inner
            trial = {**plan, **place}
            outside = {t for clash in self._clashes(trial) for t in clash} - set(inner) - {s}
            if not outside:
                return trial
            inner = sorted(outside) + inner
            if len(inner) > most:
                raise _TooLarge

    def _shrink(self, s: int, others: list[int]) -> list[int]:
        """Take out blocks, then single sessions, as long as the rest cannot be placed."""
        size = max(1, len(others) // 2)
        while True:
            k = 0
            while k < len(others):
                fewer = others[:k] + others[k + size :]
                if self.prover.place([s, *fewer], self.left) is None:
                    others = fewer
                else:
                    k += size
            if size == 1:
                return [s, *others]
            size //= 2

    def _clashes(self, plan: Plan) -> Iterator[tuple[int, ...]]:
        """Yield sessions that break a hard rule together."""
        m, terms = self.model.tables, self.model.terms
        if m.weights[CROWDED, HARD] > 0:
            yield from (match.sessions for match in matches.in_rooms(terms, m, plan))
        for k in np.flatnonzero((matches.pair_sizes(terms, m, plan) > 0) & self.hard_pairs).tolist():
            yield terms.pairs[k].first, terms.pairs[k].second
        for group in self.prover.groups:
            if group.shape in PROVEN:
                yield from (breach.sessions for breach in matches.breaches(m, group, plan).values())

    def _explained(self, sessions: tuple[int, ...]) -> Culprit:
        """Return a set with its rules and its cure, as far as time allows."""
        week = self.model.week
        small = _reduced(self.model, sessions)
        wanted = [week.problem.sessions[s].id for s in sessions]
        rules: tuple[str, ...] = ()
        cure: Sentence | None = None
        try:
            rules = self._rules(small, wanted)
            cure = self._cure(small, [week.problem.sessions[s] for s in sessions])
        except OutOfTime:
            pass
        titles = [PINNED] if PIN in rules else []
        titles += [rule.title for rule in self.model.rules if rule.code in rules]
        return Culprit(sessions, rules, _sentence(self.model, sessions, titles), cure)

    def _cure(self, small: Problem, members: list[Session]) -> Sentence:
        """Return the cheapest change after which the sessions, if it can be with all of their series, have a place."""
        series = {session.series.id for session in members if session.series}
        wanted = [session.id for session in members]
        mates = [other.id for other in small.sessions if other.series and other.series.id in series]
        if self._can(small, [name for name in mates if name not in wanted], None) is None:
            mates = []
        for names in ([*wanted, *mates], wanted) if mates else (wanted,):
            cure = cheapest(small, members, lambda problem, ids=names: self._can(problem, ids, None))  # type: ignore[misc]
            if cure:
                return cure
        return cancel(members)

    def _can(self, problem: Problem, wanted: list[str], rules: tuple[str, ...] | None) -> Plan | None:
        """Place the wanted sessions of a changed problem, under some of the rules or all."""
        used = [rule for rule in self.model.rules if rules is None or rule.code in rules]
        if rules is not None and PIN not in rules:
            free = [replace(session, pin=None, locked=False) for session in problem.sessions]
            problem = replace(problem, sessions=free)
        model = build(problem, used)
        return Prover(model).place([model.week.session_of[name] for name in wanted], self.left)

    def _rules(self, small: Problem, wanted: list[str]) -> tuple[str, ...]:
        """Return rules that suffice for the proof and that all are needed for it."""
        model = build(small, self.model.rules)
        numbers = [model.week.session_of[name] for name in wanted]
        needed = _concerned(model, numbers)
        for code in list(needed):
            fewer = tuple(other for other in needed if other != code)
            if self._can(small, wanted, fewer) is None:
                needed = fewer
        return needed


SIZES = 12, 40, 1_000_000
"""Sessions that are looked at together for one, in the first round and the next: what is easy comes first."""
PIN = "pin"
"""What stands among the rules of a proof that needs the pins."""
PINNED = "固定的时间和场地", "pinned times and rooms"
PROVEN = (kernel.EXCESS, kernel.CROWD, kernel.MORE, kernel.ROOMS_A_DAY)
"""Shapes of groups that the exact model knows."""


def _concerned(model: Model, sessions: list[int]) -> tuple[str, ...]:
    """Return the hard rules that have something to say about sessions."""
    inside = set(sessions)
    numbers = {number for s in sessions for number in model.shut.get(s, {})}
    terms = model.terms
    numbers |= {cost.rule for cost in (terms.closed, terms.crowded) if cost and cost.level == HARD}
    numbers |= {
        pair.cost.rule for pair in terms.pairs if pair.cost.level == HARD and inside >= {pair.first, pair.second}
    }
    numbers |= {
        group.cost.rule
        for group in terms.groups
        if group.cost.level == HARD and any(s in inside for s, _ in group.members)
    }
    pinned = any(fixed(model.week.problem.sessions[s]) != Pin() for s in sessions)
    return ((PIN,) if pinned else ()) + tuple(model.rules[number].code for number in sorted(numbers))


def _reduced(model: Model, sessions: tuple[int, ...]) -> Problem:
    """Return the problem with these sessions and those without whom their terms would be others."""
    problem = model.week.problem
    inside = {problem.sessions[s].id for s in sessions}
    kept = set(inside)
    for relation in problem.relations:
        if len(inside & set(relation.sessions)) > 1:
            kept |= set(relation.sessions)
    series = {session.series.id for session in problem.sessions if session.series and session.id in inside}
    kept |= {session.id for session in problem.sessions if session.series and session.series.id in series}
    for group in model.terms.groups:
        if group.cost.level == HARD and group.shape != kernel.EXCESS and any(s in sessions for s, _ in group.members):
            kept |= {problem.sessions[s].id for s, _ in group.members}
    return replace(
        problem,
        sessions=[session for session in problem.sessions if session.id in kept],
        relations=[relation for relation in problem.relations if kept >= set(relation.sessions)],
        common=[common for common in problem.common if kept >= set(common.sessions)],
    )


def _sentence(model: Model, sessions: tuple[int, ...], titles: list[Sentence]) -> Sentence:
    week = model.week
    zh, en = "；".join(title for title, _ in titles), "; ".join(title for _, title in titles)
    because = (f"（{zh}）", f" ({en})") if titles else ("", "")
    names = listed(week, sessions)
    if len(sessions) == 1:
        return f"{names[0]}没有可用的位置{because[0]}。", f"{names[1]} has no place{because[1]}."
    return (
        f"{names[0]}不能同时排入，去掉任意一场即可{because[0]}。",
        f"{names[1]} cannot all be placed; without any one of them it can be done{because[1]}.",
    )
