"""Sessions leave lunch free, where their kind may not run through it."""

from typing import Any

import numpy as np

from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.problem import MINUTES_A_DAY
from eventweek.planner.week import Week


class Lunch(Rule):
    """A session does not touch lunch unless its kind may span it."""

    code = "lunch"
    title = ("避开午休", "Lunch stays free")

    def times(self, week: Week, s: int, starts: Any, ends: Any) -> Any:
        """Count starts that touch lunch."""
        pause = week.problem.event.lunch
        if pause is None or week.kinds[week.problem.sessions[s].kind].may_span_lunch:
            return None
        day = starts // MINUTES_A_DAY * MINUTES_A_DAY
        return ((starts < day + pause[1]) & (ends > day + pause[0])).astype(np.int64)

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the session."""
        return f"{names(week, match.sessions)}占用午休时间。", f"{quoted(week, match.sessions)} runs into lunch."
