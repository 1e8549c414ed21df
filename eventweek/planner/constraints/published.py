"""What the public knows stays where it is, as far as it can."""

from typing import Any

import numpy as np

from eventweek.planner.constraints.rule import Rule, Sentence, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.problem import MINUTES_A_DAY, Session
from eventweek.planner.week import Week

A_QUARTER = 15
TOLD = 500
"""What it costs to tell media and guests of a change."""


def grown(session: Session, magnitude: Any) -> Any:
    """Return the magnitude times 1 + registered / 50, in whole numbers."""
    return magnitude * (50 + session.registered) // 50


class PublishedTime(Rule):
    """A moved start: 100, and 1 for each quarter of an hour up to 200 in all; 300 more on another day.

    Where media or guests were told, `TOLD` more, however many have registered.
    """

    code = "published_time"
    title = ("已公布的时间不变", "A published time stays")
    level = "medium"

    def times(self, week: Week, s: int, starts: Any, ends: Any) -> Any:
        """Return the price of each start."""
        session = week.problem.sessions[s]
        if session.published is None:
            return None
        apart = np.abs(starts - session.published.start)
        other_day = starts // MINUTES_A_DAY != session.published.start // MINUTES_A_DAY
        magnitude = np.where(apart > 0, np.minimum(200, 100 + apart // A_QUARTER) + 300 * other_day, 0)
        return grown(session, magnitude) + TOLD * session.published.told * (apart > 0)

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the session."""
        return (
            f"{names(week, match.sessions)}改了已公布的时间。",
            f"{quoted(week, match.sessions)} leaves its published time.",
        )


class PublishedRoom(Rule):
    """A moved room: 20, another venue 100 more, another city 1,000 more; whoever was told counts as for times."""

    code = "published_room"
    title = ("已公布的场地不变", "A published room stays")
    level = "medium"

    def places(self, week: Week, s: int) -> Any:
        """Return the price of each room."""
        session = week.problem.sessions[s]
        if session.published is None or session.published.room not in week.room_of:
            return None
        old = week.room_of[session.published.room]
        venue, city = week.venue_numbers, week.city_numbers
        magnitude = 20 + 100 * (venue != venue[old]) + 1000 * (city != city[old])
        magnitude[old] = 0
        return grown(session, magnitude) + TOLD * session.published.told * (magnitude > 0)

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the session."""
        return (
            f"{names(week, match.sessions)}换了已公布的场地。",
            f"{quoted(week, match.sessions)} leaves its published room.",
        )
