"""What cannot work, seen at a glance: conditions that every full plan must meet, checked before any search.

Each finding is certain: no full plan exists while it stands. No finding promises nothing. Takes well under a second.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from eventweek.planner import kernel, matches
from eventweek.planner.constraints.rule import Rule, Sentence
from eventweek.planner.demand import shortages
from eventweek.planner.domains import Domain, domain, is_open
from eventweek.planner.matches import Plan, Stand
from eventweek.planner.model import Model
from eventweek.planner.problem import MINUTES_A_DAY
from eventweek.planner.relaxations import by_weight
from eventweek.planner.tables import HARD
from eventweek.planner.terms import Group, Pair
from eventweek.planner.week import fixed
from eventweek.planner.wording import day_names, listed


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that no full plan can meet.

    `kind`: empty_domain, room_demand, person_overlap, person_days, precedence, pins.
    """

    kind: str
    sessions: tuple[int, ...]
    sentence: Sentence
    relaxation: Sentence


def precheck(model: Model) -> list[Finding]:
    """Return what is certain to leave a session out, kind by kind."""
    look = _Look(model)
    found: dict[tuple[str, frozenset[int]], Finding] = {}
    for ask in (look.empty, look.demand, look.people, look.limits, look.order, look.pins):
        for finding in ask():
            found.setdefault((finding.kind, frozenset(finding.sessions)), finding)
    return list(found.values())


ADVICE: dict[str, Sentence] = {
    "session_window": ("放宽它的时间范围", "widen its windows"),
    "kind_hours": ("放宽该类活动的时段", "widen the hours of its kind"),
    "lunch": ("允许该类活动占用午休", "let its kind run through lunch"),
    "feature_missing": ("减少所需的设施", "ask for fewer features"),
    "capacity": ("降低预计人数", "lower the expected audience"),
    "room_unsuitable": ("放宽可用的场地", "allow other rooms"),
    "person_away": ("请相关人员在其他时间到场", "ask the people to come at other times"),
    "room_closed": ("延长场地的开放时间", "open a room for longer"),
    "registered": ("增加更大的场地", "add a larger room"),
    "odd_start": ("允许不在整点或半点开始", "let it begin at an odd time"),
    "late_end": ("允许较晚结束", "let it end late"),
    "preferred_time": ("放宽偏好的时间", "allow other times than the preferred"),
    "preferred_room": ("放宽偏好的场地", "allow other rooms than the preferred"),
    "undesired_time": ("允许希望避免的时间", "allow times that were to be avoided"),
    "undesired_room": ("允许希望避免的场地", "allow rooms that were to be avoided"),
}
"""What to do about a rule, the cheapest first."""
PIN: Sentence = ("放开它的固定时间或场地", "free its pin")
ELSE: Sentence = ("同时放宽以上几项", "relax several of these together")


