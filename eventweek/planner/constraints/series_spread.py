"""A series that is not strict stands on as many days as it should, and keeps its room."""

from collections.abc import Iterator

from eventweek.planner import kernel
from eventweek.planner.constraints.rule import Rule, Sentence, counted, names, quoted
from eventweek.planner.constraints.series import series_of
from eventweek.planner.matches import Match
from eventweek.planner.problem import Series
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week


class SeriesDays(Rule):
    """Each day that a series lacks of those that were wanted counts."""

    code = "series_days"
    title = ("系列活动分布的天数", "A series has its number of days")
    level, highest, weight = "soft", "medium", 5

    def declare(self, week: Week, terms: Terms) -> None:
        """Count the days of each series that wants some."""
        for members, parts in loose(week):
            wanted = max((part.days or 0 for part in parts), default=0)
            days = min(wanted, len(members), week.problem.event.days)
            if days > 1:
                terms.group([(s, 1) for s in members], kernel.BY_DAY, kernel.FEWER, days, (parts[0].id,))

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the series."""
        return (
            f"系列“{match.people[0]}”比预定少分布{match.magnitude}天：{names(week, match.sessions)}。",
            f"Series “{match.people[0]}” has {counted(match.magnitude, 'day')} fewer than wanted: "
            f"{quoted(week, match.sessions)}.",
        )


class SeriesRoom(Rule):
    """Each room of a series beyond the first counts."""

    code = "series_room"
    title = ("系列活动不换场地", "A series keeps its room")
    level, weight = "soft", 3

    def declare(self, week: Week, terms: Terms) -> None:
        """Count the rooms of each series."""
        for members, parts in loose(week):
            if len(members) > 1:
                terms.group([(s, 1) for s in members], kernel.BY_ROOM, kernel.MORE, 1, (parts[0].id,))

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the series."""
        return (
            f"系列“{match.people[0]}”多用了{match.magnitude}个场地：{names(week, match.sessions)}。",
            f"Series “{match.people[0]}” uses {counted(match.magnitude, 'room')} more than one: "
            f"{quoted(week, match.sessions)}.",
        )


def loose(week: Week) -> Iterator[tuple[list[int], list[Series]]]:
    """Yield the series that are not strict: members, and what each says of the series."""
    for members in series_of(week).values():
        parts = [part for s in members if (part := week.problem.sessions[s].series)]
        if not all(part.strict for part in parts):
            yield members, parts
