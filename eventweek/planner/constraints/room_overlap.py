"""One room holds one session at a time, with time to change over between two."""

from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted, room_named
from eventweek.planner.matches import Match
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week


class RoomOverlap(Rule):
    """Gap between two: the largest of both kinds' changeovers, the room's own, and teardown plus setup."""

    code = "room_overlap"
    title = ("同一场地的场次之间留足转场时间", "Sessions of one room leave time to change over")

    def declare(self, week: Week, terms: Terms) -> None:
        """Let the kernel look at each room."""
        terms.crowded = terms.cost

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name both and the room."""
        zh, en = room_named(week, match)
        return (
            f"{names(week, match.sessions)}在同一场地“{zh}”时间重叠或转场时间不足。",
            f"{quoted(week, match.sessions)} overlap in “{en}”, or leave too little time to change over.",
        )
