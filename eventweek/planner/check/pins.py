"""Sessions that may not stand where they are to stay."""

from collections.abc import Iterator

from eventweek.planner.check.wording import called, capital, clock
from eventweek.planner.problem import MINUTES_A_DAY, Event, Pin, Problem, Room, Session
from eventweek.planner.reading import Fault
from eventweek.planner.week import fixed


def find(problem: Problem) -> Iterator[Fault]:
    """Yield sessions of a problem, as its mode means it, that are fixed outside the event or what they may use."""
    if problem.event.days < 1:
        return
    rooms = {room.id: room for room in problem.rooms}
    kinds = {kind.id: kind for kind in problem.kinds}
    for session in problem.sessions:
        kind, place = kinds.get(session.kind), fixed(session)
        yield from _choices(session, problem.event)
        if session.locked and place == Pin():
            yield _nowhere(session)
        if place.start is not None:
            duration = session.duration if session.duration is not None else kind.duration if kind else 0
            yield from _pinned_time(session, place.start, duration, problem.event)
        if place.room in rooms:
            yield from _pinned_room(session, rooms[place.room], kind.room_types if kind else None)


def _nowhere(session: Session) -> Fault:
    zh, en = called(session)
    return (
        f"{zh}已锁定（locked），但没有写它在哪里。请写 pin 或 published。",
        f"{capital(en)} is locked, but nothing says where it stands. Give `pin` or `published`.",
    )


def _choices(session: Session, event: Event) -> Iterator[Fault]:
    zh, en = called(session)
    for field in ("rooms", "windows", "starts"):
        if getattr(session, field) == []:
            yield (
                f"{zh}的 {field} 是空列表，什么都不允许。请写上可用的，或删去 {field} 表示不限。",
                f"{capital(en)} has an empty list in {field}, which allows nothing. List what is allowed, "
                f"or leave `{field}` out for no limit.",
            )
    for start in session.starts or []:
        if not _in_event(start, event):
            yield (
                f"{zh}的开始时间（starts）{start} 不在活动的 {event.days} 天之内。请填从第一天零点起的分钟数。",
                f"{capital(en)} may start at {start} (starts), outside of the event's {event.days} days. "
                "Give minutes from the first midnight.",
            )


def _in_event(start: int, event: Event) -> bool:
    return 0 <= start < event.days * MINUTES_A_DAY


def _in_hours(start: int, end: int, event: Event) -> bool:
    midnight = start // MINUTES_A_DAY * MINUTES_A_DAY
    return event.day_start <= start - midnight and end - midnight <= event.day_end


def _pinned_time(session: Session, start: int, duration: int, event: Event) -> Iterator[Fault]:
    zh, en = called(session)
    end = start + duration
    zh, en = f"{zh}固定在 {start}（{clock(start)}）", f"{capital(en)} is to stay at {start} ({clock(start)})"
    if not _in_event(start, event):
        yield (
            f"{zh}，不在活动的 {event.days} 天之内。请改成从第一天零点起、活动之内的分钟数。",
            f"{en}, outside of the event's {event.days} days. Give minutes from the first midnight, within it.",
        )
    elif session.windows and not any(begin <= start and end <= until for begin, until in session.windows):
        yield (
            f"{zh}，到 {clock(end)} 结束，但不在它自己的时间范围（windows）内。请改其中之一。",
            f"{en} until {clock(end)}, outside of its own `windows`. Change one of the two.",
        )
    elif session.windows is None and not _in_hours(start, end, event):
        yield (
            f"{zh}，到 {clock(end)} 结束，超出活动每天的时间（day_start、day_end）。请改时间，或给它自己的 windows。",
            f"{en} until {clock(end)}, outside of the event's hours (day_start, day_end). "
            "Change the time, or give it `windows` of its own.",
        )
    if session.starts and start not in session.starts:
        yield (
            f"{zh}，但 starts 里没有这个时间。请改其中之一。",
            f"{en}, which is not in its `starts`. Change one of the two.",
        )


def _pinned_room(session: Session, room: Room, types: list[str] | None) -> Iterator[Fault]:
    (zh, en), (room_zh, room_en) = called(session), called(room)
    zh, en = f"{zh}固定在{room_zh}", f"{capital(en)} is to stay in {room_en}"
    if session.rooms is not None and room.id not in session.rooms:
        yield (
            f"{zh}，但它可用的场地（rooms）里没有这一个。请改固定的场地，或把它加进 rooms。",
            f"{en}, which is not among its `rooms`. Change the room, or add it to `rooms`.",
        )
    if types is not None and room.type not in types:
        yield (
            f"{zh}，但场地的类型“{room.type}”不在活动类型的 room_types 里。请改固定的场地，或加上这个类型。",
            f"{en}, whose type “{room.type}” is not among the `room_types` of its kind. "
            "Change the room, or add the type.",
        )
