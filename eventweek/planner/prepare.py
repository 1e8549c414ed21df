"""Compiling the planner on a machine before anybody waits for it."""

from eventweek.planner.board import Board
from eventweek.planner.ground import survey
from eventweek.planner.matches import Stand, find
from eventweek.planner.model import build
from eventweek.planner.problem import Event, Kind, Limits, Problem, Published, Room, Session, Venue
from eventweek.planner.search.repair import repair
from eventweek.planner.search.solve import solve


def prepare() -> None:
    """Ask every compiled function once; what they become is kept (`compiled.py`), half a minute the first time."""
    known = Published(start=9 * 60, room="room")
    small = Problem(
        event=Event(start="2026-01-01", days=1),
        venues=[Venue(id="venue")],
        rooms=[Room(id="room", venue="venue", capacity=1)],
        kinds=[Kind(id="kind")],
        sessions=[Session(id=name, kind="kind", published=known) for name in ("one", "two")],
    )
    model, few = build(small), Limits(iterations=1)
    repair(model, few)
    board = Board(model, solve(model, few).plan)
    board.scores(0), board.scores_together(0)
    survey(board, 0, [known.start])
    at_once = Stand(known.start, known.start + 60, 0)
    list(find(model.terms, model.tables, {0: at_once, 1: at_once}))
