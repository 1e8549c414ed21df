"""A room holds those who are expected."""

from typing import Any

import numpy as np

from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted, room_named
from eventweek.planner.matches import Match
from eventweek.planner.week import Week


class Capacity(Rule):
    """The expected audience fits."""

    code = "capacity"
    title = ("容量不少于预计人数", "The room holds the expected audience")

    def places(self, week: Week, s: int) -> Any:
        """Say which rooms are too small."""
        return (week.capacities < week.problem.sessions[s].expected).astype(np.int64)

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the room."""
        zh, en = room_named(week, match)
        return (
            f"场地“{zh}”容不下{names(week, match.sessions)}的预计人数。",
            f"“{en}” does not hold the audience expected at {quoted(week, match.sessions)}.",
        )
