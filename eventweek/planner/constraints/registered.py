"""A room holds those who have registered."""

from typing import Any

import numpy as np

from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted, room_named
from eventweek.planner.matches import Match
from eventweek.planner.week import Week


class Registered(Rule):
    """Nobody who has a seat is left standing."""

    code = "registered"
    title = ("容量不少于已报名人数", "The room holds everybody who registered")

    def places(self, week: Week, s: int) -> Any:
        """Say which rooms are too small."""
        return (week.capacities < week.problem.sessions[s].registered).astype(np.int64)

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the room."""
        zh, en = room_named(week, match)
        return (
            f"场地“{zh}”容不下{names(week, match.sessions)}已报名的人。",
            f"“{en}” does not hold those who registered for {quoted(week, match.sessions)}.",
        )
