"""The larger room for the larger audience."""

from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week, size_of


class SizeOrder(Rule):
    """Of two at once in one city, the less popular is not in the larger room; each step of the grid counts.

    Audiences and rooms are compared by steps of size (`week.SIZES`).
    """

    code = "size_order"
    title = ("热门场次用较大的场地", "The larger room for the more popular")
    level, weight = "soft", 1

    def declare(self, week: Week, terms: Terms) -> None:
        """Count sizes of audiences by sizes of rooms, all sessions together."""
        crowds = [max(session.expected, session.registered) for session in week.problem.sessions]
        sizes = [(s, size_of(crowd)) for s, crowd in enumerate(crowds) if crowd]
        rooms = {size_of(room.capacity) for room in week.problem.rooms}
        if len(rooms) > 1 and len({size for _, size in sizes}) > 1:
            terms.upside_down(sizes)

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the less popular and the more popular."""
        less, more = match.sessions[:1], match.sessions[1:]
        return (
            f"{names(week, less)}观众较少，却比同时进行的{names(week, more)}用着更大的场地。",
            f"{quoted(week, less)} is less popular than {quoted(week, more)} at the same time, but in a larger room.",
        )
