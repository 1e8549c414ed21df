"""A session stands in the hours of its kind."""

from typing import Any

import numpy as np

from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.problem import MINUTES_A_DAY
from eventweek.planner.week import Week


class KindHours(Rule):
    """Sessions of a kind begin and end within its hours of the day."""

    code = "kind_hours"
    title = ("活动类型的时段", "Hours of the kind")

    def times(self, week: Week, s: int, starts: Any, ends: Any) -> Any:
        """Count starts outside the hours."""
        hours = week.kinds[week.problem.sessions[s].kind].hours
        if hours is None:
            return None
        day = starts // MINUTES_A_DAY * MINUTES_A_DAY
        return ((starts < day + hours[0]) | (ends > day + hours[1])).astype(np.int64)

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the session."""
        return (
            f"{names(week, match.sessions)}不在该类活动允许的时段内。",
            f"{quoted(week, match.sessions)} stands outside the hours of its kind.",
        )
