"""Every session has its place."""

from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.week import Week


class Unplaced(Rule):
    """A session without a place costs 10,000 times its priority."""

    code = "unplaced"
    title = ("每场都有安排", "Every session has a place")
    level, weight = "medium", 10_000

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the session."""
        return f"{names(week, match.sessions)}没有安排上。", f"{quoted(week, match.sessions)} has no place."
