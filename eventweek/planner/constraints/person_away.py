"""People take part while they are there."""

from typing import Any

import numpy as np

from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.week import Week, inside


class PersonAway(Rule):
    """Each required person can be there for the whole session."""

    code = "person_away"
    title = ("人员可到场时间", "People are there")

    def times(self, week: Week, s: int, starts: Any, ends: Any) -> Any:
        """Count the required people who are away."""
        found = np.zeros(len(starts), np.int64)
        for part in week.problem.sessions[s].people:
            if part.required:
                found += ~inside(week.people[part.id].windows, starts, ends)
        return found

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the session and how many are away."""
        return (
            f"{names(week, match.sessions)}进行时有{match.magnitude}位必到人员不能到场。",
            f"{match.magnitude} required people cannot be at {quoted(week, match.sessions)} then.",
        )
