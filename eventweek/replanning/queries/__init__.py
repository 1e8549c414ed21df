"""Reads of re-planning: what a release does to people, whom it affected, where they could go instead."""

from eventweek.replanning.queries.affected import (
    Affected,
    AffectedFacts,
    Wanted,
    count_affected,
    facts_of,
    find_affected,
    find_asked,
    list_affected,
    map_questions,
)
from eventweek.replanning.queries.effects import (
    Consequence,
    Effects,
    Foreseen,
    Resizing,
    foresee,
    pairs_of,
    read_effects,
)
from eventweek.replanning.queries.promoting import Stir, foresee_stir
from eventweek.replanning.queries.swaps import list_swaps

__all__ = [
    "Affected",
    "AffectedFacts",
    "Consequence",
    "Effects",
    "Foreseen",
    "Resizing",
    "Stir",
    "Wanted",
    "count_affected",
    "facts_of",
    "find_affected",
    "find_asked",
    "foresee",
    "foresee_stir",
    "list_affected",
    "list_swaps",
    "map_questions",
    "pairs_of",
    "read_effects",
]
