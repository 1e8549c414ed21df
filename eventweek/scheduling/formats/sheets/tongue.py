"""The words of the sheets in one language, and what they mean in any: names of sheets, heads, choices (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Tongue:
    """The words of one language; a head is kept under `section.field` or under the field alone."""

    sheets: Mapping[str, str] = field(default_factory=dict)
    heads: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    former: Mapping[str, str] = field(default_factory=dict)

    def head(self, section: str, name: str) -> str:
        """Return the head of a field's column."""
        return self.heads.get(f"{section}.{name}") or self.heads.get(name, name)

    def word(self, choice: str, code: str) -> str:
        """Return the word of a choice's code."""
        return self.choices.get(choice, {}).get(code, code)


@dataclass(frozen=True)
class Tongues:
    """The words of every language, to be read whichever was written."""

    every: tuple[Tongue, ...] = ()

    def section(self, name: str, sections: Iterable[str]) -> str:
        """Return the section that a sheet's name means; empty where it means none."""
        known = {_folded(section): section for section in sections}
        every = [names for tongue in self.every for names in (tongue.former, tongue.sheets)]
        known |= {_folded(names[section]): section for names in every for section in sections if section in names}
        return known.get(_folded(name), "")

    def columns(self, section: str, names: Iterable[str]) -> dict[str, str]:
        """Return the fields of a section by every head that means them, folded."""
        own = list(names)
        heads = {_folded(t.head(section, name)): name for t in self.every for name in own}
        return heads | {_folded(name): name for name in own}

    def code(self, choice: str, word: str) -> str | None:
        """Return the code that a word means, None where it means none."""
        for tongue in self.every:
            for code, own in tongue.choices.get(choice, {}).items():
                if _folded(word) in (_folded(own), code):
                    return code
        return None


def folded(head: str) -> str:
    """Return a head in the form in which heads are compared: small letters, no spaces, no star."""
    return _folded(head)


def _folded(text: str) -> str:
    return "".join(text.split()).rstrip("*").casefold()
