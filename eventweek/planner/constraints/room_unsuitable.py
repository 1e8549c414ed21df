"""A session stands in a room of its own list and of a type that its kind uses."""

from typing import Any

import numpy as np

from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted, room_named
from eventweek.planner.matches import Match
from eventweek.planner.week import Week


class RoomUnsuitable(Rule):
    """The room is on the session's list and of a type of its kind, where these are given."""

    code = "room_unsuitable"
    title = ("场地符合要求", "The room is one that may be used")

    def places(self, week: Week, s: int) -> Any:
        """Count rooms that are neither listed nor of the right type."""
        session = week.problem.sessions[s]
        found = np.zeros(len(week.problem.rooms), np.int64)
        if session.rooms is not None:
            listed = set(session.rooms)
            found |= np.array([room.id not in listed for room in week.problem.rooms])
        types = week.kinds[session.kind].room_types
        if types is not None:
            found |= np.array([room.type not in types for room in week.problem.rooms])
        return found

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the room."""
        zh, en = room_named(week, match)
        return (
            f"场地“{zh}”不在{names(week, match.sessions)}可用的场地之内。",
            f"“{en}” is not a room that {quoted(week, match.sessions)} may use.",
        )
