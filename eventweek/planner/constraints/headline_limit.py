"""The media can be at every headline."""

from eventweek.planner import kernel
from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week


class HeadlineLimit(Rule):
    """At most so many sessions of the highest priority run at once; each further one counts in each step."""

    code = "headline_limit"
    title = ("重点场次不扎堆", "Few headlines at once")
    level, weight, limit = "soft", 2, 2

    def declare(self, week: Week, terms: Terms) -> None:
        """Count the headlines along the grid."""
        members = [(s, 1) for s, session in enumerate(week.problem.sessions) if session.priority == HEADLINE]
        limit = self.limit_of(week)
        if len(members) > limit:
            terms.group(members, kernel.BY_SLOT, kernel.EXCESS, limit)

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name them."""
        return (
            f"重点场次同时进行过多，媒体顾不过来：{names(week, match.sessions)}。",
            f"Too many headlines at once for the media: {quoted(week, match.sessions)}.",
        )


HEADLINE = 5
"""The priority of sessions that the media come for."""
