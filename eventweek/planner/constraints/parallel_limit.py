"""Not more sessions of a kind run at once than the kind allows."""

from collections import defaultdict

from eventweek.planner import kernel
from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week


class ParallelLimit(Rule):
    """A kind's `max_parallel` holds at every moment."""

    code = "parallel_limit"
    title = ("同类活动同时进行的上限", "Sessions of a kind at once")

    def declare(self, week: Week, terms: Terms) -> None:
        """Count each limited kind along the grid."""
        members: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for s, session in enumerate(week.problem.sessions):
            members[session.kind].append((s, 1))
        for kind in week.problem.kinds:
            if kind.max_parallel is not None and len(members[kind.id]) > kind.max_parallel:
                terms.group(members[kind.id], kernel.BY_SLOT, kernel.EXCESS, kind.max_parallel, (kind.id,))

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the kind."""
        zh, en = week.kinds[match.people[0]].called
        return (
            f"“{zh}”类活动同时进行过多：{names(week, match.sessions)}。",
            f"Too many sessions of kind “{en}” run at once: {quoted(week, match.sessions)}.",
        )
