"""Relations and series that contradict themselves, and hours that nobody has."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from eventweek.planner.check.wording import called, capital
from eventweek.planner.problem import MINUTES_A_DAY, Common, Event, Problem, Relation, Session, Window
from eventweek.planner.reading import Fault


def find(problem: Problem) -> Iterator[Fault]:
    """Yield relations and series that contradict themselves, and hours that nobody has."""
    yield from _without_hours(problem)
    for n, relation in enumerate(problem.relations):
        yield from _relation(n, relation)
    for n, common in enumerate(problem.common):
        yield from _common(n, common)
    yield from _series(problem)
    yield from _cycles(problem)


def _without_hours(problem: Problem) -> Iterator[Fault]:
    for room in problem.rooms:
        if room.open is not None and not _reaches(room.open, problem.event):
            zh, en = called(room)
            yield (
                f"{zh}在活动期间没有开放时间（open）。请写开放时间；全天开放就删去 open。",
                f"{capital(en)} has no hours during the event (open). "
                "Give its hours; leave `open` out if it never closes.",
            )
    needed = {part.id for session in problem.sessions for part in session.people if part.required}
    for person in problem.people:
        if person.id in needed and person.windows is not None and not _reaches(person.windows, problem.event):
            zh, en = called(person)
            yield (
                f"{zh}必须参加场次，但活动期间没有可到场的时间（windows）。"
                "请写可到场时间；随时可到就删去 windows；或把 required 改为 false。",
                f"{capital(en)} is required in sessions, but can never be there during the event (windows). "
                "Give windows, leave `windows` out for always, or set `required` to false.",
            )


def _reaches(windows: list[Window], event: Event) -> bool:
    """Tell whether a window meets the days of the event; an event without days is another fault."""
    if event.days < 1:
        return bool(windows)
    return any(begin < event.days * MINUTES_A_DAY and until > 0 for begin, until in windows)


def _common(n: int, common: Common) -> Iterator[Fault]:
    if common.sessions[0] == common.sessions[1]:
        yield (
            f"共同观众 $.common[{n}] 两次写了同一场次“{common.sessions[0]}”。请写两个不同的场次，或删去。",
            f"The common audience $.common[{n}] names session “{common.sessions[0]}” twice. "
            "Name two sessions, or remove it.",
        )


def _relation(n: int, relation: Relation) -> Iterator[Fault]:
    zh, en = f"关系 $.relations[{n}]（{relation.type}）", f"The relation $.relations[{n}] ({relation.type})"
    size = len(relation.sessions)
    if relation.type == "before" and size != 2:
        yield (
            f"{zh}写了 {size} 个场次。before 正好要两个：先写在前的，再写在后的；多个场次请分成几条。",
            f"{en} has {size} sessions. `before` takes exactly two, the earlier one first; write several for more.",
        )
    elif size < 2:
        yield (
            f"{zh}只有 {size} 个场次。请至少写两个，或删去。",
            f"{en} has {size} sessions. Give at least two, or remove it.",
        )
    for name, times in Counter(relation.sessions).items():
        if times > 1:
            yield (
                f"{zh}里场次“{name}”出现了 {times} 次。请每个只写一次。",
                f"{en} names session “{name}” {times} times. Name each but once.",
            )
    if relation.max_lag is not None and relation.max_lag < relation.min_lag:
        yield (
            f"{zh}的最大间隔（max_lag，{relation.max_lag}）小于最小间隔（min_lag，{relation.min_lag}）。请更正。",
            f"{en} has a max_lag of {relation.max_lag}, less than its min_lag of {relation.min_lag}. Correct one.",
        )


def _members(problem: Problem) -> dict[str, list[Session]]:
    members: dict[str, list[Session]] = defaultdict(list)
    for session in problem.sessions:
        if session.series:
            members[session.series.id].append(session)
    return members


def _series(problem: Problem) -> Iterator[Fault]:
    for name, members in _members(problem).items():
        numbers = Counter(one.series.index for one in members if one.series)
        for index, times in numbers.items():
            if times > 1:
                yield (
                    f"系列“{name}”里有 {times} 场的序号（index）都是 {index}。请给每场不同的序号。",
                    f"{times} sessions of series “{name}” have index {index}. Give each a number of its own.",
                )
        days = max(numbers) - min(numbers) + 1
        if days > problem.event.days > 0 and all(one.series and one.series.strict for one in members):
            yield (
                f"系列“{name}”每天一场要 {days} 天，活动只有 {problem.event.days} 天。"
                "请减少场次、改序号，或把 strict 改为 false。",
                f"Series “{name}” needs {days} days, one a session, but the event has {problem.event.days}. "
                "Shorten it, renumber it, or set `strict` to false.",
            )


def _cycles(problem: Problem) -> Iterator[Fault]:
    """Yield each circle of sessions that must all come before one another."""
    setting = problem.weights.get("precedence")
    usual = (setting and setting.level) or "hard"
    before: dict[str, set[str]] = {}
    for relation in problem.relations:
        hard = usual != "ignore" and (relation.level or usual) == "hard"
        if hard and relation.type == "before" and len(set(relation.sessions)) == 2 == len(relation.sessions):
            before.setdefault(relation.sessions[1], set()).add(relation.sessions[0])
    titles = {session.id: session.called for session in problem.sessions}
    while circle := _circle(before):
        zh, en = (" → ".join(f"“{titles.get(name, (name, name))[n]}”" for name in circle) for n in (0, 1))
        yield (
            f"先后顺序绕成了圈：{zh}。请删去其中一条 before。",
            f"The order goes round in a circle: {en}. Remove one of these `before`.",
        )
        before = {name: earlier for name, earlier in before.items() if name not in circle}


def _circle(before: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter({name: sorted(earlier) for name, earlier in before.items()}).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []
