"""What sessions and people would like, or would rather not have."""

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.problem import Wish
from eventweek.planner.week import Week, inside, merged


class Preference(Rule):
    """Wishes of a session and of the people in it; each that is not met counts."""

    level = "soft"
    field: ClassVar[str]
    said: ClassVar[Sentence]

    def wishes(self, week: Week, s: int) -> Iterator[Wish]:
        """Yield the session's own wish, and that of each person in it."""
        session = week.problem.sessions[s]
        for record in (session, *(week.people[part.id] for part in session.people)):
            wish: Wish | None = getattr(record, self.field)
            if wish:
                yield wish

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the session and how many wishes it concerns."""
        return (
            f"{names(week, match.sessions)}{self.said[0]}（{match.magnitude}项意愿）。",
            f"{quoted(week, match.sessions)} {self.said[1]} (wishes: {match.magnitude}).",
        )


class OfTimes(Preference):
    """Wishes about times."""

    def times(self, week: Week, s: int, starts: Any, ends: Any) -> Any:
        """Count the wishes that each start does not meet."""
        missed = [self.missed(wish, starts, ends) for wish in self.wishes(week, s) if wish.windows]
        return np.sum(missed, axis=0, dtype=np.int64) if missed else None

    def missed(self, wish: Wish, starts: Any, ends: Any) -> Any:
        """Tell which starts do not meet a wish."""
        raise NotImplementedError


class OfRooms(Preference):
    """Wishes about rooms."""

    def places(self, week: Week, s: int) -> Any:
        """Count the wishes that each room does not meet."""
        missed = [self.missed(wish, week) for wish in self.wishes(week, s) if wish.rooms]
        return np.sum(missed, axis=0, dtype=np.int64) if missed else None

    def missed(self, wish: Wish, week: Week) -> Any:
        """Tell which rooms do not meet a wish."""
        raise NotImplementedError


class PreferredTime(OfTimes):
    """The whole session lies in one of the preferred windows."""

    code, field, weight = "preferred_time", "prefers", 2
    title = ("偏好的时间", "A preferred time")
    said = ("不在偏好的时间", "is not at a preferred time")

    def missed(self, wish: Wish, starts: Any, ends: Any) -> Any:
        """Tell which starts lie outside."""
        return ~inside(wish.windows, starts, ends)


class PreferredRoom(OfRooms):
    """The room is one of the preferred."""

    code, field, weight = "preferred_room", "prefers", 2
    title = ("偏好的场地", "A preferred room")
    said = ("不在偏好的场地", "is not in a preferred room")

    def missed(self, wish: Wish, week: Week) -> Any:
        """Tell which rooms are others."""
        return ~listed(wish, week)


class UndesiredTime(OfTimes):
    """The session does not touch a window that is to be avoided."""

    code, field, weight = "undesired_time", "avoids", 4
    title = ("避免的时间", "A time to avoid")
    said = ("排在希望避免的时间", "is at a time that was to be avoided")

    def missed(self, wish: Wish, starts: Any, ends: Any) -> Any:
        """Tell which starts touch one."""
        return np.any([(starts < until) & (ends > begin) for begin, until in merged(wish.windows)], axis=0)


class UndesiredRoom(OfRooms):
    """The room is none of those that are to be avoided."""

    code, field, weight = "undesired_room", "avoids", 4
    title = ("避免的场地", "A room to avoid")
    said = ("排在希望避免的场地", "is in a room that was to be avoided")

    def missed(self, wish: Wish, week: Week) -> Any:
        """Tell which rooms are of these."""
        return listed(wish, week)


def listed(wish: Wish, week: Week) -> Any:
    """Tell which rooms a wish names."""
    return np.array([room.id in wish.rooms for room in week.problem.rooms], bool)
