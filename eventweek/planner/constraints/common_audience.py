"""Sessions that the same people want do not run at once."""

from eventweek.planner import kernel
from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week


class CommonAudience(Rule):
    """Two sessions that are known to share an audience do not overlap; each person in both counts."""

    code = "common_audience"
    title = ("共同观众的场次不撞期", "No common audience at once")
    level, weight = "soft", 1

    def declare(self, week: Week, terms: Terms) -> None:
        """Compare the two sessions of each common audience."""
        for common in week.problem.common:
            a, b = (week.session_of[name] for name in common.sessions)
            if common.people:
                terms.pair(a, b, kernel.OVERLAP, times=common.people)

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name both."""
        return (
            f"{names(week, match.sessions)}有共同的观众，却同时进行。",
            f"{quoted(week, match.sessions)} are wanted by the same people and run at once.",
        )
