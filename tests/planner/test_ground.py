"""The ground says of every cell what a score from nothing, and the matches there, say."""

import pytest
from hypothesis import HealthCheck, given, settings

from eventweek.planner.board import Board
from eventweek.planner.explain import why_not
from eventweek.planner.ground import survey
from eventweek.planner.matches import find
from eventweek.planner.model import build
from eventweek.planner.problem import Event, Kind, Problem, Room, Session, Venue
from eventweek.planner.tables import HARD
from tests.conftest import scaled
from tests.planner.small import DAY, HOUR, greedy, problems

STARTS = list(range(7 * HOUR, 16 * HOUR, HOUR // 2))


@settings(max_examples=scaled(80), deadline=None, suppress_health_check=list(HealthCheck))
@given(problems(most=5))
def test_every_cell_adds_up_and_names_what_it_breaks(problem):
    model = build(problem)
    plan = greedy(model)
    board = Board(model, plan)
    before = board.score
    for s in range(model.size):
        ground = survey(board, s, STARTS)
        without = {t: stand for t, stand in plan.items() if t != s}
        free = {(m.rule, m.sessions): m.cost for m in find(model.terms, model.tables, without)}
        for n, start in enumerate(STARTS):
            for room in range(len(problem.rooms)):
                verdict = why_not(board, s, start, room)
                assert tuple(ground.change[n, room].tolist()) == verdict.change
                there = find(model.terms, model.tables, {**without, s: verdict.stand})
                hard = {m.rule for m in there if m.level == HARD and m.cost > free.get((m.rule, m.sessions), 0)}
                assert set(ground.rules(n, room)) == hard
    assert board.score == before


def test_places_outside_of_the_event_are_refused():
    problem = Problem(
        event=Event(start="2026-10-15", days=1),
        venues=[Venue(id="venue")],
        rooms=[Room(id="room", venue="venue", capacity=1)],
        kinds=[Kind(id="kind")],
        sessions=[Session(id="one", kind="kind")],
    )
    model = build(problem)
    with pytest.raises(ValueError, match="no such place"):
        survey(Board(model, {}), 0, [3 * DAY])
