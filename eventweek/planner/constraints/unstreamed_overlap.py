"""What can only be seen on the spot does not compete with its like."""

from collections import defaultdict

from eventweek.planner import kernel
from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week


class UnstreamedOverlap(Rule):
    """Sessions of one theme that are not streamed do not run at once, where others are streamed.

    Each further one counts in each step of the grid.
    """

    code = "unstreamed_overlap"
    title = ("同一主题没有直播的场次错开", "What is not streamed does not overlap")
    level, weight = "soft", 1

    def declare(self, week: Week, terms: Terms) -> None:
        """Count those of each theme along the grid; a week without streams has none."""
        sessions = week.problem.sessions
        if not any(session.streamed for session in sessions):
            return
        themes: dict[str, list[int]] = defaultdict(list)
        for s, session in enumerate(sessions):
            if not session.streamed:
                for theme in sorted(set(session.tags.theme)):
                    themes[theme].append(s)
        for theme, members in themes.items():
            if len(members) > 1:
                terms.group([(s, 1) for s in members], kernel.BY_SLOT, kernel.EXCESS, 1, (theme,))

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the theme."""
        return (
            f"主题“{match.people[0]}”的{names(week, match.sessions)}都没有直播，却同时进行。",
            f"{quoted(week, match.sessions)} of theme “{match.people[0]}” are not streamed and run at once.",
        )
