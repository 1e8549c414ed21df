"""What could be changed so that sessions can be placed, the cheapest change first; each a sentence and a problem."""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec.structs import replace

from eventweek.planner.constraints.rule import Sentence
from eventweek.planner.matches import Plan
from eventweek.planner.problem import MINUTES_A_DAY, Named, Problem, Session, Window
from eventweek.planner.wording import clock, day_names

Change = tuple[Sentence, Problem]
Family = Callable[[Problem, list[Session]], Iterator[Change]]


def cheapest(problem: Problem, sessions: list[Session], can: Callable[[Problem], Plan | None]) -> Sentence | None:
    """Return the cheapest single change after which `can` places the sessions, or None if no single one is enough.

    Raises: what `can` raises.
    """
    ordered = by_weight(sessions)
    for family in FAMILIES:
        for sentence, changed in family(problem, ordered):
            if can(changed) is not None:
                return sentence
    return _open_room(problem, ordered, can)


def cancel(sessions: list[Session]) -> Sentence:
    """Return the change that is left where no other is enough."""
    least = by_weight(sessions)[0]
    return f"取消{_zh(least)}，或改到本届活动之外。", f"Cancel {_en(least)}, or hold it outside this event."


def by_weight(sessions: list[Session]) -> list[Session]:
    """Return sessions in the order in which they should give way."""
    return sorted(reversed(sessions), key=lambda session: (session.registered, session.priority))


def _zh(thing: Named) -> str:
    return f"“{thing.called[0]}”"


def _en(thing: Named) -> str:
    return f"“{thing.called[1]}”"


def with_session(problem: Problem, session: Session, **changes: Any) -> Problem:
    """Return the problem with one session changed."""
    changed = [replace(other, **changes) if other.id == session.id else other for other in problem.sessions]
    return replace(problem, sessions=changed)


def _with(problem: Problem, table: str, thing: Any, **changes: Any) -> Problem:
    rows = [replace(row, **changes) if row.id == thing.id else row for row in getattr(problem, table)]
    return replace(problem, **{table: rows})


def _free_start(problem: Problem, sessions: list[Session]) -> Iterator[Change]:
    for session in sessions:
        if session.pin and session.pin.start is not None:
            sentence = f"放开{_zh(session)}的固定时间。", f"Free the start of {_en(session)}."
            yield sentence, with_session(problem, session, pin=replace(session.pin, start=None))


def _free_room(problem: Problem, sessions: list[Session]) -> Iterator[Change]:
    for session in sessions:
        if session.pin and session.pin.room is not None:
            sentence = f"放开{_zh(session)}的固定场地。", f"Free the room of {_en(session)}."
            yield sentence, with_session(problem, session, pin=replace(session.pin, room=None))


def _free_both(problem: Problem, sessions: list[Session]) -> Iterator[Change]:
    for session in sessions:
        if session.pin and session.pin.start is not None and session.pin.room is not None:
            sentence = f"放开{_zh(session)}的固定时间和场地。", f"Free the start and the room of {_en(session)}."
            yield sentence, with_session(problem, session, pin=None)


def _pin_elsewhere(problem: Problem, sessions: list[Session]) -> Iterator[Change]:
    """Move a pin by whole days."""
    for session in sessions:
        if not session.pin or session.pin.start is None:
            continue
        home, at = divmod(session.pin.start, MINUTES_A_DAY)
        for day in sorted(range(problem.event.days), key=lambda day: (abs(day - home), -day)):
            zh, en = day_names(problem, day)
            start = day * MINUTES_A_DAY + at
            windows = session.windows and [*session.windows, (start, (day + 2) * MINUTES_A_DAY)]
            sentence = f"把{_zh(session)}改到{zh}{clock(at)}。", f"Move {_en(session)} to {en}, {clock(at)}."
            yield sentence, with_session(problem, session, pin=replace(session.pin, start=start), windows=windows)


def _any_start(problem: Problem, sessions: list[Session]) -> Iterator[Change]:
    for session in sessions:
        if session.starts is not None:
            sentence = (
                f"{_zh(session)}不限于所列的开始时间。",
                f"Let {_en(session)} begin at other times than its list.",
            )
            yield sentence, with_session(problem, session, starts=None)


