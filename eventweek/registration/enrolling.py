"""What becomes of a list of people, row by row: a pure function of who is known and of the seats there are."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eventweek.registration.enums import Fate, State
from eventweek.registration.rules import Reason


@dataclass
class Place:
    """What an offering has for a list; `why`: why it takes nobody; `free` None = no limit.

    `reviewed`: somebody decides afterwards; `held`: who asks holds a seat meanwhile. `siblings`: codes of the other
    slots of its day.
    """

    code: str
    why: Reason | None
    free: int | None
    waiting: int
    queue: bool
    reviewed: bool = False
    held: bool = False
    siblings: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Newcomer:
    """Who a row names: a checked name, organisation and contact, and the keyed hashes of that."""

    name: str
    organisation: str
    phone: str | None
    email: str | None
    key: str
    email_key: str | None

    @property
    def keys(self) -> set[str]:
        """Return by what they can be known."""
        return {key for key in (self.key, self.email_key) if key}


@dataclass(frozen=True)
class Known:
    """Somebody with a pass in this week; `holds`: codes of the offerings for which they are registered.

    `claim`: what counts them once per offering while they have proved nothing.
    """

    pass_id: int
    name: str
    organisation: str
    phone: str | None
    email: str | None
    keys: frozenset[str]
    claim: str | None
    holds: frozenset[str]


@dataclass(frozen=True)
class Wanted:
    """That a row wants one offering for one person."""

    row: int
    person: Newcomer
    offering: str


@dataclass(frozen=True)
class Told:
    """What becomes of one wish: `becomes` is the state it would have; what is wrong has field, code and facts."""

    row: int
    fate: Fate
    offering: str = ""
    becomes: str = ""
    field: str = ""
    code: str = ""
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    pass_id: int | None = None


@dataclass
class Scene:
    """What a list meets: places by code, who is known by name and key, and (offering, key) of those unproven."""

    places: dict[str, Place]
    known: Sequence[Known] = ()
    claims: set[tuple[str, str]] = dataclasses.field(default_factory=set)


def foretell(wanted: Iterable[Wanted], scene: Scene) -> list[Told]:
    """Say what becomes of each wish, in the order of the file, as if those before it had been carried out.

    Nobody is registered twice, nobody gets a seat that is not there: who finds none waits, or is refused where nobody
    waits.
    """
    people = _People(scene.known)
    return [_told(own, people, scene) for own in wanted]


class _People:
    """Who is known, and what each holds as the list goes on."""

    def __init__(self, known: Sequence[Known]) -> None:
        self._named: dict[tuple[str, str], list[Known]] = {}
        for own in known:
            for key in own.keys:
                self._named.setdefault((own.name, key), []).append(own)
        self._given: dict[tuple[str, str], set[str]] = {}

    def find(self, person: Newcomer, offering: str) -> Known | None:
        """Return whom a row means: who holds the offering already, else whose pass is the newest."""
        found = {own.pass_id: own for key in person.keys for own in self._named.get((person.name, key), [])}
        return max(found.values(), key=lambda own: (offering in own.holds, own.pass_id), default=None)

    def given(self, person: Newcomer) -> set[str]:
        """Return what this list has given them already."""
        return self._given.setdefault((person.name, person.key), set())


def _told(own: Wanted, people: _People, scene: Scene) -> Told:
    known, given, place = people.find(own.person, own.offering), people.given(own.person), scene.places[own.offering]
    pass_id = known.pass_id if known else None
    if own.offering in given:
        return Told(own.row, Fate.REPEATED, own.offering, pass_id=pass_id)
    if known and own.offering in known.holds:
        return Told(own.row, Fate.KEPT if _differs(own.person, known) else Fate.SAME, own.offering, pass_id=pass_id)
    if place.why:
        return _wrong(own, "offerings", place.why.code, place.why.facts)
    if place.siblings & (given | (known.holds if known else set())):
        return _wrong(own, "offerings", "registration.one_slot")
    claim = known.claim if known else own.person.key
    if claim and (own.offering, claim) in scene.claims:
        return _wrong(own, "phone" if own.person.phone else "email", "roster.contact_taken")
    becomes = _seat(place)
    if becomes is None:
        return _wrong(own, "offerings", "seat.full")
    given.add(own.offering)
    if claim:
        scene.claims.add((own.offering, claim))
    return Told(own.row, Fate.NEW, own.offering, becomes, pass_id=pass_id)


def _seat(place: Place) -> State | None:
    """Take a seat of a place, or a place in its queue; None where neither is to be had."""
    free = place.waiting == 0 and (place.free is None or place.free > 0)
    if free and place.free is not None and (not place.reviewed or place.held):
        place.free -= 1
    if place.reviewed:
        return State.APPLIED
    if free:
        return State.CONFIRMED
    if not place.queue:
        return None
    place.waiting += 1
    return State.WAITLISTED


def _wrong(own: Wanted, name: str, code: str, facts: Mapping[str, Any] | None = None) -> Told:
    return Told(own.row, Fate.WRONG, own.offering, "", name, code, facts or {})


def _differs(person: Newcomer, known: Known) -> bool:
    """Say whether a row says something of a person that is not what is known: it stays as it is known."""
    pairs = ((getattr(person, name), getattr(known, name)) for name in ("organisation", "phone", "email"))
    return any(said and said != held for said, held in pairs)
