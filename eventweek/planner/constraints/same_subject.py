"""Sessions about one thing, or for one audience, do not compete with each other."""

from collections import Counter, defaultdict
from itertools import combinations
from typing import ClassVar

from eventweek.planner import kernel
from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week


class Subject(Rule):
    """Two sessions with a common tag do not run at once; each common tag counts."""

    level = "soft"
    tags: ClassVar[str]

    def declare(self, week: Week, terms: Terms) -> None:
        """Compare sessions that share a tag."""
        tagged: dict[str, list[int]] = defaultdict(list)
        for s, session in enumerate(week.problem.sessions):
            for tag in set(getattr(session.tags, self.tags)):
                tagged[tag].append(s)
        common = Counter(pair for sessions in tagged.values() for pair in combinations(sessions, 2))
        for (a, b), times in sorted(common.items()):
            terms.pair(a, b, kernel.OVERLAP, times=times)

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name both."""
        return (
            f"{names(week, match.sessions)}相近却同时进行（{self.title[0]}）。",
            f"{quoted(week, match.sessions)} are alike and run at once ({self.title[1]}).",
        )


class ThemeOverlap(Subject):
    """One theme."""

    code, tags, weight = "theme_overlap", "theme", 4
    title = ("同一主题不撞期", "One theme at a time")


class SectorOverlap(Subject):
    """One sector."""

    code, tags, weight = "sector_overlap", "sector", 4
    title = ("同一行业不撞期", "One sector at a time")


class ContentOverlap(Subject):
    """One subject."""

    code, tags, weight = "content_overlap", "content", 8
    title = ("同一内容不撞期", "One subject at a time")


class AudienceOverlap(Subject):
    """One audience."""

    code, tags, weight = "audience_overlap", "audience", 1
    title = ("同一受众不撞期", "One audience at a time")
