"""What a search has found, as files hold it: integers and texts, nothing that depends on a clock, in a fixed order."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from eventweek.planner.matches import Match, Plan, find, total
from eventweek.planner.model import Model
from eventweek.planner.problem import Mode, Problem, Record
from eventweek.planner.tables import CHOICES, END, GRID, HARD, OPTIONS, START

FORMAT = "eventweek-solution/1"
LEVELS = ("hard", "medium", "soft")


class Assignment(Record, frozen=True, kw_only=True):
    """Where a session stands; minutes from the event's first midnight."""

    session: str
    room: str
    start: int
    end: int


class Reason(Record, frozen=True, kw_only=True):
    """Why a session has no place: the rule's code, and a sentence."""

    rule: str
    sentence_zh: str
    sentence_en: str


class Alternative(Record, frozen=True, kw_only=True):
    """A place that a session could have, and how the score would change."""

    room: str
    start: int
    hard: int
    medium: int
    soft: int


class Unplaced(Record, frozen=True, kw_only=True):
    """A session without a place; the dearest come first."""

    id: str
    reasons: list[Reason]
    best_alternatives: list[Alternative]


class Score(Record, frozen=True, kw_only=True):
    """What the plan costs at each level; less is better, and a higher level outweighs all below."""

    hard: int
    medium: int
    soft: int


class Finding(Record, frozen=True, kw_only=True):
    """One match of a rule; it costs weight times magnitude at its level. `rooms`: where its sessions stand."""

    rule: str
    level: str
    weight: int
    magnitude: int
    sessions: list[str]
    people: list[str]
    rooms: list[str]
    sentence_zh: str
    sentence_en: str


class Share(Record, frozen=True, kw_only=True):
    """What the matches cost in which a session takes part, and their rules."""

    id: str
    hard: int
    medium: int
    soft: int
    rules: list[str]


class TimeMove(Record, frozen=True, kw_only=True):
    """A session that leaves its published start."""

    id: str
    before: int
    after: int
    registered: int


class RoomMove(Record, frozen=True, kw_only=True):
    """A session that leaves its published room."""

    id: str
    before: str
    after: str
    registered: int


class Diff(Record, frozen=True, kw_only=True):
    """What changes for the public; `people`: registrations of all sessions that move or lose their place."""

    moved_time: list[TimeMove]
    moved_room: list[RoomMove]
    removed: list[str]
    people: int


class Log(Record, frozen=True, kw_only=True):
    """How the plan was found; `input_hash`: SHA-256 of the problem, whatever its layout and order of fields.

    `event` and `start`: the event's id and first day, from which the minutes count.
    """

    seed: int
    iterations: int
    stop_reason: str
    input_hash: str
    mode: Mode
    event: str = ""
    start: str = ""


class Solution(Record, frozen=True, kw_only=True, tag_field="format", tag=FORMAT):
    """A plan, what it costs and why. A file names its format beside these fields."""

    assignments: list[Assignment]
    unplaced: list[Unplaced]
    score: Score
    matches: list[Finding]
    per_session: list[Share]
    diff: Diff
    log: Log


def hash_of(problem: Problem) -> str:
    """Return the SHA-256 of what a problem says, in hexadecimal digits."""
    return hashlib.sha256(msgspec.json.encode(problem, order="deterministic")).hexdigest()


def describe(model: Model, plan: Plan, log: Log, others: Mapping[int, Sequence[Alternative]] | None = None) -> Solution:
    """Return a plan with its price and reasons; `others`: better places of unplaced sessions, by their numbers."""
    problem = model.week.problem
    matches = list(find(model.terms, model.tables, plan))
    places = [_assignment(problem, s, plan) for s in plan]
    left = sorted(set(range(model.size)) - plan.keys(), key=lambda s: (-problem.sessions[s].priority, _id(problem, s)))
    return Solution(
        assignments=sorted(places, key=lambda one: (one.start, one.room, one.session)),
        unplaced=[
            Unplaced(id=_id(problem, s), reasons=reasons(model, s), best_alternatives=list((others or {}).get(s, ())))
            for s in left
        ],
        score=score_of(total(matches)),
        matches=findings(model, plan, matches),
        per_session=_shares(model, matches),
        diff=_diff(problem, plan),
        log=log,
    )


def score_of(score: tuple[int, int, int]) -> Score:
    """Return a score with its names."""
    return Score(hard=score[0], medium=score[1], soft=score[2])


def findings(model: Model, plan: Plan, matches: Sequence[Match]) -> list[Finding]:
    """Return matches as people read them: by level, then in the order of the rules."""
    found = [(match.level, match.rule, _finding(model, plan, match)) for match in matches]
    found.sort(key=lambda one: (one[0], one[1], one[2].sessions, one[2].people, one[2].rooms, one[2].magnitude))
    return [one for _, _, one in found]


