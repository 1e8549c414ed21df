"""The running score of the search is the sum of the matches, whatever moves and whatever is broken."""

import random
from itertools import product
from pathlib import Path

import pytest
from msgspec.structs import replace

from benchmarks import jilin
from benchmarks.week import generate
from benchmarks.week_draft import Sizes
from eventweek.planner import kernel, matches, moves
from eventweek.planner.constraints import RULES
from eventweek.planner.constraints.rule import Rule
from eventweek.planner.matches import Plan, Stand
from eventweek.planner.model import Model, build, empty
from eventweek.planner.problem import Common, Problem, Published, Relation, Series, Session, Setting, Tags, Wish
from eventweek.planner.tables import END, NOWHERE, OPTION, OPTIONS, ROOM, START, State
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week

MOVES, LOOK = 10_000, 500
LEVELS = ("hard", "medium", "soft")
CONDITIONS = range(kernel.LARGER_ROOM_AT_ONCE + 1)
MAGNITUDES = (kernel.ONE, kernel.SHARED_MINUTES, kernel.BOTH_DURATIONS, kernel.FIRST_DURATION)
BINS = (
    kernel.BY_DAY,
    kernel.BY_ROOM,
    kernel.BY_DAY_ROOM,
    kernel.BY_SLOT,
    kernel.BY_START,
    kernel.BY_VENUE,
    kernel.BY_SPAN,
    kernel.BY_HALF_DAY,
)
COUNTED = [
    *product(BINS, (kernel.EXCESS, kernel.MORE, kernel.FEWER, kernel.LONELY, kernel.SINGLE)),
    (kernel.BY_DAY_ROOM, kernel.ROOMS_A_DAY),
    (kernel.BY_SPAN, kernel.CROWD),
]


class Synthetic(Rule):
    """A rule with every condition and every group over sessions drawn at random; one in three is a reward."""

    def __init__(self, number: int, level: str) -> None:
        self.code, self.level, self.weight = f"synthetic_{number}", level, -3 if number % 3 == 2 else number + 1
        self.number = number

    def declare(self, week: Week, terms: Terms) -> None:
        """Draw pairs for each condition and magnitude, and members for each shape and what it counts by."""
        chance, size = random.Random(self.number), len(week.problem.sessions)
        for condition, magnitude in product(CONDITIONS, MAGNITUDES):
            a, b = chance.sample(range(size), 2)
            terms.pair(a, b, condition, chance.choice((0, 1, 45, 300)), magnitude, chance.randint(1, 3))
        for by, shape in COUNTED:
            members = [(s, chance.choice((1, 1, 2))) for s in chance.sample(range(size), chance.randint(1, 12))]
            terms.group(members, by, shape, chance.randint(0, 3))
        terms.upside_down((s, chance.randrange(kernel.STEPS)) for s in chance.sample(range(size), 20))


SYNTHETIC = tuple(Synthetic(number, LEVELS[number % 3]) for number in range(9))


def _week() -> Problem:
    """Return a generated week that uses every rule."""
    problem = generate(Sizes(60, 6, 50, 3, 0.6, 4)).problem
    kinds = [
        replace(kind, setup=30 * (n % 2) * n, teardown=45 * (n % 2 == 0), max_parallel=2)
        for n, kind in enumerate(problem.kinds)
    ]
    people = [replace(person, avoids=Wish(windows=[(1000, 1100)], rooms=["room-002"])) for person in problem.people]
    sessions = [_session(n, session) for n, session in enumerate(problem.sessions)]
    names = [[f"session-{n:04}", f"session-{n + 1:04}"] for n in range(10, 30)]
    relations = [Relation(type=kind, sessions=two) for kind, two in zip(TYPES * 3, names, strict=False)]
    common = [Common(sessions=(two[0], two[1]), people=n) for n, two in enumerate(names)]
    weights = {code: Setting(level="medium") for code in ("person_away", "session_window", "kind_hours", "lunch")}
    return replace(
        problem, kinds=kinds, people=people, sessions=sessions, relations=relations, common=common, weights=weights
    )


TYPES = (
    *("before", "not_parallel", "same_room", "same_day"),
    *("different_day", "consecutive_days", "adjacent", "same_start"),
)


