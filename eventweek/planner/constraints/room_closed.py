"""A session stands in its room only while the room is open."""

from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted, room_named
from eventweek.planner.matches import Match
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week


class RoomClosed(Rule):
    """The whole session lies in one open window of its room."""

    code = "room_closed"
    title = ("场地开放时间", "Opening hours of the room")

    def declare(self, week: Week, terms: Terms) -> None:
        """Let the kernel look at the windows."""
        terms.closed = terms.cost

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the room."""
        zh, en = room_named(week, match)
        return (
            f"{names(week, match.sessions)}进行时场地“{zh}”不开放。",
            f"“{en}” is not open while {quoted(week, match.sessions)} runs.",
        )
