"""A room has what its session needs."""

from typing import Any

import numpy as np

from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted, room_named
from eventweek.planner.matches import Match
from eventweek.planner.week import Week


class FeatureMissing(Rule):
    """Every feature that the session needs is in the room."""

    code = "feature_missing"
    title = ("场地设施齐备", "The room has what is needed")

    def places(self, week: Week, s: int) -> Any:
        """Count what is missing in each room."""
        needed = frozenset(week.problem.sessions[s].features)
        if not needed:
            return None
        return np.array([len(needed - offered) for offered in week.features], np.int64)

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the room and how much it lacks."""
        zh, en = room_named(week, match)
        return (
            f"场地“{zh}”缺少{names(week, match.sessions)}需要的{match.magnitude}项设施。",
            f"“{en}” lacks {match.magnitude} features that {quoted(week, match.sessions)} needs.",
        )
