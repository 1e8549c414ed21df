"""Sessions begin at times that people remember."""

from typing import Any

import numpy as np

from eventweek.planner.constraints.rule import Rule, Sentence, names, on_time, quoted
from eventweek.planner.matches import Match
from eventweek.planner.week import Week


class OddStart(Rule):
    """A session begins on a full or half hour, or on another multiple of `limit` minutes, unless its start is given."""

    code = "odd_start"
    title = ("整点或半点开始", "Starts on the hour or half past")
    level, weight, limit = "soft", 1, 30

    def times(self, week: Week, s: int, starts: Any, ends: Any) -> Any:
        """Count other starts."""
        step = self.limit_of(week)
        if step == 0 or on_time(week, s):
            return None
        return (starts % step != 0).astype(np.int64)

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the session."""
        return (
            f"{names(week, match.sessions)}的开始时间不易记。",
            f"{quoted(week, match.sessions)} begins at an odd time.",
        )
