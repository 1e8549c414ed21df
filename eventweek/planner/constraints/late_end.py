"""People get home."""

from typing import Any

import numpy as np

from eventweek.planner.constraints.rule import Rule, Sentence, names, on_time, quoted
from eventweek.planner.matches import Match
from eventweek.planner.problem import MINUTES_A_DAY
from eventweek.planner.week import Week

HALF_AN_HOUR = 30


class LateEnd(Rule):
    """A session ends by `limit` (minutes of the day), unless its start is given; each begun half hour more counts."""

    code = "late_end"
    title = ("不过晚结束", "No late ends")
    level, weight, limit = "soft", 1, 20 * 60

    def times(self, week: Week, s: int, starts: Any, ends: Any) -> Any:
        """Count half hours beyond."""
        if on_time(week, s):
            return None
        late = ends - starts // MINUTES_A_DAY * MINUTES_A_DAY - self.limit_of(week)
        return np.maximum(0, -(-late // HALF_AN_HOUR))

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the session."""
        return f"{names(week, match.sessions)}结束过晚。", f"{quoted(week, match.sessions)} ends late."
