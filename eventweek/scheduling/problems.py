"""What is wrong with a plan (pure): each rule looks at placed sessions and names every breach of it."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import combinations, islice, pairwise
from typing import Any

from eventweek.kernel.db import Bilingual
from eventweek.programme.rules.incidents import Loss, is_lost
from eventweek.scheduling.enums import Level
from eventweek.scheduling.rulebook import BY_FINDING, CLASHES, LEVELS, STRICTEST, Rule

Hours = tuple[date | None, str, str]
"""A span of one day, or (None) of every day: `HH:MM`."""


@dataclass(frozen=True)
class RoomFacts:
    """A room: where it is, whom it holds, when it is open (spans of a day, `HH:MM`; None: every day)."""

    code: str
    name: Bilingual
    venue: str
    city: str
    capacity: int
    features: frozenset[str] = frozenset()
    hours: tuple[Hours, ...] = ()
    closures: frozenset[date] = frozenset()
    site: Bilingual = Bilingual("", "")
    """What its venue is called."""
    usable: bool = True
    """Whether neither it nor its venue is archived."""


@dataclass(frozen=True)
class PersonFacts:
    """A person: when they can come (none: always), to how many sessions a day, and whether they declined this one."""

    code: str
    name: Bilingual
    spans: tuple[tuple[date, str, str], ...] = ()
    max_per_day: int = 24
    declined: bool = False


@dataclass(frozen=True)
class Placed:
    """A session at its place; `start` and `end` on the week's clock, changeover and gaps in minutes."""

    code: str
    title: Bilingual
    start: datetime
    end: datetime
    room: RoomFacts
    family: str = "meet"
    city: str = ""
    changeover: int = 0
    expected: int = 0
    features: frozenset[str] = frozenset()
    venues: frozenset[str] = frozenset()
    days: frozenset[date] = frozenset()
    earliest: str = ""
    latest_end: str = ""
    may_span_lunch: bool = True
    plenary: bool = False
    fixed_start: datetime | None = None
    fixed_room: str = ""
    people: tuple[PersonFacts, ...] = ()
    after: tuple[tuple[str, int], ...] = ()
    together: frozenset[str] = frozenset()
    series: tuple[tuple[str, str, int], ...] = ()
    """(code, kind, position)"""

    @property
    def day(self) -> date:
        """Return the local day on which it starts."""
        return self.start.date()

    @property
    def home(self) -> str:
        """Return the city that it belongs to, else the one where it is."""
        return self.city or self.room.city

    @property
    def span(self) -> tuple[str, str]:
        """Return start and end as `HH:MM`; an end on a later day is after every hour of this one."""
        return _span(self.start, self.end)


@dataclass(frozen=True)
class WeekFacts:
    """The days of the week, its lunch, minutes from place to place; starts lie on whole multiples of minutes.

    `lost`: when rooms (codes) cannot be used.
    """

    days: frozenset[date]
    lunch: tuple[str, str] = ("", "")
    same_site: int = 0
    same_city: int = 0
    travel: Mapping[frozenset[str], int] = field(default_factory=dict)
    multiple: int = 1
    lost: Mapping[str, Sequence[Loss]] = field(default_factory=dict)

    @property
    def longest(self) -> int:
        """Return the most minutes that a person needs between any two rooms."""
        return max(self.same_site, self.same_city, *self.travel.values())

    def minutes(self, one: RoomFacts, two: RoomFacts) -> int:
        """Return how long a person needs between two rooms; on-line rooms have no city and cost no journey."""
        if one.venue == two.venue or not one.city or not two.city:
            return self.same_site
        return self.same_city if one.city == two.city else self.travel.get(frozenset({one.city, two.city}), 0)


@dataclass(frozen=True)
class Problem:
    """One breach: the word of what was found, how grave it is, the sessions' codes, and the facts of its sentence.

    `places`: where these sessions stand, each as start in UTC and room.
    """

    rule: str
    level: Level
    sessions: tuple[str, ...]
    facts: Mapping[str, Any]
    places: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """Return the code of the sentence."""
        return f"problem.{self.rule}"

    @property
    def about(self) -> Rule:
        """Return the rule that is broken, which sets the level."""
        return BY_FINDING[self.rule]

    @property
    def key(self) -> str:
        """Return the name of exactly this: another as soon as a session stands elsewhere or a number is another."""
        plain = sorted((name, value) for name, value in self.facts.items() if not isinstance(value, Bilingual))
        told = json.dumps([self.rule, self.sessions, self.places, plain])
        return hashlib.sha256(told.encode()).hexdigest()[:24]


Key = tuple[str, ...]
"""What looks at some sessions: a rule, and the room, person, session or series that they share."""


