"""What rows are called: a reference may be written as a name where the name is one row's alone (pure)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Names:
    """References by subject and name, and names by subject and reference, of the database and of a file.

    `identities`: references by section and the values that make a row the same without a key.
    """

    references: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    labels: dict[tuple[str, str], str] = field(default_factory=dict)
    identities: dict[tuple[str, tuple[str, ...]], str] = field(default_factory=dict)

    def add(self, subject: str, reference: str, names: Iterable[str]) -> None:
        """Take in a row; the first of its names is the one to be shown."""
        own = [name for name in names if name]
        for name in own:
            self.references[subject, name].add(reference)
        if own:
            self.labels[subject, reference] = own[0]

    def find(self, subject: str, text: str) -> list[str]:
        """Return the references that a text may mean: itself where it is one, else the rows of that name."""
        if (subject, text) in self.labels:
            return [text]
        return sorted(self.references.get((subject, text), ()))

    def label(self, subject: str, reference: str) -> str:
        """Return the name by which a row is found again, its reference where no name is its own."""
        name = self.labels.get((subject, reference), reference)
        return name if self.find(subject, name) == [reference] else reference

    def within(self, venue: str, room: str) -> str:
        """Return a room's name with that of its venue, by which it is told from the halls of others."""
        return f"{self.labels['venue', venue]} {room}" if room and ("venue", venue) in self.labels else ""
