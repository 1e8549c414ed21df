"""Names that are used twice, or that nothing has."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from eventweek.planner.check.wording import NOUNS, called, capital
from eventweek.planner.constraints.rule import Rule
from eventweek.planner.problem import City, Kind, Person, Pool, Problem, Room, Session, Venue, Wish
from eventweek.planner.reading import Fault, nearest

Use = tuple[Fault, str, type, Iterable[str]]
"""Who names what: the thing, its field, what is meant, the names."""


def find(problem: Problem, rules: Sequence[Rule]) -> Iterator[Fault]:
    """Yield names that are used twice, or that nothing has."""
    sections = _sections(problem)
    for of, (field, records) in sections.items():
        yield from _doubles(of, field, records)
    known = {of: {record.id for record in records} for of, (_, records) in sections.items()}
    for where, field, of, names in _uses(problem):
        for name in names:
            if name not in known[of]:
                yield _unknown(where, field, of, name, sections[of][0], known[of])
    yield from _places(problem, known[City] | known[Venue])
    for session in problem.sessions:
        yield from _twice(session)
    limits = {rule.code: rule.limit for rule in rules}
    for code, setting in problem.weights.items():
        if code not in limits:
            yield _no_rule(code, limits)
        elif setting.limit is not None and limits[code] is None:
            yield _no_limit(code, [name for name, limit in limits.items() if limit is not None])


def _sections(problem: Problem) -> dict[type, tuple[str, Collection[Any]]]:
    return {
        City: ("cities", problem.cities),
        Venue: ("venues", problem.venues),
        Room: ("rooms", problem.rooms),
        Pool: ("pools", problem.pools),
        Person: ("people", problem.people),
        Kind: ("kinds", problem.kinds),
        Session: ("sessions", problem.sessions),
    }


def _doubles(of: type, field: str, records: Iterable[Any]) -> Iterator[Fault]:
    zh, en = NOUNS[of]
    for name, times in Counter(record.id for record in records).items():
        if not name:
            yield f"{field} 里有{zh}没有 id。请给它一个。", f"A {en} in `{field}` has an empty id. Give it one."
        elif times > 1:
            yield (
                f"{times} 个{zh}用了同一个 id“{name}”。请给每个不同的 id。",
                f"The id “{name}” is used for {times} {field}. Give each an id of its own.",
            )


def _uses(problem: Problem) -> Iterator[Use]:
    for venue in problem.venues:
        yield called(venue), "city", City, _one(venue.city)
    for room in problem.rooms:
        yield called(room), "venue", Venue, [room.venue]
    for person in problem.people:
        yield from _wishes(person)
    for session in problem.sessions:
        yield from _uses_of(session)
    for n, relation in enumerate(problem.relations):
        where = f"关系 $.relations[{n}]（{relation.type}）", f"the relation $.relations[{n}] ({relation.type})"
        yield where, "sessions", Session, relation.sessions
    for n, common in enumerate(problem.common):
        yield (f"共同观众 $.common[{n}]", f"the common audience $.common[{n}]"), "sessions", Session, common.sessions


def _wishes(record: Person | Session) -> Iterator[Use]:
    for field in ("prefers", "avoids"):
        wish: Wish | None = getattr(record, field)
        yield called(record), f"{field}.rooms", Room, wish.rooms if wish else []


def _uses_of(session: Session) -> Iterator[Use]:
    where = called(session)
    yield where, "kind", Kind, [session.kind]
    yield where, "people", Person, [part.id for part in session.people]
    yield where, "rooms", Room, session.rooms or []
    yield where, "pools", Pool, session.pools
    yield where, "pin.room", Room, _one(session.pin.room if session.pin else None)
    yield where, "published.room", Room, _one(session.published.room if session.published else None)
    yield where, "follows", Session, _one(session.follows)
    yield from _wishes(session)


def _one(name: str | None) -> list[str]:
    return [] if name is None else [name]


def _unknown(where: Fault, field: str, of: type, name: str, section: str, known: Collection[str]) -> Fault:
    zh, en = NOUNS[of]
    near = nearest(name, known)
    cure = (
        (f"是否应为“{near}”？请更正，", f"Did you mean “{near}”? Correct it,") if near else ("请更正，", "Correct it,")
    )
    return (
        f"{where[0]}的 {field} 提到{zh}“{name}”，但没有这个{zh}。{cure[0]}或在 {section} 里补上。",
        f"{capital(where[1])} names {en} “{name}” in {field}, but there is none. {cure[1]} or add it to `{section}`.",
    )


def _places(problem: Problem, known: Collection[str]) -> Iterator[Fault]:
    for person in problem.people:
        if person.home is not None and person.home not in known:
            zh, en = called(person)
            yield (
                f"{zh}的 home 写着“{person.home}”，但没有这个城市或场馆。请更正，或在 cities、venues 里补上。",
                f"{capital(en)} has its home at “{person.home}”, but there is no such city or venue. "
                "Correct it, or add it to `cities` or `venues`.",
            )
    for way in problem.travel.journeys:
        for name in way.between:
            if name not in known:
                yield (
                    f"路程（travel.journeys）提到“{name}”，但没有这个城市或场馆。请更正，或在 cities、venues 里补上。",
                    f"A journey (travel.journeys) names “{name}”, but there is no such city or venue. "
                    "Correct it, or add it to `cities` or `venues`.",
                )


def _twice(session: Session) -> Iterator[Fault]:
    zh, en = called(session)
    for name, times in Counter(part.id for part in session.people).items():
        if times > 1:
            yield (
                f"{zh}的 people 里人员“{name}”出现了 {times} 次。请只留一次。",
                f"{capital(en)} names person “{name}” {times} times in people. Keep one.",
            )


def _no_rule(code: str, codes: Collection[str]) -> Fault:
    near = nearest(code, codes)
    if near:
        cure = f"是否应为“{near}”？请更正。", f"Did you mean “{near}”? Correct it."
    else:
        cure = f"请选用：{'、'.join(codes)}。", f"Use one of: {', '.join(codes)}."
    return f"weights 里的“{code}”不是任何规则。{cure[0]}", f"No rule is called “{code}” (weights). {cure[1]}"


def _no_limit(code: str, codes: Collection[str]) -> Fault:
    return (
        f"weights 里的规则“{code}”没有 limit。请删去它；有 limit 的规则是：{'、'.join(codes)}。",
        f"Rule “{code}” (weights) has no `limit`. Remove it; rules with one are: {', '.join(codes)}.",
    )
