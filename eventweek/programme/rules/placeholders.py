"""Fixed names in organisers' texts that stand for facts of the week (pure); no template engine reads stored text."""

import re
from collections.abc import Iterable, Mapping

NAMES = ("week", "host", "contact", "dates", "first_day", "last_day")
"""What a text of the week may name in braces: `{contact}`."""
_NAMED = re.compile(r"\{([^{}]*)\}")


def unknown(text: str, names: Iterable[str] = NAMES) -> list[str]:
    """Return what stands in braces and is no name, each once."""
    known = set(names)
    return [found for found in dict.fromkeys(_NAMED.findall(text)) if found not in known]


def fill(text: str, facts: Mapping[str, str]) -> str:
    """Return the text with each known name replaced, once, by its fact; anything else in braces stays as it is."""
    return _NAMED.sub(lambda found: facts.get(found[1], found[0]), text)
