"""Days, times and lists of sessions as sentences use them, Chinese and English."""

from collections.abc import Sequence
from datetime import date, timedelta

from eventweek.planner.constraints.rule import Sentence, names, quoted
from eventweek.planner.problem import Problem
from eventweek.planner.week import Week

MOST = 6
"""Sessions that a sentence names."""


def day_names(problem: Problem, day: int) -> Sentence:
    """Return how a day of the event is called."""
    found = date.fromisoformat(problem.event.start) + timedelta(days=day)
    return f"{found.month}月{found.day}日", f"{found:%d %b}"


def clock(minute: int) -> str:
    """Return a time of day."""
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def listed(week: Week, sessions: Sequence[int]) -> Sentence:
    """Return the names of sessions; of many only the first, and how many there are."""
    first = tuple(sessions[:MOST])
    zh, en = names(week, first), quoted(week, first)
    if len(sessions) > MOST:
        return f"{zh}等{len(sessions)}场", f"{en} and {len(sessions) - MOST} more"
    return zh, en
