"""Who may be one person twice, and what a merge of two keeps (pure)."""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import combinations

from eventweek.registration.enums import State
from eventweek.registration.rules import Reason

MOST_OF_A_NAME = 40
"""Of more people with one name only so many are compared with each other."""
BEST = (State.CONFIRMED, State.OFFERED, State.WAITLISTED, State.APPLIED, State.RETURNED)


class Likeness(StrEnum):
    """What makes two look like one: a name with a contact, with a unit, alone; or a contact with two names."""

    CONTACT = "contact"
    UNIT = "unit"
    NAME = "name"
    FAMILY = "family"


@dataclass(frozen=True)
class Known:
    """What is compared of the holder of a pass."""

    code: str
    name: str
    organisation: str
    phone: str
    email: str


@dataclass(frozen=True)
class Claim:
    """A live registration of one of two people for the same thing."""

    code: str
    state: str
    seats: int
    came: bool
    since: datetime


@dataclass(frozen=True)
class Side:
    """One of two people as a merge sees them: ids of weeks with an identity number, ids of sessions they came to."""

    name: str
    numbers: frozenset[int]
    came: frozenset[int]
    inside: bool


def name_key(name: str) -> str:
    """Return a name without what people spell differently: width, case, spaces, middle dots."""
    return "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if c.isalnum())


def list_likely(people: Iterable[Known]) -> list[tuple[Likeness, Known, Known]]:
    """Return pairs that may be one person, the likeliest first; last, those who only share a contact (a family)."""
    every = sorted(people, key=lambda own: own.code)
    found = {frozenset((one.code, other.code)): (kind, one, other) for kind, one, other in _namesakes(every)}
    for one, other in _pairs(every, lambda own: [contact for contact in (own.phone, own.email) if contact]):
        found.setdefault(frozenset((one.code, other.code)), (Likeness.FAMILY, one, other))
    order = list(Likeness)
    return sorted(found.values(), key=lambda pair: (order.index(pair[0]), pair[1].name, pair[1].code, pair[2].code))


def _namesakes(every: Collection[Known]) -> Iterator[tuple[Likeness, Known, Known]]:
    for one, other in _pairs(every, lambda own: [name_key(own.name)]):
        units = (name_key(one.organisation), name_key(other.organisation))
        if (one.phone and one.phone == other.phone) or (one.email and one.email == other.email):
            yield Likeness.CONTACT, one, other
        elif units[0] and units[0] == units[1]:
            yield Likeness.UNIT, one, other
        elif not all(units):
            yield Likeness.NAME, one, other


def _pairs(every: Collection[Known], keys: Callable[[Known], list[str]]) -> Iterator[tuple[Known, Known]]:
    groups: dict[str, list[Known]] = {}
    for own in every:
        for key in keys(own):
            groups.setdefault(key, []).append(own)
    for group in groups.values():
        yield from combinations(group[:MOST_OF_A_NAME], 2)


def best_of(claims: Sequence[Claim]) -> Claim:
    """Return which of several to keep: where they came, then the surest, the largest, the earliest, the first."""
    return min(claims, key=lambda own: (not own.came, BEST.index(State(own.state)), -own.seats, own.since))


def why_no_merge(keep: Side, lose: Side, *, same_person: bool) -> Reason | None:
    """Return why two people cannot become one, None when they can; `same_person`: it is said in spite of names."""
    if keep.came & lose.came:
        return Reason("merge.both_came")
    if lose.inside:
        return Reason("merge.inside")
    if keep.numbers & lose.numbers:
        return Reason("merge.numbers")
    if name_key(keep.name) != name_key(lose.name) and not same_person:
        return Reason("merge.names", {"keep": keep.name, "lose": lose.name})
    return None
