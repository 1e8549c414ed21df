"""A session stands in its own windows and in the hours of the event."""

from typing import Any

import numpy as np

from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.problem import MINUTES_A_DAY
from eventweek.planner.week import Week, inside


class SessionWindow(Rule):
    """The whole session lies in one of its windows; without any, in the event's days and hours."""

    code = "session_window"
    title = ("场次自身的时间范围", "The session's own windows")

    def times(self, week: Week, s: int, starts: Any, ends: Any) -> Any:
        """Count starts outside."""
        session, event = week.problem.sessions[s], week.problem.event
        if session.windows is not None:
            return (~inside(session.windows, starts, ends)).astype(np.int64)
        day = starts // MINUTES_A_DAY * MINUTES_A_DAY
        outside = (starts < day + event.day_start) | (ends > day + event.day_end) | (day >= event.days * MINUTES_A_DAY)
        return outside.astype(np.int64)

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the session."""
        return (
            f"{names(week, match.sessions)}不在自身的时间范围内。",
            f"{quoted(week, match.sessions)} stands outside its own windows.",
        )
