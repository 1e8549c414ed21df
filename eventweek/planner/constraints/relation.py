"""What the organisers demand between sessions: order, apart, together."""

from itertools import combinations

from eventweek.planner import kernel
from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.problem import Relation
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week


class Between(Rule):
    """A relation that compares each two of its sessions by one condition."""

    relation: str
    condition: int

    def declare(self, week: Week, terms: Terms) -> None:
        """Compare each two sessions of each such relation."""
        for relation in week.problem.relations:
            if relation.type == self.relation and relation.level != "ignore":
                sessions = [week.session_of[name] for name in relation.sessions]
                for a, b in combinations(sessions, 2):
                    bound = self.bound(relation, sessions.index(b) - sessions.index(a))
                    terms.pair(a, b, self.condition, bound, level=relation.level)

    def bound(self, relation: Relation, steps: int) -> int:
        """Return the number that the condition compares with."""
        return 0


class Precedence(Rule):
    """The second begins after the end of the first, at least and at most so many minutes."""

    code = "precedence"
    title = ("先后顺序", "Order of sessions")

    def declare(self, week: Week, terms: Terms) -> None:
        """Compare the two of each `before`."""
        for relation in week.problem.relations:
            if relation.type == "before" and relation.level != "ignore":
                a, b = (week.session_of[name] for name in relation.sessions)
                terms.pair(a, b, kernel.ORDER, relation.min_lag, level=relation.level)
                if relation.max_lag is not None:
                    terms.pair(a, b, kernel.TOO_LATE, relation.max_lag, level=relation.level)

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name both in their order."""
        one, two = match.sessions
        return (
            f"{names(week, (two,))}应在{names(week, (one,))}结束之后按规定间隔开始。",
            f"{quoted(week, (two,))} must begin after {quoted(week, (one,))}, with the interval that was asked.",
        )


class NotParallel(Between):
    """They never overlap."""

    code, relation, condition = "not_parallel", "not_parallel", kernel.OVERLAP
    title = ("不能同时进行", "Not at once")

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name both."""
        return (
            f"{names(week, match.sessions)}不能同时进行。",
            f"{quoted(week, match.sessions)} must not run at once.",
        )


class SameRoom(Between):
    """They share a room."""

    code, relation, condition = "same_room", "same_room", kernel.OTHER_ROOM
    title = ("同一场地", "One room")

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name both."""
        return f"{names(week, match.sessions)}应在同一场地。", f"{quoted(week, match.sessions)} must share a room."


class SameDay(Between):
    """They stand on one day."""

    code, relation, condition = "same_day", "same_day", kernel.OTHER_DAY
    title = ("同一天", "One day")

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name both."""
        return f"{names(week, match.sessions)}应在同一天。", f"{quoted(week, match.sessions)} must be on one day."


class DifferentDay(Between):
    """They stand on different days."""

    code, relation, condition = "different_day", "different_day", kernel.SAME_DAY
    title = ("不在同一天", "Different days")

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name both."""
        return (
            f"{names(week, match.sessions)}不能在同一天。",
            f"{quoted(week, match.sessions)} must be on different days.",
        )


class ConsecutiveDays(Between):
    """They stand on consecutive days in their order."""

    code, relation, condition = "consecutive_days", "consecutive_days", kernel.DAYS_APART
    title = ("连续几天", "Consecutive days")

    def bound(self, relation: Relation, steps: int) -> int:
        """Return how many days lie between."""
        return steps

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name both."""
        return (
            f"{names(week, match.sessions)}应依次在连续的日子。",
            f"{quoted(week, match.sessions)} must stand on consecutive days, in order.",
        )


class Adjacent(Between):
    """They follow each other on one day, at most `max_lag` minutes apart."""

    code, relation, condition = "adjacent", "adjacent", kernel.NOT_ADJACENT
    title = ("前后相接", "One after the other")

    def bound(self, relation: Relation, steps: int) -> int:
        """Return the minutes that may lie between."""
        return 60 if relation.max_lag is None else relation.max_lag

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name both."""
        return (
            f"{names(week, match.sessions)}应在同一天前后相接。",
            f"{quoted(week, match.sessions)} must follow each other on one day.",
        )


class SameStart(Between):
    """They begin together."""

    code, relation, condition = "same_start", "same_start", kernel.OTHER_START
    title = ("同时开始", "One start")

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name both."""
        return f"{names(week, match.sessions)}应同时开始。", f"{quoted(week, match.sessions)} must begin together."
