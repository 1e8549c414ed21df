"""Nobody comes for one session: what is for one audience stands together."""

from collections import defaultdict

from eventweek.planner import kernel
from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week


class AudienceSingle(Rule):
    """An audience has more than one session, or none, in each half of a day (before and after noon)."""

    code = "audience_single"
    title = ("同一受众的场次集中安排", "No audience comes for one session")
    level, weight = "soft", 2

    def declare(self, week: Week, terms: Terms) -> None:
        """Count the sessions for each audience by half days."""
        tagged: dict[str, list[int]] = defaultdict(list)
        for s, session in enumerate(week.problem.sessions):
            for tag in sorted(set(session.tags.audience)):
                tagged[tag].append(s)
        for audience, sessions in tagged.items():
            if len(sessions) > 1:
                terms.group([(s, 1) for s in sessions], kernel.BY_HALF_DAY, kernel.SINGLE, 0, (audience,))

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the audience."""
        return (
            f"{names(week, match.sessions)}是受众“{match.people[0]}”在这半天里仅有的一场。",
            f"{quoted(week, match.sessions)} is all that audience “{match.people[0]}” has in that half of the day.",
        )
