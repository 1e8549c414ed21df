"""The ground of a timetable: what one session would cost at every start in every room, and which hard rules forbid it.

The rules are those of the search, for places inside and outside of the session's own domain alike.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from eventweek.planner.board import Board
from eventweek.planner.model import Model
from eventweek.planner.tables import END, HARD, START


@dataclass(frozen=True, slots=True)
class Ground:
    """`change`: of the score, by start, room and level, from where the session stands now; what is above 0 is worse.

    `broken`: by start and room, a bit for each hard rule (its number in the model's rules) that forbids the place.
    """

    session: int
    starts: Any
    change: Any
    broken: Any

    def rules(self, start: int, room: int) -> Iterator[int]:
        """Yield the numbers of the hard rules that forbid a place; `start` counts the starts that were asked for."""
        bits = int(self.broken[start, room])
        yield from (rule for rule in range(bits.bit_length()) if bits >> rule & 1)


def survey(board: Board, s: int, starts: Sequence[int]) -> Ground:
    """Return what session `s` would cost at these starts (minutes) in each room, moved alone.

    Raises: ValueError where it would begin or end outside of the event's days.
    """
    model, begins = board.model, np.asarray(starts, np.int64)
    for start in starts:
        board.stand(s, start, 0)
    options = np.zeros((len(begins), model.tables.options.shape[1]), np.int64)
    options[:, START], options[:, END] = begins, model.week.ends(s, begins)
    alone = _alone(model, s, options)
    scores, broken = board.survey(s, options)
    shape = (len(begins), len(model.tables.rooms))
    change = scores.reshape(*shape, 3) - np.array(board.score, np.int64)
    return Ground(s, begins, change, broken.reshape(shape) | alone)


def _alone(model: Model, s: int, options: Any) -> Any:
    """Write what the starts cost by themselves into the options; return the bits of what they and the rooms break."""
    times, rooms = np.zeros((len(options), 1), np.int64), np.zeros((1, len(model.tables.rooms)), np.int64)
    for cost, rule in model.terms.alone:
        bit = 1 << cost.rule if cost.level == HARD and cost.weight else 0
        found = rule.times(model.week, s, options[:, START], options[:, END])
        if found is not None:
            options[:, cost.level] += found * cost.weight
            times[:, 0] |= np.where(found > 0, bit, 0)
        found = rule.places(model.week, s)
        if found is not None:
            rooms[0] |= np.where(found > 0, bit, 0)
    return times | rooms
