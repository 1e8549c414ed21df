"""Sessions about one thing, or for one audience, do not compete with each other."""

from collections import defaultdict
from typing import ClassVar

from eventweek.planner import kernel
from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.tables import HARD
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week


class Subject(Rule):
    """Sessions with a common tag run at once no more than they must if they are spread evenly over the week.

    Each further one counts in each step of the grid. Where the rule is hard, no two of them run at once.
    """

    level = "soft"
    tags: ClassVar[str]

    def declare(self, week: Week, terms: Terms) -> None:
        """Count the sessions of each tag along the grid."""
        assert terms.cost
        tagged: dict[str, list[int]] = defaultdict(list)
        for s, session in enumerate(week.problem.sessions):
            for tag in sorted(set(getattr(session.tags, self.tags))):
                tagged[tag].append(s)
        for tag, sessions in tagged.items():
            limit = 1 if terms.cost.level == HARD else week.at_once(sessions)
            if len(sessions) > limit:
                terms.group([(s, 1) for s in sessions], kernel.BY_SLOT, kernel.EXCESS, limit, (tag,))

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name them, and what they have in common."""
        return (
            f"{names(week, match.sessions)}相近却同时进行（{self.title[0]}：{match.people[0]}）。",
            f"{quoted(week, match.sessions)} are alike and run at once ({self.title[1]}: {match.people[0]}).",
        )


class ThemeOverlap(Subject):
    """Sessions of one theme run at once no more than if evenly spread; each further one counts in each step."""

    code, tags, weight = "theme_overlap", "theme", 2
    title = ("同一主题不撞期", "One theme at a time")


class SectorOverlap(Subject):
    """Sessions of one sector run at once no more than if evenly spread; each further one counts in each step."""

    code, tags, weight = "sector_overlap", "sector", 2
    title = ("同一行业不撞期", "One sector at a time")


class ContentOverlap(Subject):
    """Sessions of one subject run at once no more than if evenly spread; each further one counts in each step."""

    code, tags, weight = "content_overlap", "content", 4
    title = ("同一内容不撞期", "One subject at a time")


class AudienceOverlap(Subject):
    """Sessions for one audience run at once no more than if evenly spread; each further one counts in each step."""

    code, tags, weight = "audience_overlap", "audience", 1
    title = ("同一受众不撞期", "One audience at a time")
