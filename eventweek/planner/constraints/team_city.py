"""A touring team is in one city a day."""

from collections import defaultdict
from itertools import combinations

from eventweek.planner import kernel
from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week


class TeamCity(Rule):
    """Two sessions of one team on one day stand in one city."""

    code = "team_city"
    title = ("巡回团队一天只在一个城市", "A touring team is in one city a day")

    def declare(self, week: Week, terms: Terms) -> None:
        """Compare the sessions of each team."""
        teams: dict[str, list[int]] = defaultdict(list)
        for s, session in enumerate(week.problem.sessions):
            if session.team:
                teams[session.team].append(s)
        for team, sessions in teams.items():
            for a, b in combinations(sessions, 2):
                terms.pair(a, b, kernel.CITIES_A_DAY, about=(team,))

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the team."""
        return (
            f"团队“{match.people[0]}”一天到两个城市：{names(week, match.sessions)}。",
            f"Team “{match.people[0]}” is in two cities on one day: {quoted(week, match.sessions)}.",
        )
