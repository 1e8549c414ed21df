"""What `eventweek plan explain` does; apart from it, because the planner's libraries take a while to load."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import msgspec

from eventweek.planner.board import Board
from eventweek.planner.check import names, numbers, pins
from eventweek.planner.constraints import RULES
from eventweek.planner.constraints.rule import Sentence
from eventweek.planner.culprits import culprits
from eventweek.planner.explain import Verdict, where_else, why
from eventweek.planner.filed import plan_of, read_plan
from eventweek.planner.matches import Plan
from eventweek.planner.model import Model, build
from eventweek.planner.modes import as_meant
from eventweek.planner.precheck import precheck
from eventweek.planner.problem import BadProblem, Limits, Problem, decode
from eventweek.planner.search.solve import solve
from eventweek.planner.wording import clock, day_names

PLACES = 3
"""Places that are shown for a session that has none."""


@dataclass(frozen=True)
class Item:
    """Sessions (their ids), what is the matter with them, and what can be done."""

    kind: str
    sessions: tuple[str, ...]
    sentence: Sentence
    relaxation: Sentence | None
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """A place that a session could have, and what that would break."""

    start: int
    room: str
    change: tuple[int, int, int]
    broken: tuple[Sentence, ...]
    called: Sentence


@dataclass(frozen=True)
class Unplaced:
    """A session without a place: why, and the places that come nearest."""

    session: str
    reasons: tuple[Sentence, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Account:
    """All that is said of a problem. `placeable`: a place was found after all; `unfinished`: the time was over."""

    precheck: tuple[Item, ...]
    culprits: tuple[Item, ...]
    unplaced: tuple[Unplaced, ...]
    placeable: tuple[str, ...]
    unfinished: tuple[str, ...]


def read_problem(data: bytes) -> Problem:
    """Return a problem whose names, numbers and pins are sound; an order in a circle is for the account to say.

    Raises: BadProblem.
    """
    problem = decode(data)
    faults = [*numbers.find(problem), *names.find(problem, RULES)]
    faults += pins.find(as_meant(problem))
    if faults:
        raise BadProblem(faults)
    return problem


def account_of(problem: Problem, solution: bytes | None, seconds: float) -> Account:
    """Return what is to be said of a problem and a plan, its own if none is given; `seconds` for the proofs.

    Raises: BadProblem where the plan's file cannot be read.
    """
    model = build(as_meant(problem))
    plan = _plan(model, solution)
    found = culprits(model, plan, seconds)
    ids = [session.id for session in problem.sessions]
    board = Board(model, plan)
    return Account(
        _glance(model),
        tuple(
            Item("culprits", tuple(ids[s] for s in one.sessions), one.sentence, one.relaxation, one.rules)
            for one in found
        ),
        tuple(_unplaced(board, s) for s in range(model.size) if s not in plan),
        tuple(ids[s] for s in found.placeable),
        tuple(ids[s] for s in found.unfinished),
    )


def at_a_glance(problem: Problem) -> tuple[Item, ...]:
    """Return what no plan of a problem can meet, before any search."""
    return _glance(build(as_meant(problem)))


def glance(data: bytes) -> str:
    """Return as JSON the `faults` of a problem's file, or else the `findings` before any search; and the `rules`."""
    faults: list[Sentence] = []
    found: tuple[Item, ...] = ()
    try:
        found = at_a_glance(read_problem(data))
    except BadProblem as bad:
        faults = bad.faults
    rules = {rule.code: rule.title for rule in RULES}
    findings = [asdict(item) for item in found]
    return msgspec.json.encode({"faults": faults, "findings": findings, "rules": rules}).decode()


def _glance(model: Model) -> tuple[Item, ...]:
    ids = [session.id for session in model.week.problem.sessions]
    return tuple(
        Item(one.kind, tuple(ids[s] for s in one.sessions), one.sentence, one.relaxation) for one in precheck(model)
    )


def _plan(model: Model, solution: bytes | None) -> Plan:
    if solution is None:
        return solve(model, Limits(iterations=0)).plan
    return plan_of(model.week, read_plan(solution).assignments)


def _unplaced(board: Board, s: int) -> Unplaced:
    reasons = tuple(told.sentence for told in why(board, s))
    places = tuple(_place(board.model, verdict) for verdict in where_else(board, s, PLACES))
    return Unplaced(board.model.week.problem.sessions[s].id, reasons, places)


def _place(model: Model, verdict: Verdict) -> Place:
    problem, stand = model.week.problem, verdict.stand
    room = problem.rooms[stand.room]
    zh, en = day_names(problem, stand.start // (24 * 60))
    at = clock(stand.start)
    series = ("（整个系列一起移动）", " (with its whole series)") if len(verdict.moved) > 1 else ("", "")
    return Place(
        stand.start,
        room.id,
        verdict.change,
        tuple(told.sentence for told in verdict.broken),
        (f"{zh}{at}“{room.name or room.id}”{series[0]}", f"{en} {at}, “{room.name or room.id}”{series[1]}"),
    )


def encoded(account: Account) -> str:
    """Return an account as JSON; a sentence is a list of Chinese and English."""
    return msgspec.json.format(msgspec.json.encode(asdict(account)), indent=1).decode()


def lines(account: Account) -> Iterator[Sentence]:
    """Yield an account line by line."""
    yield _heading("预检", "Before any search", len(account.precheck))
    for item in account.precheck:
        yield from lines_of(item)
    yield _heading("互相妨碍的场次", "Sessions that stand in each other's way", len(account.culprits))
    for item in account.culprits:
        yield from lines_of(item)
    for name in account.placeable:
        yield f"- {name}：原方案未安排，但有空位。", f"- {name}: left out, but there is a place."
    for name in account.unfinished:
        yield f"- {name}：时间已到，尚无结论。", f"- {name}: the time was over before there was an answer."
    yield _heading("未安排的场次", "Sessions without a place", len(account.unplaced))
    for one in account.unplaced:
        yield from _without(one)


def _heading(zh: str, en: str, count: int) -> Sentence:
    return f"{zh}：{count}", f"{en}: {count}"


def lines_of(item: Item) -> Iterator[Sentence]:
    """Yield what is the matter, and its cure."""
    yield f"- {item.sentence[0]}", f"- {item.sentence[1]}"
    if item.relaxation:
        yield f"  办法：{item.relaxation[0]}", f"  Cure: {item.relaxation[1]}"
    else:
        yield "  办法：时间已到，尚未找到。", "  Cure: none was found before the time was over."


def _without(one: Unplaced) -> Iterator[Sentence]:
    for zh, en in one.reasons:
        yield f"- {zh}", f"- {en}"
    for place in one.places:
        reasons = "".join(zh for zh, _ in place.broken), " ".join(en for _, en in place.broken)
        yield f"  若排在{place.called[0]}：{reasons[0]}", f"  At {place.called[1]}: {reasons[1]}"
