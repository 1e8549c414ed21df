"""While a plenary runs, its city, or the whole week, has nothing else."""

from eventweek.planner import kernel
from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week


class Plenary(Rule):
    """Nothing runs beside a plenary, except kinds that stay open and sessions that are linked to it."""

    code = "plenary"
    title = ("全体性活动期间不排其他场次", "Nothing runs beside a plenary")

    def declare(self, week: Week, terms: Terms) -> None:
        """Compare each plenary with every other session, once for each two."""
        sessions = week.problem.sessions
        for a, plenary in enumerate(sessions):
            if not plenary.plenary:
                continue
            condition = kernel.OVERLAP if plenary.plenary == "week" else kernel.OVERLAP_CITY
            for b, other in enumerate(sessions):
                open_then = week.kinds[other.kind].open_during_plenary or other.follows == plenary.id
                if b != a and not open_then:
                    terms.pair(a, b, condition)

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name both."""
        plenary, other = match.sessions
        return (
            f"全体性活动{names(week, (plenary,))}期间不能安排{names(week, (other,))}。",
            f"{quoted(week, (other,))} runs beside the plenary {quoted(week, (plenary,))}.",
        )
