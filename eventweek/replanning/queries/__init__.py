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
from eventweek.replanning.queries.effects import Effects, Foreseen, Resizing, foresee, read_effects
from eventweek.replanning.queries.promoting import Stir, foresee_stir
from eventweek.replanning.queries.swaps import list_swaps

__all__ = [
    "Affected",
    "AffectedFacts",
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
    "read_effects",
]
