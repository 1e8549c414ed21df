"""A strict series stands on consecutive days, in one room, at one time of day."""

from collections import defaultdict
from itertools import combinations

from eventweek.planner import kernel
from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week


class StrictSeries(Rule):
    """Its members are as many days apart as their numbers, share the room and the time of day."""

    code = "series"
    title = ("系列活动连续、同场地、同时段", "A series keeps its days, room and time")

    def declare(self, week: Week, terms: Terms) -> None:
        """Compare each two members; a series that is not strict only keeps its order."""
        for members in series_of(week).values():
            strict = all((week.problem.sessions[s].series or members).strict for s in members)  # type: ignore[union-attr]
            for a, b in combinations(members, 2):
                if not strict:
                    terms.pair(a, b, kernel.ORDER)
                    continue
                first, second = (week.problem.sessions[s].series for s in (a, b))
                assert first and second
                terms.pair(a, b, kernel.DAYS_APART, second.index - first.index)
                terms.pair(a, b, kernel.OTHER_ROOM)
                terms.pair(a, b, kernel.OTHER_CLOCK)

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name both."""
        return (
            f"系列活动{names(week, match.sessions)}应按顺序连续举行，场地和时段不变。",
            f"The series of {quoted(week, match.sessions)} must keep its order, its days, its room and its time.",
        )


def series_of(week: Week) -> dict[str, list[int]]:
    """Return the members of each series in their order."""
    found: dict[str, list[int]] = defaultdict(list)
    for s, session in enumerate(week.problem.sessions):
        if session.series:
            found[session.series.id].append(s)
    for members in found.values():
        members.sort(key=lambda s: (week.problem.sessions[s].series.index, s))  # type: ignore[union-attr]
    return found
