"""What is easier comes first, so that whoever begins can follow."""

from collections import Counter, defaultdict
from itertools import combinations

from eventweek.planner import kernel
from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week


class LevelOrder(Rule):
    """Of two sessions of one theme or track, the harder begins after the easier has ended; each in common counts."""

    code = "level_order"
    title = ("同一主题先易后难", "The easier before the harder")
    level, weight = "soft", 3

    def declare(self, week: Week, terms: Terms) -> None:
        """Compare sessions of different level that share a theme or a track."""
        sessions = week.problem.sessions
        alike: dict[tuple[str, str], list[int]] = defaultdict(list)
        for s, session in enumerate(sessions):
            if session.level:
                for theme in set(session.tags.theme):
                    alike["theme", theme].append(s)
                if session.track:
                    alike["track", session.track].append(s)
        common = Counter(pair for members in alike.values() for pair in combinations(members, 2))
        for (a, b), times in sorted(common.items()):
            easier, harder = sorted((a, b), key=lambda s: sessions[s].level)
            if sessions[easier].level < sessions[harder].level:
                terms.pair(easier, harder, kernel.ORDER, times=times)

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the harder and the easier."""
        easier, harder = (match.sessions[:1], match.sessions[1:])
        return (
            f"较难的{names(week, harder)}排在较易的{names(week, easier)}之前。",
            f"{quoted(week, harder)} is harder than {quoted(week, easier)} but does not come after it.",
        )