def _hull(windows: list[Window]) -> Window:
    """Return from which to which time of day windows reach."""
    begin = min(window[0] % MINUTES_A_DAY for window in windows)
    return begin, max(begin, *(window[1] - window[0] // MINUTES_A_DAY * MINUTES_A_DAY for window in windows))


def _other_days(problem: Problem, sessions: list[Session]) -> Iterator[Change]:
    for session in sessions:
        if not session.windows:
            continue
        known = {window[0] // MINUTES_A_DAY for window in session.windows}
        begin, end = _hull(session.windows)
        others = [day for day in range(problem.event.days) if day not in known]
        for day in sorted(others, key=lambda day: (min(abs(day - one) for one in known), day)):
            zh, en = day_names(problem, day)
            window = day * MINUTES_A_DAY + begin, day * MINUTES_A_DAY + end
            sentence = (
                f"允许{_zh(session)}也排在{zh}（{clock(begin)}—{clock(end)}）。",
                f"Let {_en(session)} also use {en} ({clock(begin)} to {clock(end)}).",
            )
            yield sentence, with_session(problem, session, windows=[*session.windows, window])


def _longer_hours(problem: Problem, sessions: list[Session]) -> Iterator[Change]:
    event = problem.event
    for session in sessions:
        if session.windows is None:
            continue
        days = sorted({window[0] // MINUTES_A_DAY for window in session.windows}) or range(event.days)
        windows = [(day * MINUTES_A_DAY + event.day_start, day * MINUTES_A_DAY + event.day_end) for day in days]
        hours = f"{clock(event.day_start)}—{clock(event.day_end)}"
        sentence = (
            f"把{_zh(session)}的时间范围放宽到全天（{hours}）。",
            f"Let {_en(session)} use the whole day ({clock(event.day_start)} to {clock(event.day_end)}).",
        )
        yield sentence, with_session(problem, session, windows=[*session.windows, *windows])


def _people_of(problem: Problem, sessions: list[Session]) -> Iterator[tuple[Any, int]]:
    """Yield each person of the sessions, with the number of these."""
    for person in problem.people:
        count = sum(any(part.id == person.id for part in session.people) for session in sessions)
        if count:
            yield person, count


def _daily_limit(problem: Problem, sessions: list[Session]) -> Iterator[Change]:
    for person, count in _people_of(problem, sessions):
        if person.daily_limit is not None:
            zh, en = person.called
            for limit in range(person.daily_limit + 1, count + 1):
                sentence = (
                    f"把{zh}的每日上限提高到{limit}场。",
                    f"Raise the daily limit of {en} to {limit}.",
                )
                yield sentence, _with(problem, "people", person, daily_limit=limit)


def _feature(problem: Problem, sessions: list[Session]) -> Iterator[Change]:
    for session in sessions:
        for feature in dict.fromkeys(session.features):
            sentence = f"{_zh(session)}不再要求“{feature}”。", f"Drop “{feature}” from what {_en(session)} needs."
            kept = [other for other in session.features if other != feature]
            yield sentence, with_session(problem, session, features=kept)


def _audience(problem: Problem, sessions: list[Session]) -> Iterator[Change]:
    for session in sessions:
        sizes = {room.capacity for room in problem.rooms if session.rooms is None or room.id in session.rooms}
        for size in sorted((size for size in sizes if size < session.expected), reverse=True):
            sentence = (
                f"把{_zh(session)}的预计人数降到{size}人。",
                f"Lower the expected audience of {_en(session)} to {size}.",
            )
            yield sentence, with_session(problem, session, expected=size)


def _any_room(problem: Problem, sessions: list[Session]) -> Iterator[Change]:
    for session in sessions:
        if session.rooms is not None:
            sentence = f"允许{_zh(session)}使用其他场地。", f"Let {_en(session)} use rooms that are not on its list."
            yield sentence, with_session(problem, session, rooms=None)


def _relation(problem: Problem, sessions: list[Session]) -> Iterator[Change]:
    names = {session.id: session for session in sessions}
    for k, relation in enumerate(problem.relations):
        among = [names[name] for name in relation.sessions if name in names]
        if len(among) > 1:
            zh, en = RELATIONS[relation.type]
            sentence = (
                f"取消{'、'.join(map(_zh, among))}之间“{zh}”的要求。",
                f"Drop the demand “{en}” between {', '.join(map(_en, among))}.",
            )
            yield sentence, replace(problem, relations=problem.relations[:k] + problem.relations[k + 1 :])


RELATIONS: dict[str, Sentence] = {
    "before": ("先后顺序", "one before the other"),
    "not_parallel": ("不能同时", "not at once"),
    "same_room": ("同一场地", "one room"),
    "same_day": ("同一天", "one day"),
    "different_day": ("不在同一天", "different days"),
    "consecutive_days": ("连续几天", "consecutive days"),
    "adjacent": ("前后相接", "one after the other"),
    "same_start": ("同时开始", "one start"),
}


def _series(problem: Problem, sessions: list[Session]) -> Iterator[Change]:
    for session in sessions:
        if session.series:
            sentence = f"{_zh(session)}不再属于系列活动。", f"Take {_en(session)} out of its series."
            yield sentence, with_session(problem, session, series=None)


def _presence(problem: Problem, sessions: list[Session]) -> Iterator[Change]:
    for person, _ in _people_of(problem, sessions):
        if person.windows is not None:
            zh, en = person.called
            sentence = f"请{zh}在其他时间也到场。", f"Ask {en} to come at other times too."
            yield sentence, _with(problem, "people", person, windows=None)


def _pool(problem: Problem, sessions: list[Session]) -> Iterator[Change]:
    for pool in problem.pools:
        needed = sum(session.pools.get(pool.id, 0) for session in sessions)
        if needed > pool.quantity:
            sentence = f"把{_zh(pool)}增加到{needed}。", f"Raise {_en(pool)} to {needed}."
            yield sentence, _with(problem, "pools", pool, quantity=needed)


def _kind(problem: Problem, sessions: list[Session]) -> Iterator[Change]:
    used = {session.kind for session in sessions}
    for kind in problem.kinds:
        if kind.id not in used:
            continue
        zh, en = _zh(kind), _en(kind)
        if kind.max_parallel is not None:
            sentence = f"不限{zh}类活动同时进行的场数。", f"Let any number of sessions of kind {en} run at once."
            yield sentence, _with(problem, "kinds", kind, max_parallel=None)
        if kind.hours is not None:
            sentence = f"不限{zh}类活动的时段。", f"Let sessions of kind {en} stand at other hours."
            yield sentence, _with(problem, "kinds", kind, hours=None)
        if problem.event.lunch and not kind.may_span_lunch:
            sentence = f"允许{zh}类活动占用午休。", f"Let sessions of kind {en} run through lunch."
            yield sentence, _with(problem, "kinds", kind, may_span_lunch=True)
        if kind.room_types is not None:
            sentence = f"允许{zh}类活动使用其他类型的场地。", f"Let sessions of kind {en} use rooms of other types."
            yield sentence, _with(problem, "kinds", kind, room_types=None)


FAMILIES: tuple[Family, ...] = (
    _free_start,
    _free_room,
    _free_both,
    _pin_elsewhere,
    _any_start,
    _other_days,
    _longer_hours,
    _daily_limit,
    _feature,
    _audience,
    _any_room,
    _relation,
    _series,
    _presence,
    _pool,
    _kind,
)
"""From the cheapest on; opening a room comes after them."""


def _open_room(problem: Problem, sessions: list[Session], can: Callable[[Problem], Plan | None]) -> Sentence | None:
    """Return which room to open on which day, if that is a cure: all, then a whole room, then a day of it."""
    everywhere = replace(problem, rooms=[replace(room, open=None) for room in problem.rooms])
    if can(everywhere) is None:
        return None
    for room in problem.rooms:
        if room.open is None or can(_with(problem, "rooms", room, open=None)) is None:
            continue
        for day in range(problem.event.days):
            window = day * MINUTES_A_DAY + problem.event.day_start, day * MINUTES_A_DAY + problem.event.day_end
            if can(_with(problem, "rooms", room, open=[*room.open, window])) is not None:
                zh, en = day_names(problem, day)
                return f"在{zh}开放场地{_zh(room)}。", f"Open {_en(room)} on {en}."
        return f"延长场地{_zh(room)}的开放时间。", f"Open {_en(room)} for longer."
    return None
