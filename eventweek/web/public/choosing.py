"""Filters of the programme: every choice is an address and says how many sessions it would leave (pure)."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from eventweek.scheduling.queries import PublishedSession
from eventweek.scheduling.traits import FACETS, fits, traits

TOGETHER = {"family": ("family", "kind"), "kind": ("family", "kind")}
FAMILIES = ("meet", "show", "contest", "class", "camp")
Address = Callable[[Mapping[str, str]], str]


@dataclass(frozen=True)
class Choice:
    """One link of a facet: what it is called, what it leaves, where it leads; a chosen one leads back."""

    value: str
    label: dict[str, str]
    count: int
    chosen: bool
    href: str
    family: str = ""


@dataclass(frozen=True)
class Programme:
    """What a visitor asked for and what the programme answers."""

    asked: dict[str, str]
    shown: list[PublishedSession]
    facets: dict[str, list[Choice]]

    @property
    def chosen(self) -> list[Choice]:
        """Return the choices in force; each one's address removes it."""
        return [choice for name in FACETS if name != "day" for choice in self.facets[name] if choice.chosen]


def choose(
    sessions: list[PublishedSession], asked: dict[str, str], zone: str, free: frozenset[str], address: Address
) -> Programme:
    """Narrow the sessions to what is asked (facet -> value, `q` words) and count every other choice."""
    found = [(s, traits(s, zone, free)) for s in sessions if s.matches(asked.get("q", ""))]
    facets = {}
    for name in FACETS:
        own = TOGETHER.get(name, (name,))
        rest = {key: value for key, value in asked.items() if key not in own}
        counts = Counter(value for _s, own_traits in found if fits(own_traits, rest) for value in own_traits[name])
        facets[name] = _choices(name, sessions, counts, asked, rest, address)
    return Programme(asked, [s for s, own_traits in found if fits(own_traits, asked)], facets)


def _choices(
    name: str,
    sessions: list[PublishedSession],
    counts: Counter[str],
    asked: dict[str, str],
    rest: dict[str, str],
    address: Address,
) -> list[Choice]:
    result = []
    for value, (label, family) in _named(name, sessions).items():
        on = asked.get(name) == value
        href = address(rest if on else {**rest, name: value})
        result.append(Choice(value, label, counts[value], on, href, family))
    return result


def _named(name: str, sessions: Iterable[PublishedSession]) -> dict[str, tuple[dict[str, str], str]]:
    """Return what a facet offers in the whole programme: value -> (name, family), in reading order."""
    if name == "day":
        return {}
    if name == "seats":
        return {"open": ({}, "")}
    if name == "family":
        present = {s.facts["kind"]["family"] for s in sessions}
        return {family: ({}, family) for family in (*FAMILIES, *sorted(present - set(FAMILIES))) if family in present}
    rows = [row for s in sessions for row in _rows(name, s.facts)]
    return {row["code"]: (row, row.get("family", "")) for row in sorted(rows, key=_order)}


def _rows(name: str, facts: dict[str, Any]) -> list[dict[str, str]]:
    if name in ("city", "venue", "kind"):
        return [facts[name]] if facts[name] else []
    return [tag for tag in facts["tags"] if tag["set"] == name]


def _order(row: dict[str, str]) -> tuple[int, str, str]:
    family = row.get("family", "")
    return FAMILIES.index(family) if family in FAMILIES else len(FAMILIES), family, row["code"]
