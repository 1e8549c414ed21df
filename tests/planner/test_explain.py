"""What is said of a place is what a score from nothing says."""

from hypothesis import HealthCheck, given, settings

from eventweek.planner.explain import Board, where_else, why, why_not
from eventweek.planner.matches import Stand, find, total
from eventweek.planner.model import build
from eventweek.planner.problem import Event, Kind, Pin, Problem, Room, Session, Venue
from tests.conftest import scaled
from tests.planner.small import DAY, HOUR, greedy, problems

SLOW = settings(max_examples=scaled(80), deadline=None, suppress_health_check=list(HealthCheck))


def _score(model, plan):
    return total(list(find(model.terms, model.tables, plan)))


def _difference(model, plan, s, stand):
    return tuple(
        after - before for before, after in zip(_score(model, plan), _score(model, {**plan, s: stand}), strict=True)
    )


def _sum(verdict):
    score = [0, 0, 0]
    for sign, told in [(1, one) for one in verdict.broken] + [(-1, one) for one in verdict.mended]:
        score[told.match.level] += sign * told.match.cost
    return tuple(score)


@SLOW
@given(problems(most=5))
def test_every_placement_costs_what_a_score_from_nothing_says(problem):
    model = build(problem)
    plan = greedy(model)
    board = Board(model, plan)
    assert board.score == _score(model, plan)
    for s in range(model.size):
        for start in range(7 * HOUR, 16 * HOUR, HOUR // 2):
            for room in range(len(problem.rooms)):
                verdict = why_not(board, s, start, room)
                assert verdict.change == _difference(model, plan, s, verdict.stand)
                assert _sum(verdict) == verdict.change
    assert board.score == _score(model, plan)


@SLOW
@given(problems())
def test_the_best_other_places_are_the_best(problem):
    model = build(problem)
    plan = greedy(model)
    board = Board(model, plan)
    for s in range(model.size):
        found = where_else(board, s)
        assert all(one.change == _difference(model, plan, s, one.stand) for one in found)
        assert all(plan.get(s) != one.stand for one in found)
        assert [one.change for one in found] == sorted(one.change for one in found)
        every = sorted(map(tuple, board.scores(s).tolist()))
        best = [tuple(a + b for a, b in zip(board.score, one.change, strict=True)) for one in found]
        assert set(best) <= set(every) and (not best or best[0] in every[:2])
        assert all(s in one.match.sessions for one in why(board, s))


@SLOW
@given(problems())
def test_a_plan_may_break_what_it_likes(problem):
    """A plan by hand, outside of every domain, is judged like any other."""
    model = build(problem)
    plan = {
        s: Stand(at, at + model.week.durations[s], s % len(problem.rooms))
        for s, at in enumerate(range(6 * HOUR, 6 * HOUR + model.size * 45, 45))
    }
    board = Board(model, plan)
    assert board.score == _score(model, plan)
    assert board.change(0, 9 * HOUR, 0) == _difference(
        model, plan, 0, Stand(9 * HOUR, 9 * HOUR + model.week.durations[0], 0)
    )


def _pinned():
    return Problem(
        event=Event(start="2026-10-15", days=1, grid_min=60),
        venues=[Venue(id="v")],
        rooms=[Room(id=name, venue="v", capacity=50) for name in ("one", "two")],
        kinds=[Kind(id="k")],
        sessions=[Session(id="a", kind="k", pin=Pin(start=9 * HOUR, room="one")), Session(id="b", kind="k")],
    )


def test_pins_are_said_although_they_cost_nothing():
    board = Board(build(_pinned()), {})
    assert [en for _, en in why_not(board, 0, 10 * HOUR, 1).forbidden] == [
        "The start of “a” is pinned.",
        "The room of “a” is pinned.",
    ]
    assert [en for _, en in why_not(board, 1, 9 * HOUR + 7, 1).forbidden] == ["“b” may not begin at this time."]


def test_a_place_that_is_none_is_refused():
    board = Board(build(_pinned()), {})
    for start, room in ((-60, 0), (2 * DAY, 0), (9 * HOUR, 2), (9 * HOUR, -1)):
        try:
            board.change(0, start, room)
        except ValueError:
            continue
        raise AssertionError((start, room))
