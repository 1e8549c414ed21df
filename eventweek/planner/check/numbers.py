"""Numbers, days and windows that cannot be meant."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from eventweek.planner.check.wording import called, capital
from eventweek.planner.problem import MINUTES_A_DAY, Event, Person, Problem, Record, Session, Window, Wish
from eventweek.planner.reading import Fault, nearest

MOST = 10_000_000
"""More than anything that is counted in a week; tables hold sums of products of such numbers."""
MOST_DAYS = 366
SIGNED = {"level", "index", "seed"}
UNBOUNDED = {"seed", "iterations"}
AT_LEAST_ONE = {"days", "grid_min", "duration", "iterations", "seconds"}


def find(problem: Problem) -> Iterator[Fault]:
    """Yield what is wrong with numbers, days and windows."""
    yield from _emptiness(problem)
    yield from _event(problem.event)
    for where, record in _records(problem):
        yield from _quantities(where, record)
    for where, field, windows in _windows(problem):
        yield from _window_faults(where, field, windows)
    for session in problem.sessions:
        for pool, quantity in session.pools.items():
            if not 0 <= quantity <= MOST:
                yield _quantity(called(session), f"pools.{pool}", quantity, 0)
        if not 1 <= session.priority <= 5:
            yield (
                f"{called(session)[0]}的优先级（priority）是 {session.priority}。请填 1 到 5。",
                f"{capital(called(session)[1])} has priority {session.priority}. Give 1 to 5.",
            )


def _emptiness(problem: Problem) -> Iterator[Fault]:
    for field, (zh, en) in {"sessions": ("场次", "sessions"), "rooms": ("场地", "rooms")}.items():
        if not getattr(problem, field):
            yield (
                f"没有任何{zh}（{field} 是空的），无可安排。请至少写一个。",
                f"There are no {en} (`{field}` is empty), so there is nothing to plan. Give at least one.",
            )
    if problem.event.days < 1:
        yield (
            f"活动没有一天（event.days 是 {problem.event.days}）。请填写天数，至少 1 天。",
            f"The event has no day (event.days is {problem.event.days}). Give the number of its days, at least 1.",
        )


def _event(event: Event) -> Iterator[Fault]:
    if event.days > MOST_DAYS:
        yield (
            f"活动长达 {event.days} 天（event.days）。请分成不超过 {MOST_DAYS} 天的几次来排。",
            f"The event has {event.days} days (event.days). Plan it in parts of at most {MOST_DAYS}.",
        )
    if event.grid_min > 0 and MINUTES_A_DAY % event.grid_min:
        yield (
            f"时间格（event.grid_min）是 {event.grid_min} 分钟，不能整除一天。请用 5、10、15、20、30 或 60。",
            f"A grid (event.grid_min) of {event.grid_min} minutes does not divide a day. Use 5, 10, 15, 20, 30 or 60.",
        )
    if event.day_end <= event.day_start:
        yield (
            f"每天的结束（event.day_end，{event.day_end}）不晚于开始（event.day_start，{event.day_start}）。请填从零点起的分钟数。",
            f"The day ends (event.day_end, {event.day_end}) before it has begun (event.day_start, {event.day_start}). "
            "Give minutes from midnight.",
        )
    yield from _calendar(event)


def _calendar(event: Event) -> Iterator[Fault]:
    try:
        right = date.fromisoformat(event.start).isoformat() == event.start
    except ValueError:
        right = False
    if not right:
        yield (
            f"第一天（event.start）“{event.start}”不是日期。请写成 2026-10-15 这样的形式。",
            f"The first day (event.start) “{event.start}” is no date. Write it like 2026-10-15.",
        )
    zones = available_timezones()
    if event.tz not in zones:
        near = nearest(event.tz, zones) or "Asia/Shanghai"
        yield (
            f"时区（event.tz）“{event.tz}”不存在。是否应为“{near}”？请更正。",
            f"There is no time zone “{event.tz}” (event.tz). Did you mean “{near}”? Correct it.",
        )


def _records(problem: Problem) -> Iterator[tuple[Fault, Record]]:
    yield ("活动（event）", "the event"), problem.event
    yield ("路程（travel）", "travel"), problem.travel
    yield ("求解限制（limits）", "limits"), problem.limits
    for way in problem.travel.journeys:
        yield (
            (f"“{way.between[0]}”到“{way.between[1]}”的路程", f"the journey “{way.between[0]}”–“{way.between[1]}”"),
            way,
        )
    for section in (problem.rooms, problem.pools, problem.people, problem.kinds, problem.sessions):
        for record in section:
            yield called(record), record
    for session in problem.sessions:
        for part in (session.series, session.pin, session.published):
            if part:
                yield called(session), part
    for n, relation in enumerate(problem.relations):
        yield (f"关系 $.relations[{n}]", f"the relation $.relations[{n}]"), relation
    for n, common in enumerate(problem.common):
        yield (f"共同观众 $.common[{n}]", f"the common audience $.common[{n}]"), common
    for code, setting in problem.weights.items():
        yield (f"规则“{code}”的设置", f"the setting of rule “{code}”"), setting


def _quantities(where: Fault, record: Record) -> Iterator[Fault]:
    for field in record.__struct_fields__:
        value: Any = getattr(record, field)
        if not isinstance(value, int | float) or isinstance(value, bool) or (field == "days" and value < 1):
            continue
        least = 1 if field in AT_LEAST_ONE else 0
        if field == "duration" and value > MINUTES_A_DAY:
            yield (
                f"{where[0]}的时长（duration）是 {value} 分钟，超过一天（1440 分钟）。请拆成每天一场的系列。",
                f"{capital(where[1])} lasts {value} minutes (duration), longer than a day (1440). "
                "Split it into a series with a session a day.",
            )
        elif (field not in UNBOUNDED and abs(value) > MOST) or (
            field not in SIGNED and _too_small(field, value, least)
        ):
            yield _quantity(where, field, value, least)


def _too_small(field: str, value: float, least: int) -> bool:
    return value <= 0 if field == "seconds" else value < least


def _quantity(where: Fault, field: str, value: float, least: int) -> Fault:
    return (
        f"{where[0]}的 {field} 是 {value}。请填 {least} 到 {MOST} 之间的数。",
        f"{capital(where[1])} has {field} {value}. Give a number from {least} to {MOST}.",
    )


def _windows(problem: Problem) -> Iterator[tuple[Fault, str, list[Window]]]:
    """Yield every list of windows: whose, which field."""
    yield ("活动（event）", "the event"), "lunch", [problem.event.lunch] if problem.event.lunch else []
    for kind in problem.kinds:
        yield called(kind), "hours", [kind.hours] if kind.hours else []
    for room in problem.rooms:
        yield called(room), "open", room.open or []
    for person in problem.people:
        yield called(person), "windows", person.windows or []
        yield from _wished(person)
    for session in problem.sessions:
        yield called(session), "windows", session.windows or []
        yield from _wished(session)


def _wished(record: Person | Session) -> Iterator[tuple[Fault, str, list[Window]]]:
    for field in ("prefers", "avoids"):
        wish: Wish | None = getattr(record, field)
        yield called(record), f"{field}.windows", wish.windows if wish else []


def _window_faults(where: Fault, field: str, windows: list[Window]) -> Iterator[Fault]:
    for begin, until in windows:
        if until <= begin:
            yield (
                f"{where[0]}的时间段（{field}）[{begin}, {until}] 结束不晚于开始。请先写开始、后写结束（分钟）。",
                f"{capital(where[1])} has a window ({field}) [{begin}, {until}] whose end is not after its start. "
                "Write the start first, then the end, in minutes.",
            )
        elif begin < 0 or until > MOST:
            yield (
                f"{where[0]}的时间段（{field}）[{begin}, {until}] 超出活动。请填从第一天零点起的分钟数。",
                f"{capital(where[1])} has a window ({field}) [{begin}, {until}] outside of the event. "
                "Give minutes from the first midnight.",
            )
