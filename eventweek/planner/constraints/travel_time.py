"""Whoever goes from one session to another has time for the way."""

from itertools import combinations

from eventweek.planner import kernel
from eventweek.planner.constraints.rule import Rule, Sentence, named, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week


class TravelTime(Rule):
    """The gap between two sessions of one person is at least the journey between their rooms."""

    code = "travel_time"
    title = ("两场之间来得及赶路", "Time to travel between two sessions")

    def declare(self, week: Week, terms: Terms) -> None:
        """Compare the sessions of each person."""
        for person, sessions in week.sessions_of.items():
            for a, b in combinations(sessions, 2):
                terms.pair(a, b, kernel.TRAVEL, about=(person,))

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the person and both."""
        zh, en = named(week, match)
        return (
            f"{zh}在{names(week, match.sessions)}之间来不及赶路。",
            f"{en} cannot get from one to the other in time: {quoted(week, match.sessions)}.",
        )
