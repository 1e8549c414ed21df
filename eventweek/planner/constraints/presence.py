"""People who travel are not kept for needless days."""

from eventweek.planner import kernel
from eventweek.planner.constraints.rule import Rule, Sentence, named, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week


class Presence(Rule):
    """A person comes on no more days than their sessions need."""

    code = "presence"
    title = ("人员到场天数少", "Few days of presence")
    level, weight = "soft", 1

    def declare(self, week: Week, terms: Terms) -> None:
        """Count the days of each person."""
        for person, sessions in week.sessions_of.items():
            limit = week.people[person].daily_limit or 4
            if len(sessions) > 1:
                days = -(-len(sessions) // limit)
                terms.group([(s, 1) for s in sessions], kernel.BY_DAY, kernel.MORE, days, (person,))

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the person."""
        who = named(week, match)
        return (
            f"{who}要多来{match.magnitude}天：{names(week, match.sessions)}。",
            f"{who} comes on {match.magnitude} days more than needed: {quoted(week, match.sessions)}.",
        )
