"""What a rule is: a name, a level and a weight by default, what it declares, and the sentence for a match."""

from typing import TYPE_CHECKING, Any, ClassVar

from eventweek.planner.week import fixed

if TYPE_CHECKING:
    from eventweek.planner.matches import Match
    from eventweek.planner.terms import Terms
    from eventweek.planner.week import Week

Sentence = tuple[str, str]
"""Chinese and English."""


class Rule:
    """One rule of a good programme. Subclasses override what they need; each lives in a file of its own."""

    code: ClassVar[str]
    title: ClassVar[Sentence]
    level: ClassVar[str] = "hard"
    weight: ClassVar[int] = 1
    highest: ClassVar[str] = "hard"
    """The highest level that it may have: a rule that asks for more sessions would forbid every plan in the making."""
    limit: ClassVar[int | None] = None
    """The number that it allows by default, None for a rule that has none."""

    def limit_of(self, week: "Week") -> int:
        """Return the number that it allows this week."""
        setting = week.problem.weights.get(self.code)
        own = setting.limit if setting else None
        return own if own is not None else self.limit or 0

    def times(self, week: "Week", s: int, starts: Any, ends: Any) -> Any:
        """Return the magnitude of session `s` at each start, or None where the rule does not look at times alone."""
        return None

    def places(self, week: "Week", s: int) -> Any:
        """Return the magnitude of session `s` in each room, or None where the rule does not look at rooms alone."""
        return None

    def declare(self, week: "Week", terms: "Terms") -> None:
        """Declare the terms of two or more sessions."""

    def tell(self, week: "Week", match: "Match") -> Sentence:
        """Say in Chinese and English what is the matter."""
        raise NotImplementedError


def named(week: "Week", match: "Match") -> Sentence:
    """Return how the person whom a match concerns is called."""
    found: Sentence = week.people[match.people[0]].called
    return found


def room_named(week: "Week", match: "Match") -> Sentence:
    """Return how the room where something is the matter is called."""
    return week.problem.rooms[week.room_of[match.rooms[0]]].called


def on_time(week: "Week", s: int) -> bool:
    """Tell whether the organisers themselves have said when session `s` begins."""
    session = week.problem.sessions[s]
    return session.starts is not None or fixed(session).start is not None


def names(week: "Week", sessions: tuple[int, ...]) -> str:
    """Return the names of sessions as sentences use them."""
    found = [week.problem.sessions[s] for s in sessions]
    return "、".join(f"“{session.called[0]}”" for session in found)


def quoted(week: "Week", sessions: tuple[int, ...]) -> str:
    """Return the names of sessions as English sentences use them."""
    found = [week.problem.sessions[s] for s in sessions]
    return ", ".join(f"“{session.called[1]}”" for session in found)
