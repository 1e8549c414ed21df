"""At every moment there is something for everybody."""

from collections import Counter, defaultdict
from typing import ClassVar

from eventweek.planner import kernel
from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week


class Variety(Rule):
    """What is not the commonest is spread over the week.

    Sessions of one value run no more at once than evenly spread; each further one counts in each step of the grid.
    """

    level = "soft"
    field: ClassVar[str]

    def declare(self, week: Week, terms: Terms) -> None:
        """Count the sessions of each value but the commonest along the grid."""
        members: dict[str, list[int]] = defaultdict(list)
        for s, session in enumerate(week.problem.sessions):
            value = getattr(session, self.field)
            if value:
                members[str(value)].append(s)
        common = Counter({value: len(sessions) for value, sessions in members.items()}).most_common(1)
        for value, sessions in members.items():
            limit = evenly(week, sessions)
            if value != common[0][0] and len(sessions) > limit:
                terms.group([(s, 1) for s in sessions], kernel.BY_SLOT, kernel.EXCESS, limit, (value,))

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name them."""
        return (
            f"{names(week, match.sessions)}集中在同一时段（{self.title[0]}：{match.people[0]}）。",
            f"{quoted(week, match.sessions)} all run at once ({self.title[1]}: {match.people[0]}).",
        )


class LevelVariety(Variety):
    """Levels."""

    code, field = "level_variety", "level"
    title = ("各时段难度多样", "Every level at every time")


class LanguageVariety(Variety):
    """Languages."""

    code, field = "language_variety", "language"
    title = ("各时段语言多样", "Every language at every time")


def evenly(week: Week, sessions: list[int]) -> int:
    """Return how many of the sessions run at once if they are spread over the hours of the event."""
    event = week.problem.event
    minutes = event.days * max(1, event.day_end - event.day_start)
    return -(-sum(week.durations[s] for s in sessions) // minutes)
