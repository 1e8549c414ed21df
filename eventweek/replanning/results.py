"""What came of a run, as people read it: what the rules cost, what moves, who was left out and why (pure)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from eventweek.kernel.db import Bilingual

Facts = Mapping[str, Any]
LEVELS = ("hard", "medium", "soft")


@dataclass(frozen=True)
class Rule:
    """What one rule costs at a level: how often it matches, the sum, and its weightiest match."""

    code: str
    title: Bilingual
    level: str
    count: int
    cost: int
    worst: Bilingual


@dataclass(frozen=True)
class Move:
    """A session that leaves its published place; `start` in minutes of the event, None where that stays."""

    session: str
    people: int
    start: tuple[int, int] | None = None
    room: tuple[str, str] | None = None
    removed: bool = False


@dataclass(frozen=True)
class Place:
    """A place that a session could have, in words, and what that would break."""

    called: Bilingual
    broken: tuple[Bilingual, ...]


@dataclass(frozen=True)
class Left:
    """A session without a place: why, and the places that come nearest."""

    session: str
    reasons: tuple[Bilingual, ...]
    places: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Matter:
    """Sessions, what is the matter with them, and the cheapest cure, where one was found."""

    sessions: tuple[str, ...]
    said: Bilingual
    cure: Bilingual | None


@dataclass(frozen=True)
class Result:
    """All of it. `findings`: what was certain before the search; `culprits`: who stands in each other's way."""

    rules: tuple[Rule, ...]
    moves: tuple[Move, ...]
    left: tuple[Left, ...]
    findings: tuple[Matter, ...]
    culprits: tuple[Matter, ...]
    start: str = ""
    sessions: frozenset[str] = field(default_factory=frozenset)
    """Codes of all sessions that are named."""
    rooms: frozenset[str] = field(default_factory=frozenset)


def result_of(solution: Facts, account: Facts) -> Result:
    """Return what a solution and the account of its search say (docs/planner-format.md)."""
    moves = tuple(sorted(_moves(solution["diff"], account["removed"]), key=lambda one: (-one.people, one.session)))
    left = _left(solution["unplaced"], account.get("unplaced", ()))
    culprits = matters(account.get("culprits", ()))
    named = {one.session for one in moves} | {one.session for one in left}
    named |= {code for one in culprits for code in one.sessions}
    rooms = {code for one in moves for code in one.room or ()}
    return Result(
        rules=_rules(solution["matches"], account["rules"]),
        moves=moves,
        left=left,
        findings=matters(account["findings"]),
        culprits=culprits,
        start=solution["log"]["start"],
        sessions=frozenset(named),
        rooms=frozenset(rooms),
    )


def left_of(solution: Facts) -> tuple[Left, ...]:
    """Return who has no place in a solution, and why."""
    return _left(solution["unplaced"], ())


def matters(items: Iterable[Facts]) -> tuple[Matter, ...]:
    """Return what the planner says of sessions."""
    return tuple(
        Matter(tuple(one["sessions"]), pair(one["sentence"]), pair(one["relaxation"]) if one["relaxation"] else None)
        for one in items
    )


def pair(said: Sequence[str]) -> Bilingual:
    """Return a sentence of the planner."""
    return Bilingual(said[0], said[1])


def _rules(found: Iterable[Facts], titles: Mapping[str, Sequence[str]]) -> tuple[Rule, ...]:
    """Return what each rule costs, the gravest level first, then the dearest; their sum is the score."""
    groups: dict[tuple[str, str], list[Facts]] = defaultdict(list)
    for match in found:
        groups[match["level"], match["rule"]].append(match)
    rules = []
    for (level, code), own in groups.items():
        worst = max(own, key=_cost)
        said = Bilingual(worst["sentence_zh"], worst["sentence_en"])
        title = pair(titles.get(code, (code, code)))
        rules.append(Rule(code, title, level, len(own), sum(map(_cost, own)), said))
    return tuple(sorted(rules, key=lambda rule: (LEVELS.index(rule.level), -rule.cost, rule.code)))


def _cost(match: Facts) -> int:
    return int(match["weight"]) * int(match["magnitude"])


def _moves(diff: Facts, removed: Mapping[str, int]) -> list[Move]:
    times = {one["id"]: (one["before"], one["after"]) for one in diff["moved_time"]}
    rooms = {one["id"]: (one["before"], one["after"]) for one in diff["moved_room"]}
    people = {one["id"]: one["registered"] for one in (*diff["moved_time"], *diff["moved_room"])}
    moved = [Move(own, count, times.get(own), rooms.get(own)) for own, count in people.items()]
    return moved + [Move(own, count, removed=True) for own, count in removed.items()]


def _left(unplaced: Sequence[Facts], told: Iterable[Facts]) -> tuple[Left, ...]:
    places = {one["session"]: tuple(map(_place, one["places"])) for one in told}
    return tuple(
        Left(
            one["id"],
            tuple(Bilingual(reason["sentence_zh"], reason["sentence_en"]) for reason in one["reasons"]),
            places.get(one["id"], ()),
        )
        for one in unplaced
    )


def _place(one: Facts) -> Place:
    return Place(pair(one["called"]), tuple(pair(said) for said in one["broken"]))
