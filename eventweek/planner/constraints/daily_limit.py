"""Nobody has more sessions a day than they agreed to."""

from eventweek.planner import kernel
from eventweek.planner.constraints.rule import Rule, Sentence, named, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week


class DailyLimit(Rule):
    """A person's sessions a day stay within the limit of the person."""

    code = "daily_limit"
    title = ("每人每日场次上限", "Sessions a day for one person")

    def declare(self, week: Week, terms: Terms) -> None:
        """Count the sessions of each person by day."""
        for person, sessions in week.sessions_of.items():
            limit = week.people[person].daily_limit
            if limit is not None and len(sessions) > limit:
                terms.group([(s, 1) for s in sessions], kernel.BY_DAY, kernel.EXCESS, limit, (person,))

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the person."""
        zh, en = named(week, match)
        return (
            f"{zh}当日场次超过上限{match.magnitude}场：{names(week, match.sessions)}。",
            f"{en} has {match.magnitude} sessions more than a day allows: {quoted(week, match.sessions)}.",
        )
