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
    (zh, en), pin = session.called, fixed(session)
    if not in_event(week, start):
        yield f"“{zh}”在活动的日期之外（{start}）。", f"“{en}” stands outside of the event's days ({start})."
    elif pin.start is not None:
        if start != pin.start:
            yield (
                f"“{zh}”固定在 {pin.start} 开始，这里却是 {start}。",
                f"“{en}” is to stay at {pin.start}, but starts at {start}.",
            )
    elif not np.isin(start, week.candidates(session)):
        yield (
            f"“{zh}”的开始时间 {start} 不在时间格或它的 starts 上。",
            f"“{en}” starts at {start}, which is neither on the grid nor among its `starts`.",
        )
    if pin.room is not None and room != pin.room:
        wanted, found = (week.problem.rooms[week.room_of[one]].called for one in (pin.room, room))
        yield (
            f"“{zh}”固定在场地“{wanted[0]}”，这里却在“{found[0]}”。",
            f"“{en}” is to stay in room “{wanted[1]}”, but stands in “{found[1]}”.",
        )
