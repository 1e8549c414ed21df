"""Say each refusal in the reader's language: one catalogue of stable codes, one module per room."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import LazyString, format_datetime, get_locale

from eventweek.kernel.db import Bilingual
from eventweek.kernel.errors import Refusal
from eventweek.language import (
    accounts,
    api,
    calendars,
    checkin,
    demo,
    editions,
    kernel,
    messages,
    printing,
    programme,
    proposals,
    registration,
    replanning,
    scheduling,
)

CATALOGUE: dict[str, LazyString] = {}
for room in (
    kernel,
    accounts,
    programme,
    proposals,
    scheduling,
    registration,
    replanning,
    checkin,
    messages,
    editions,
    calendars,
    printing,
    api,
    demo,
):
    CATALOGUE |= room.SENTENCES


def sentence(refusal: Refusal) -> str:
    """Return what is wrong and what to do, in the language of the request."""
    return say(refusal.code, refusal.facts)


def say(code: str, facts: Mapping[str, Any]) -> str:
    """Return the sentence of a code with its facts filled in, two languages and moments as the reader says them."""
    return str(CATALOGUE[code]) % {name: _own(value) for name, value in facts.items()}


def _own(value: Any) -> Any:
    tongue = str(get_locale()).partition("_")[0]
    if isinstance(value, datetime):
        return format_datetime(value, "d MMM HH:mm" if tongue == "en" else "M月d日 HH:mm", rebase=False)
    return value.best(tongue)[0] if isinstance(value, Bilingual) else value
