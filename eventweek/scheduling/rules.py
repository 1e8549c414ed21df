"""Who and what cannot be in two places at once (pure): the rules that stop a release."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from eventweek.kernel.db import Bilingual


@dataclass(frozen=True)
class Slot:
    """A session's hold on a room and on people from `start` to `end` (aware; the end is free again)."""

    code: str
    title: Bilingual
    start: datetime
    end: datetime
    room: str
    people: frozenset[str]


@dataclass(frozen=True)
class Clash:
    """Two sessions that cannot both take place; `rule` is `room_overlap` or `person_overlap`."""

    rule: str
    one: Slot
    two: Slot
    persons: tuple[str, ...] = ()


def occupied(facts: dict[str, Any]) -> Slot:
    """Return what a snapshot holds."""
    start = datetime.strptime(facts["start"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    title = Bilingual(facts["title"]["zh"], facts["title"]["en"])
    people = frozenset(person["code"] for person in facts["people"])
    end = start + timedelta(minutes=facts["minutes"])
    return Slot(facts["code"], title, start, end, facts["room"]["code"], people)


def clashes(slots: Iterable[Slot]) -> list[Clash]:
    """Return every pair that shares a room or a person at the same time, by start and code."""
    found: list[Clash] = []
    running: list[Slot] = []
    for slot in sorted(slots, key=lambda s: (s.start, s.code)):
        running = [other for other in running if other.end > slot.start]
        for other in running:
            found += _pair(other, slot)
        running.append(slot)
    return found


def _pair(one: Slot, two: Slot) -> Sequence[Clash]:
    shared = tuple(sorted(one.people & two.people))
    room = [Clash("room_overlap", one, two)] if one.room == two.room else []
    return room + ([Clash("person_overlap", one, two, shared)] if shared else [])


def named(found: Sequence[Clash], most: int = 5) -> Bilingual:
    """Return the pairs that clash, in both languages, at most so many of them."""
    pairs = [(clash.one.title, clash.two.title) for clash in found[:most]]
    zh = "；".join(f"{one.best('zh')[0]} ↔ {two.best('zh')[0]}" for one, two in pairs)
    return Bilingual(zh, "; ".join(f"{one.best('en')[0]} ↔ {two.best('en')[0]}" for one, two in pairs))
