"""A room is neither half empty nor too small."""

from typing import Any

import numpy as np

from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted, room_named
from eventweek.planner.matches import Match
from eventweek.planner.week import Week


class RoomFill(Rule):
    """The expected audience fills between a half and the whole of the room; each missing tenth counts."""

    code = "room_fill"
    title = ("场地大小合适", "The room is the right size")
    level, weight = "soft", 1

    def places(self, week: Week, s: int) -> Any:
        """Count tenths that are missing to a half, or too many."""
        expected = week.problem.sessions[s].expected
        if not expected:
            return None
        tenths = 10 * expected // np.maximum(1, week.capacities)
        return np.maximum(0, 5 - tenths) + np.maximum(0, np.minimum(20, tenths) - 10)

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the room."""
        zh, en = room_named(week, match)
        return (
            f"场地“{zh}”的大小与{names(week, match.sessions)}不相称。",
            f"“{en}” is not the right size for {quoted(week, match.sessions)}.",
        )