class Findings:
    """Finds the breaches of one plan after another, and looks again only where sessions of a plan are other objects."""

    def __init__(self, week: WeekFacts) -> None:
        self._week = week
        self._known: dict[Key, tuple[Sequence[Placed], list[Problem]]] = {}

    def of(self, plan: Iterable[Placed], levels: Mapping[str, Level] = LEVELS) -> list[Problem]:
        """Return every breach in a plan, the gravest first, then by the start of its first session.

        `levels`: by rule, what a breach means in the week; of rules that are ignored there is none.
        """
        placed = _by_start(plan)
        before, self._known = self._known, {}
        for key, own, look in _looks(self._week, placed):
            old = before.get(key)
            same = old is not None and len(old[0]) == len(own) and all(a is b for a, b in zip(old[0], own, strict=True))
            self._known[key] = old if old is not None and same else (own, list(look()))
        found = [problem for _own, every in self._known.values() for problem in every]
        return _in_order([*found, *_plenaries(placed)], placed, levels)


Look = tuple[Key, Sequence[Placed], Callable[[], Iterable[Problem]]]


def _looks(week: WeekFacts, placed: Sequence[Placed]) -> Iterator[Look]:
    """Yield whatever looks at sessions by themselves, or beside those with whom they share something."""
    known = {one.code: one for one in placed}
    for own in placed:
        yield ("alone", own.code), (own,), partial(_alone, week, own)
        if own.after or own.together:
            others = [known[code] for code in (*(code for code, _gap in own.after), *own.together) if code in known]
            yield ("order", own.code), (own, *others), partial(_order, own, known)
    for code, room in _by(placed, lambda p: [p.room.code]).items():
        yield ("room", code), room, partial(_room, room)
    for code, parts in sorted(_by(placed, lambda p: dict.fromkeys(person.code for person in p.people)).items()):
        yield ("person", code), parts, partial(_person, week, code, parts)
    for (kind, code), members in _members(placed).items():
        yield ("series", kind, code), [own for _position, own in members], partial(_series, kind, members)


def problems(week: WeekFacts, plan: Iterable[Placed], levels: Mapping[str, Level] = LEVELS) -> list[Problem]:
    """Return every breach in a plan, as `Findings.of` does."""
    return Findings(week).of(plan, levels)


def clashes(plan: Iterable[Placed], levels: Mapping[str, Level] = LEVELS) -> list[Problem]:
    """Return only what cannot take place, in the same order: sessions at one time in one room, or with one person.

    Of a session no more need be told than code, title, start, end, room and people.
    """
    week, placed = WeekFacts(days=frozenset()), _by_start(plan)
    found = [one for key, _own, look in _looks(week, placed) if key[0] in ("room", "person") for one in look()]
    return _in_order([problem for problem in found if problem.rule in CLASHES], placed, levels)


def _by_start(plan: Iterable[Placed]) -> list[Placed]:
    return sorted(plan, key=lambda p: (p.start, p.code))


def _in_order(found: Iterable[Problem], placed: Sequence[Placed], levels: Mapping[str, Level]) -> list[Problem]:
    at = {p.code: n for n, p in enumerate(placed)}
    meant = [(p, levels[p.about.code]) for p in found]
    graded = [p if p.level == own else replace(p, level=own) for p, own in meant if own != Level.IGNORE]
    return sorted(graded, key=lambda p: (STRICTEST.index(p.level), at[p.sessions[0]], p.rule, p.sessions))


def is_closed(start: datetime, end: datetime, hours: Sequence[Hours], closures: Set[date]) -> bool:
    """Say whether a room with these hours (none: always open) and closed days is shut at some time between the two."""
    return start.date() in closures or bool(hours and not _within(start.date(), *_span(start, end), hours))


def _span(start: datetime, end: datetime) -> tuple[str, str]:
    return _clock(start), _clock(end) if end.date() == start.date() else "99:99"


def _clock(at: datetime) -> str:
    return str(at.time())[:5]


def _breach(rule: str, *sessions: Placed, **facts: Any) -> Problem:
    named = dict(zip(("one", "two"), (s.title for s in sessions), strict=False))
    places = tuple(f"{s.start.astimezone(UTC):%Y-%m-%dT%H:%MZ} {s.room.code}" for s in sessions)
    return Problem(rule, Level.WARN, tuple(s.code for s in sessions), named | facts, places)


def _alone(week: WeekFacts, own: Placed) -> Iterator[Problem]:
    (begins, ends), day = own.span, own.day
    if day not in (own.days or week.days):
        yield _breach("day", own, day=day.isoformat())
    if (own.start.hour * 60 + own.start.minute) % week.multiple:
        yield _breach("start", own, minutes=week.multiple)
    if (own.earliest and begins < own.earliest) or (own.latest_end and ends > own.latest_end):
        yield _breach("hours", own, earliest=own.earliest or "00:00", latest=own.latest_end or "24:00")
    if not own.may_span_lunch and week.lunch[0] and begins < week.lunch[1] and ends > week.lunch[0]:
        yield _breach("lunch", own, start=week.lunch[0], end=week.lunch[1])
    for person in own.people:
        if person.declined:
            yield _breach("person_declined", own, person=person.name, who=person.code)
        spans = [span for span in person.spans if span[0] in week.days]
        if spans and not _within(day, begins, ends, spans):
            yield _breach("person_away", own, person=person.name, who=person.code)
    yield from _in_room(own)
    if is_lost(week.lost.get(own.room.code, ()), own.start, own.end):
        yield _breach("room_lost", own, room=own.room.name)