def _finding(model: Model, plan: Plan, match: Match) -> Finding:
    problem, rule = model.week.problem, model.rules[match.rule]
    zh, en = rule.tell(model.week, match)
    return Finding(
        rule=rule.code,
        level=LEVELS[match.level],
        weight=int(match.weight),
        magnitude=int(match.magnitude),
        sessions=[_id(problem, s) for s in match.sessions],
        people=[name for name in match.people if name in model.week.people],
        rooms=sorted({problem.rooms[plan[s].room].id for s in match.sessions if s in plan}),
        sentence_zh=zh,
        sentence_en=en,
    )


def reasons(model: Model, s: int) -> list[Reason]:
    """Return what keeps session `s` from having a place: the hard rules that rule out its starts or rooms, in order."""
    found = [_ruled_out(model, s, rule, count) for rule, count in sorted(model.shut.get(s, {}).items())]
    session, m = model.week.problem.sessions[s], model.tables
    starts, rooms = (int(m.sessions[s + 1, column] - m.sessions[s, column]) for column in (OPTIONS, CHOICES))
    left = _open_places(model, s)
    name_zh, name_en = session.called
    if left < starts * rooms:
        found.append(_closed(model, starts * rooms, starts * rooms - left))
    if left:
        zh = f"“{name_zh}”还剩 {left} 个位置（开始时间和场地）可选，但都与已安排的场次冲突。"
        en = f"“{name_en}” has {left} place{'s' if left > 1 else ''} left (a start in a room), but each collides."
    else:
        zh_lacks, en_lacks = (
            ("位置", "place") if starts and rooms else ("场地", "room") if starts else ("开始时间", "start")
        )
        zh, en = f"“{name_zh}”没有任何可用的{zh_lacks}。", f"“{name_en}” has no {en_lacks} left at all."
    return [*found, Reason(rule="unplaced", sentence_zh=zh, sentence_en=en)]


def _open_places(model: Model, s: int) -> int:
    """Return in how many places, a start in a room, a session may stand while the room is open."""
    m, closed = model.tables, model.terms.closed
    options = m.options[m.sessions[s, OPTIONS] : m.sessions[s + 1, OPTIONS]]
    rooms = m.choices[m.sessions[s, CHOICES] : m.sessions[s + 1, CHOICES]]
    if closed is None or closed.level != HARD:
        return len(options) * len(rooms)
    until = m.open_until[np.ix_(rooms, options[:, START] // m.sizes[GRID])]
    return int((until >= options[:, END]).sum())


def _closed(model: Model, places: int, count: int) -> Reason:
    assert model.terms.closed
    rule = model.rules[model.terms.closed.rule]
    return Reason(
        rule=rule.code,
        sentence_zh=f"“{rule.title[0]}”排除了其余 {places} 个位置中的 {count} 个。",
        sentence_en=f"“{rule.title[1]}” rules out {count} of the {places} places in the rest.",
    )


def _ruled_out(model: Model, s: int, number: int, count: int) -> Reason:
    week, rule = model.week, model.rules[number]
    looks_at_rooms = rule.places(week, s) is not None
    every = len(week.problem.rooms) if looks_at_rooms else len(week.candidates(week.problem.sessions[s]))
    zh, en = ("场地", "rooms") if looks_at_rooms else ("开始时间", "starts")
    return Reason(
        rule=rule.code,
        sentence_zh=f"“{rule.title[0]}”排除了 {every} 个{zh}中的 {count} 个。",
        sentence_en=f"“{rule.title[1]}” rules out {count} of {every} {en}.",
    )


def _id(problem: Problem, s: int) -> str:
    return problem.sessions[s].id


def _assignment(problem: Problem, s: int, plan: Plan) -> Assignment:
    stand = plan[s]
    return Assignment(session=_id(problem, s), room=problem.rooms[stand.room].id, start=stand.start, end=stand.end)


def _shares(model: Model, matches: Sequence[Match]) -> list[Share]:
    costs: dict[int, Any] = defaultdict(lambda: np.zeros(len(LEVELS), np.int64))
    rules: dict[int, set[int]] = defaultdict(set)
    for match in matches:
        for s in match.sessions:
            costs[s][match.level] += match.cost
            rules[s].add(match.rule)
    shares = []
    for s, session in enumerate(model.week.problem.sessions):
        hard, medium, soft = (int(cost) for cost in costs[s])
        codes = [model.rules[rule].code for rule in sorted(rules[s])]
        shares.append(Share(id=session.id, hard=hard, medium=medium, soft=soft, rules=codes))
    return sorted(shares, key=lambda share: share.id)


def _diff(problem: Problem, plan: Plan) -> Diff:
    times, rooms, removed, told = [], [], [], {}
    for s, session in sorted(enumerate(problem.sessions), key=lambda pair: pair[1].id):
        old, stand, registered = session.published, plan.get(s), session.registered
        if old is None:
            continue
        if stand is None:
            removed.append(session.id)
            told[s] = registered
            continue
        room = problem.rooms[stand.room].id
        if stand.start != old.start:
            times.append(TimeMove(id=session.id, before=old.start, after=stand.start, registered=registered))
            told[s] = registered
        if room != old.room:
            rooms.append(RoomMove(id=session.id, before=old.room, after=room, registered=registered))
            told[s] = registered
    return Diff(moved_time=times, moved_room=rooms, removed=removed, people=sum(told.values()))