@dataclass
class _Look:
    model: Model

    @cached_property
    def domains(self) -> list[Domain]:
        return [domain(self.model, s) for s in range(self.model.size)]

    @cached_property
    def possible(self) -> list[int]:
        """Sessions that have some place by themselves."""
        return [s for s, has in enumerate(self.domains) if not has.is_empty]

    @cached_property
    def spans(self) -> dict[int, tuple[int, int]]:
        """The first and the last start of each session that has a place."""
        found = {}
        for s in self.possible:
            usable = self.domains[s].starts[self.domains[s].open.any(axis=1)]
            found[s] = int(usable.min()), int(usable.max())
        return found

    def _pair(self, sessions: tuple[int, ...]) -> Sentence:
        return listed(self.model.week, sessions)

    def _least(self, sessions: tuple[int, ...]) -> Sentence:
        """Return the name of the session that should give way."""
        problem = self.model.week.problem
        one = by_weight([problem.sessions[s] for s in sessions])[0]
        return self._pair((self.model.week.session_of[one.id],))

    def empty(self) -> Iterator[Finding]:
        """Find sessions that have no place even if they were alone."""
        for s in range(self.model.size):
            if self.domains[s].is_empty:
                yield self._empty(s)

    def _empty(self, s: int) -> Finding:
        starts, rooms, opened = self._shut(s)
        advice = self._advice(s, starts, rooms, opened)
        has = self.domains[s]
        if not len(has.rooms):
            starts = []
        elif not len(has.starts):
            rooms = []
        zh, en = self._pair((s,))
        parts = [
            (
                f"“{rule.title[0]}”排除{int(mask.sum())}个{unit[0]}",
                f"“{rule.title[1]}” rules out {int(mask.sum())} {unit[1]}",
            )
            for found, unit in ((starts, ("开始时间", "starts")), (rooms, ("场地", "rooms")))
            for rule, mask in found
        ]
        if len(has.rooms) and len(has.starts):
            parts.append(("其余场地在可用的时间不开放", "the rooms that are left are not open then"))
        total = len(self.model.week.candidates(self.model.week.problem.sessions[s])), len(self.model.week.problem.rooms)
        sentence = (
            f"{zh}没有可用的位置：共{total[0]}个开始时间、{total[1]}个场地，{'，'.join(p for p, _ in parts)}。",
            f"{en} has no place: of {total[0]} starts and {total[1]} rooms, {', '.join(p for _, p in parts)}.",
        )
        return Finding("empty_domain", (s,), sentence, (f"{zh}：{advice[0]}。", f"{en}: {advice[1]}."))

    def _shut(self, s: int) -> tuple[list[tuple[Rule, Any]], list[tuple[Rule, Any]], Any]:
        """Return which rule shuts which starts and which rooms, and which start has which room open."""
        week, m = self.model.week, self.model.tables
        starts = week.candidates(week.problem.sessions[s])
        ends = week.ends(s, starts)
        by_time: list[tuple[Rule, Any]] = []
        by_room: list[tuple[Rule, Any]] = []
        for cost, rule in self.model.terms.alone:
            if cost.level != HARD or not cost.weight:
                continue
            for mask, found in ((rule.times(week, s, starts, ends), by_time), (rule.places(week, s), by_room)):
                if mask is not None and mask.any():
                    found.append((rule, mask > 0))
        opened = np.ones((len(starts), len(m.rooms)), bool)
        closed = self.model.terms.closed
        if closed and closed.level == HARD:
            opened = is_open(m, np.arange(len(m.rooms)), starts, ends)
        return by_time, by_room, opened

    def _advice(self, s: int, starts: list[tuple[Rule, Any]], rooms: list[tuple[Rule, Any]], opened: Any) -> Sentence:
        """Return what to do about the cheapest rule without which there is a place."""
        pin = fixed(self.model.week.problem.sessions[s])
        here = np.ones(opened.shape[1], bool)
        if pin.room is not None:
            here = np.arange(len(here)) == self.model.week.room_of[pin.room]

        def is_open(without: str, where: Any) -> bool:
            times = np.ones(opened.shape[0], bool)
            for rule, mask in starts:
                times &= ~mask | (rule.code == without)
            for rule, mask in rooms:
                where = where & (~mask | (rule.code == without))
            free = opened | (without == "room_closed")
            return bool((free & times[:, None] & where).any())

        for code, advice in ADVICE.items():
            if is_open(code, here):
                return advice
        return ELSE if pin.start is None and pin.room is None else PIN

    def demand(self) -> Iterator[Finding]:
        """Find rooms that are asked for longer than they are open."""
        for short in shortages(self.model, {s: self.domains[s] for s in self.possible}):
            zh, en = self._least(short.sessions)
            yield Finding(
                "room_demand",
                short.sessions,
                short.sentence,
                (f"放宽{zh}的时间或场地。", f"Allow other times or rooms for {en}."),
            )

    def people(self) -> Iterator[Finding]:
        """Find people who must be in two sessions at once, whatever the starts."""
        for pair in self._hard_pairs(kernel.OVERLAP):
            a, b = pair.first, pair.second
            (first_a, last_a), (first_b, last_b) = self.spans[a], self.spans[b]
            ends = first_a + self.model.week.durations[a], first_b + self.model.week.durations[b]
            if min(ends) > max(last_a, last_b) and not (self._has_one_place(a) and self._has_one_place(b)):
                zh, en = self._least((a, b))
                yield Finding(
                    "person_overlap" if pair.about else "pins",
                    (a, b),
                    self._told(pair),
                    (f"放宽{zh}的时间。", f"Allow other times for {en}."),
                )

    def _told(self, pair: Pair) -> Sentence:
        return self.model.rules[pair.cost.rule].tell(self.model.week, matches.of_pair(pair, 1))

    def _hard_pairs(self, condition: int) -> Iterator[Pair]:
        """Yield the hard terms of a condition whose sessions have a place."""
        for pair in self.model.terms.pairs:
            hard = pair.cost.level == HARD and pair.cost.weight * pair.times > 0
            if hard and pair.condition == condition and pair.first in self.spans and pair.second in self.spans:
                yield pair

    def limits(self) -> Iterator[Finding]:
        """Find people with more sessions than their days allow."""
        for group in self.model.terms.groups:
            if group.by == kernel.BY_DAY and group.shape == kernel.EXCESS and group.cost.level == HARD:
                yield from self._days(group)

    def _days(self, group: Group) -> Iterator[Finding]:
        days: dict[int, frozenset[int]] = {}
        for s, _ in group.members:
            if s in self.spans:
                usable = self.domains[s].starts[self.domains[s].open.any(axis=1)]
                days[s] = frozenset((usable // MINUTES_A_DAY).tolist())
        for those in sorted({frozenset[int]().union(*days.values()), *days.values()}, key=sorted):
            bound = tuple(s for s, own in days.items() if own <= those)
            room = sum(min(group.limit, sum(day in own for own in days.values())) for day in those)
            if len(bound) > room:
                yield self._too_many(group, bound, sorted(those))

    def _too_many(self, group: Group, bound: tuple[int, ...], days: list[int]) -> Finding:
        people = [self._called(one) for one in group.about]
        who, who_en = "、".join(one for one, _ in people), ", ".join(one for _, one in people)
        called = [day_names(self.model.week.problem, day) for day in days]
        zh, en = self._pair(bound)
        needed = -(-len(bound) // len(days))
        return Finding(
            "person_days",
            bound,
            (
                f"{who}每日最多{group.limit}场，{zh}共{len(bound)}场只能排在{'、'.join(d for d, _ in called)}。",
                f"{who_en} has at most {group.limit} sessions a day, but {en} must all stand on "
                f"{', '.join(d for _, d in called)}.",
            ),
            (f"把{who}的每日上限提高到{needed}场。", f"Raise the daily limit of {who_en} to {needed}."),
        )

    def _called(self, who: str) -> Sentence:
        """Return how a person is called; what is counted but no person has its own name alone."""
        person = self.model.week.people.get(who)
        return person.called if person else (who, who)

    def order(self) -> Iterator[Finding]:
        """Find chains of sessions, one after the other, that are longer than their times allow, or go in a circle."""
        after: dict[int, list[Pair]] = defaultdict(list)
        for pair in self._hard_pairs(kernel.ORDER):
            after[pair.first].append(pair)
        earliest = {s: first for s, (first, _) in self.spans.items()}
        cause: dict[int, int] = {}
        waiting, reported = sorted(after), set[int]()
        while waiting:
            a = waiting.pop(0)
            for pair in after[a]:
                b = pair.second
                least = self._next(b, earliest[a] + self.model.week.durations[a] + pair.p)
                if b in reported or (least is not None and least <= earliest[b]):
                    continue
                cause[b] = a
                chain = _chain(cause, b)
                if least is None or len(set(chain)) < len(chain):
                    reported.update(chain)
                    yield self._chained(chain)
                else:
                    earliest[b] = least
                    waiting.append(b)

    def _next(self, s: int, least: int) -> int | None:
        """Return the first start of session `s` from a minute on."""
        has = self.domains[s]
        later = has.starts[has.open.any(axis=1) & (has.starts >= least)]
        return int(later[0]) if len(later) else None

    def _chained(self, chain: tuple[int, ...]) -> Finding:
        zh, en = self._pair(chain)
        last_zh, last_en = self._pair(chain[-2:])
        sentence = (
            f"先后顺序排不下：{zh}依次进行，超出可用的时间。",
            f"The order does not fit: {en}, one after the other.",
        )
        if len(set(chain)) < len(chain):
            sentence = f"先后顺序成环：{zh}。", f"The order goes in a circle: {en}."
        return Finding(
            "precedence",
            tuple(dict.fromkeys(chain)),
            sentence,
            (
                f"取消{last_zh}之间的先后顺序，或放宽其时间。",
                f"Drop the order of {last_en}, or allow them other times.",
            ),
        )

    def _has_one_place(self, s: int) -> bool:
        return int(self.domains[s].open.sum()) == 1

    def pins(self) -> Iterator[Finding]:
        """Find sessions with a single place each that break a hard rule together."""
        plan: Plan = {}
        for s in self.possible:
            if self._has_one_place(s):
                has = self.domains[s]
                at, room = np.argwhere(has.open)[0]
                plan[s] = Stand(int(has.starts[at]), int(has.ends[at]), int(has.rooms[room]))
        wanting = {group.cost.rule for group in self.model.terms.groups if group.shape in WANTING}
        for match in matches.find(self.model.terms, self.model.tables, plan):
            if match.level == HARD and match.cost and len(match.sessions) > 1 and match.rule not in wanting:
                zh, en = self._least(match.sessions)
                rule = self.model.rules[match.rule]
                yield Finding(
                    "person_overlap" if match.people and rule.code in PERSONAL else "pins",
                    match.sessions,
                    rule.tell(self.model.week, match),
                    (f"放开{zh}的时间或场地。", f"Free the time or the room of {en}."),
                )


WANTING = (kernel.FEWER, kernel.LONELY, kernel.SINGLE)
"""Shapes of groups that ask for more sessions, not for less: a plan of a few may break them for now."""
PERSONAL = ("person_overlap", "travel_time")


def _chain(cause: dict[int, int], s: int) -> tuple[int, ...]:
    """Return who pushed session `s` so late, in order; a circle names its first twice."""
    chain = [s]
    while chain[0] in cause:
        before = cause[chain[0]]
        if before in chain:
            return (before, *chain[: chain.index(before) + 1])
        chain.insert(0, before)
    return tuple(chain)
