"""Where a session may not be put although no rule has a price for it: pins, its starts, the days of the event.

No search ever puts it there; a plan from elsewhere, or a hand that drags it, may.
"""

from collections.abc import Iterator

import numpy as np

from eventweek.planner.problem import MINUTES_A_DAY
from eventweek.planner.reading import Fault
from eventweek.planner.week import Week, fixed


def in_event(week: Week, start: int) -> bool:
    """Tell whether a start lies on one of the event's days."""
    return 0 <= start < week.problem.event.days * MINUTES_A_DAY


def why_not_there(week: Week, s: int, start: int, room: str) -> Iterator[Fault]:
    """Yield a sentence for each reason why session `s` may not begin then, or not stand in that room."""
    session = week.problem.sessions[s]
    name, pin = session.name or session.id, fixed(session)
    if not in_event(week, start):
        yield f"“{name}”在活动的日期之外（{start}）。", f"“{name}” stands outside of the event's days ({start})."
    elif pin.start is not None:
        if start != pin.start:
            yield (
                f"“{name}”固定在 {pin.start} 开始，这里却是 {start}。",
                f"“{name}” is to stay at {pin.start}, but starts at {start}.",
            )
    elif not np.isin(start, week.candidates(session)):
        yield (
            f"“{name}”的开始时间 {start} 不在时间格或它的 starts 上。",
            f"“{name}” starts at {start}, which is neither on the grid nor among its `starts`.",
        )
    if pin.room is not None and room != pin.room:
        yield (
            f"“{name}”固定在场地“{pin.room}”，这里却在“{room}”。",
            f"“{name}” is to stay in room “{pin.room}”, but stands in “{room}”.",
        )
