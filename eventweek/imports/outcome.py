"""What is told of a file, as plain JSON (pure)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from eventweek.kernel.db import Bilingual
from eventweek.kernel.errors import Refusal

Outcome = dict[str, Any]


def refused(refusal: Refusal) -> Outcome:
    """Return the outcome of a file that could not be read or may not be taken in."""
    return {"refusal": {"code": refusal.code, "facts": kept(refusal.facts)}}


def kept(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a sentence as JSON keeps them."""
    return {name: plain(fact) for name, fact in facts.items()}


def facts_of(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a sentence as they were before they were kept as JSON."""
    return {name: Bilingual(**fact) if isinstance(fact, dict) else fact for name, fact in kept.items()}


def plain(fact: Any) -> Any:
    """Return a fact of a sentence as JSON keeps it; `facts_of` gives it back."""
    if isinstance(fact, Bilingual):
        return {"zh": fact.zh, "en": fact.en}
    if isinstance(fact, date):
        return fact.isoformat()
    return fact if isinstance(fact, str | int | float | bool | None) else str(fact)
