"""Nobody is in two sessions at once."""

from itertools import combinations

from eventweek.planner import kernel
from eventweek.planner.constraints.rule import Rule, Sentence, named, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week


class PersonOverlap(Rule):
    """Two sessions of one person never overlap."""

    code = "person_overlap"
    title = ("同一人员不能同时参加两场", "Nobody is in two sessions at once")

    def declare(self, week: Week, terms: Terms) -> None:
        """Compare the sessions of each person."""
        for person, sessions in week.sessions_of.items():
            for a, b in combinations(sessions, 2):
                terms.pair(a, b, kernel.OVERLAP, about=(person,))

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the person and both."""
        zh, en = named(week, match)
        return (
            f"{zh}同时在{names(week, match.sessions)}。",
            f"{en} would be in {quoted(week, match.sessions)} at once.",
        )
