"""What is carried to sessions is not in more places than there are pieces."""

from collections import defaultdict

from eventweek.planner import kernel
from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week


class PoolExceeded(Rule):
    """At any time sessions use at most the quantity of a pool."""

    code = "pool_exceeded"
    title = ("共用设备和团队不超数量", "Shared equipment and teams suffice")

    def declare(self, week: Week, terms: Terms) -> None:
        """Count each pool along the grid."""
        users: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for s, session in enumerate(week.problem.sessions):
            for pool, quantity in session.pools.items():
                users[pool].append((s, quantity))
        for stock in week.problem.pools:
            if users[stock.id]:
                terms.group(users[stock.id], kernel.BY_SLOT, kernel.EXCESS, stock.quantity, (stock.id,))

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the pool."""
        zh, en = week.pools[match.people[0]].called
        return (
            f"“{zh}”不够用：{names(week, match.sessions)}。",
            f"There is not enough of “{en}”: {quoted(week, match.sessions)}.",
        )