def _session(n: int, session: Session) -> Session:
    """Return a session with something for each rule."""
    loose = Series(id=f"loose-{n // 4}", index=n, strict=False, days=3)
    return replace(
        session,
        tags=Tags(theme=[f"theme-{n % 4}"], sector=["opto"], content=[f"c-{n % 5}"], audience=[f"a-{n % 20}"]),
        track=f"track-{n % 6}",
        level=n % 4,
        language=("zh", "zh", "en")[n % 3],
        registered=7 * n,
        streamed=n % 3 == 0,
        team="band" if n % 7 == 0 else None,
        plenary="city" if n == 20 else None,
        series=session.series or (loose if n % 2 else None),
        prefers=Wish(windows=[(540, 700)], rooms=["room-001"]) if n % 2 else None,
        published=Published(start=600 + 15 * n, room="room-003", told=n % 3 == 0) if n % 5 == 0 else None,
    )


def _plan(model: Model, state: State) -> Plan:
    options = model.tables.options
    return {
        s: Stand(int(options[at[OPTION], START]), int(options[at[OPTION], END]), int(at[ROOM]))
        for s, at in enumerate(state.place)
        if at[OPTION] != NOWHERE
    }


def _move(model: Model, state: State, chance: random.Random) -> None:
    """Take a session away, or place it at one of its starts in any room, its own or not."""
    m, s = model.tables, chance.randrange(model.size)
    first, last = int(m.sessions[s, OPTIONS]), int(m.sessions[s + 1, OPTIONS])
    if state.place[s, OPTION] != NOWHERE:
        moves.toggle(m, state, s, state.place[s, OPTION], state.place[s, ROOM])
    if first < last and chance.random() < 0.8:
        few = min(last, first + 6) if chance.random() < 0.5 else last  # so that some begin together
        moves.toggle(m, state, s, chance.randrange(first, few), chance.randrange(len(m.rooms)))


def _stays_equal(model: Model, seed: int) -> None:
    state, chance = empty(model, seed), random.Random(seed)
    for move in range(MOVES + 1):
        if move % LOOK == 0:
            found = list(matches.find(model.terms, model.tables, _plan(model, state)))
            assert matches.total(found) == tuple(state.score.tolist()), f"after {move} moves"
        _move(model, state, chance)
    assert state.score[0] > 0


@pytest.mark.parametrize("rules", [RULES, (*RULES, *SYNTHETIC), SYNTHETIC], ids=["product", "both", "synthetic"])
def test_the_running_score_is_the_sum_of_the_matches(rules: tuple[Rule, ...]) -> None:
    _stays_equal(build(_week(), rules), 1)


@pytest.mark.needs_shared
def test_the_running_score_is_the_sum_of_the_matches_in_the_demo_week(shared: Path) -> None:
    model, _ = jilin.compiled(shared / "data" / "jilin", "base")
    _stays_equal(model, 2)


def test_every_rule_is_met() -> None:
    """What the equality is proved with does occur."""
    model, chance = build(_week()), random.Random(5)
    state, met = empty(model, 0), set[int]()
    for _ in range(10):
        for _ in range(100):
            _move(model, state, chance)
        met |= {match.rule for match in matches.find(model.terms, model.tables, _plan(model, state))}
    assert [rule.code for number, rule in enumerate(RULES) if number not in met] == []


def test_every_condition_and_shape_is_met() -> None:
    """What the equality is proved with does occur."""
    model, chance = build(_week(), SYNTHETIC), random.Random(5)
    state = empty(model, 0)
    conditions, shapes = set[int](), set[int]()
    for _ in range(40):
        for _ in range(60):
            _move(model, state, chance)
        plan = _plan(model, state)
        sizes = matches.pair_sizes(model.terms, model.tables, plan)
        conditions |= {pair.condition for pair, size in zip(model.terms.pairs, sizes, strict=True) if size}
        for group in model.terms.groups:
            if matches.magnitude(model.tables, group, plan):
                shapes.add(group.shape)
    assert conditions == set(CONDITIONS)
    assert shapes == set(range(kernel.UPSIDE_DOWN + 1))
