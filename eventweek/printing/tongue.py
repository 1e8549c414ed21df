"""The words of a paper in one language, as whoever runs the job gives them (pure)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Tongue:
    """What a paper says of its own: `words` by name, the words of fixed codes, how days and moments are written.

    `pieces`: a large title as the words between which a line may end.
    """

    language: str
    words: Mapping[str, str]
    roles: Mapping[str, str]
    registration: Mapping[str, str]
    families: Mapping[str, str]
    day: Callable[[date], str]
    full_day: Callable[[date], str]
    span: Callable[[date, date], str]
    stamp: Callable[[datetime], str]
    pieces: Callable[[str], Sequence[str]]

    def say(self, pair: Mapping[str, str] | None) -> str:
        """Return a text in this language, else in the other."""
        if not pair:
            return ""
        first, second = ("en", "zh") if self.language == "en" else ("zh", "en")
        return pair[first] or pair[second]

    def brief(self, named: Mapping[str, object]) -> str:
        """Return the short name (简称) of a venue, room or organisation, else the whole one."""
        short = named.get("short")
        own = dict(short) if isinstance(short, Mapping) else {}
        return str(own.get(self.language) or "") or self.say({name: str(named[name]) for name in ("zh", "en")})
