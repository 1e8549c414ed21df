"""Sessions about one thing, or for one audience, do not compete with each other."""

from collections import Counter, defaultdict
from itertools import combinations
from typing import ClassVar

from eventweek.planner import kernel
from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.tables import HARD
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week


class Subject(Rule):
    """Two sessions with a common tag do not run at once; each common tag counts, in each step of the grid.

    Where the rule is hard, each two that do are a breach by themselves.
    """

    level = "soft"
    tags: ClassVar[str]

    def declare(self, week: Week, terms: Terms) -> None:
        """Count sessions that share a tag along the grid, or compare each two."""
        tagged: dict[str, list[int]] = defaultdict(list)
        for s, session in enumerate(week.problem.sessions):
            for tag in sorted(set(getattr(session.tags, self.tags))):
                tagged[tag].append(s)
        assert terms.cost
        if terms.cost.level != HARD:
            for tag, sessions in tagged.items():
                if len(sessions) > 1:
                    terms.group([(s, 1) for s in sessions], kernel.BY_SLOT, kernel.CLASH, 0, (tag,))
            return
        common = Counter(pair for sessions in tagged.values() for pair in combinations(sessions, 2))
        for (a, b), times in sorted(common.items()):
            terms.pair(a, b, kernel.OVERLAP, times=times)

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name them, and what they have in common."""
        common = "".join(f": {tag}" for tag in match.people)
        return (
            f"{names(week, match.sessions)}相近却同时进行（{self.title[0]}{common.replace(': ', '：')}）。",
            f"{quoted(week, match.sessions)} are alike and run at once ({self.title[1]}{common}).",
        )


class ThemeOverlap(Subject):
    """Sessions of one theme do not run at once; each two count in each step of the grid."""

    code, tags, weight = "theme_overlap", "theme", 2
    title = ("同一主题不撞期", "One theme at a time")


class SectorOverlap(Subject):
    """Sessions of one sector do not run at once; each two count in each step of the grid."""

    code, tags, weight = "sector_overlap", "sector", 2
    title = ("同一行业不撞期", "One sector at a time")


class ContentOverlap(Subject):
    """Sessions of one subject do not run at once; each two count in each step of the grid."""

    code, tags, weight = "content_overlap", "content", 4
    title = ("同一内容不撞期", "One subject at a time")


class AudienceOverlap(Subject):
    """Sessions for one audience do not run at once; each two count in each step of the grid."""

    code, tags, weight = "audience_overlap", "audience", 1
    title = ("同一受众不撞期", "One audience at a time")