def _in_room(own: Placed) -> Iterator[Problem]:
    room, day = own.room, own.day
    if day in room.closures:
        yield _breach("room_closed", own, room=room.name, day=day.isoformat())
    elif room.hours and not _within(day, *own.span, room.hours):
        yield _breach("room_hours", own, room=room.name)
    if own.expected > room.capacity:
        yield _breach("capacity", own, room=room.name, expected=own.expected, capacity=room.capacity)
    if lacking := own.features - room.features:
        yield _breach("features", own, room=room.name, features="、".join(sorted(lacking)))
    if (own.city and own.city != room.city) or (own.venues and room.venue not in own.venues):
        yield _breach("place", own, room=room.name)
    if (own.fixed_start and own.fixed_start != own.start) or (own.fixed_room and own.fixed_room != room.code):
        yield _breach("fixed", own)


def _within(day: date, begins: str, ends: str, spans: Iterable[tuple[date | None, str, str]]) -> bool:
    return any(own in (None, day) and opens <= begins and ends <= closes for own, opens, closes in spans)


def _room(plan: Sequence[Placed]) -> Iterator[Problem]:
    longest = max(p.changeover for p in plan)
    for one, two in _near(plan, lambda a, b: max(a.changeover, b.changeover), longest):
        need = max(one.changeover, two.changeover)
        if two.start < one.end:
            yield _breach("room_overlap", one, two, room=one.room.name)
        else:
            yield _breach("changeover", one, two, room=one.room.name, minutes=need)


def _person(week: WeekFacts, code: str, plan: Sequence[Placed]) -> Iterator[Problem]:
    person = next(own for own in plan[-1].people if own.code == code)
    for one, two in _near(plan, lambda a, b: week.minutes(a.room, b.room), week.longest):
        if two.start < one.end:
            yield _breach("person_overlap", one, two, person=person.name, who=code)
        else:
            minutes = week.minutes(one.room, two.room)
            yield _breach("travel", one, two, person=person.name, who=code, minutes=minutes)
    for day in sorted({p.day for p in plan}) if len(plan) > person.max_per_day else ():
        if len(today := [p for p in plan if p.day == day]) > person.max_per_day:
            facts = {"person": person.name, "who": code, "count": len(today), "most": person.max_per_day}
            yield _breach("person_daily", *today, day=day.isoformat(), **facts)


def _plenaries(plan: Sequence[Placed]) -> Iterator[Problem]:
    for own in (p for p in plan if p.plenary):
        for other in plan:
            if other.start >= own.end:
                break
            beside = own.start < other.end and other.home == own.home
            exempt = other is own or own.code in other.together or other.family in ("show", "camp")
            if beside and not exempt:
                yield _breach("plenary", other, own)


def _order(own: Placed, known: Mapping[str, Placed]) -> Iterator[Problem]:
    for code, gap in own.after:
        if (other := known.get(code)) and own.start < other.end + timedelta(minutes=gap):
            yield _breach("order", own, other, minutes=gap)
    for code in sorted(own.together & known.keys()):
        if known[code].start != own.start:
            yield _breach("together", own, known[code])


Members = list[tuple[int, Placed]]
"""The sessions of a series, each with its position."""


def _members(plan: Sequence[Placed]) -> dict[tuple[str, str], Members]:
    groups: dict[tuple[str, str], Members] = {}
    for own in plan:
        for code, kind, position in own.series:
            groups.setdefault((kind, code), []).append((position, own))
    return groups


def _series(kind: str, members: Members) -> Iterator[Problem]:
    if kind == "linked":
        ordered = sorted(members, key=lambda m: m[0])
        for (place, one), (following, two) in pairwise(ordered):
            same = one.room.code == two.room.code and one.start.timetz() == two.start.timetz()
            if not same or (two.day - one.day).days != following - place:
                yield _breach("linked", two, one)
    for (_p, one), (_q, two) in combinations(members, 2):
        if kind == "exclusive" and two.start < one.end:
            yield _breach("exclusive", one, two)
        if kind == "tour" and one.day == two.day and one.room.city != two.room.city:
            yield _breach("tour", one, two)


def _by(plan: Sequence[Placed], keys: Callable[[Placed], Iterable[str]]) -> dict[str, list[Placed]]:
    groups: dict[str, list[Placed]] = {}
    for placed in plan:
        for key in keys(placed):
            groups.setdefault(key, []).append(placed)
    return groups


def _near(own: Sequence[Placed], gap: Callable[[Placed, Placed], int], longest: int) -> Iterator[tuple[Placed, Placed]]:
    """Yield the pairs of a group, sorted by start, between which less than the gap is left; minutes, `longest`: any."""
    for place, one in enumerate(own, 1):
        until = one.end + timedelta(minutes=longest)
        for two in islice(own, place, None):
            if two.start >= until:
                break
            if two.start < one.end + timedelta(minutes=gap(one, two)):
                yield one, two
