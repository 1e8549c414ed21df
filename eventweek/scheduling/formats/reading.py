"""What every format gives back: a document for the import, and the way back from its paths to places in the file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from eventweek.scheduling.formats.sheets.names import Names
from eventweek.scheduling.formats.sheets.tongue import Tongue, Tongues


@dataclass(frozen=True)
class Context:
    """What a file cannot say itself: the code of the week that it goes into (empty: the file names its own).

    `tongues` are the words that sheets may hold, `tongue` those of the reader, `names` what rows are called;
    `timezone` is the zone of a schedule that names none, usually the week's.
    """

    week: str = ""
    tongues: Tongues = field(default_factory=Tongues)
    tongue: Tongue = field(default_factory=Tongue)
    names: Names = field(default_factory=Names)
    timezone: str = ""


@dataclass(frozen=True)
class Place:
    """Where something stands in a file: a cell (sheet, row from 1, head of the column), a line, or a path.

    `value` is the text that stands there, where the format knows it better than the document.
    """

    path: str
    sheet: str = ""
    row: int = 0
    column: str = ""
    line: int = 0
    value: str | None = None


@dataclass(frozen=True)
class Fault:
    """What a reader itself found wrong, told beside what the import finds."""

    place: Place
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """A document as the import takes it, the place of each of its paths, and what could not be read.

    `notes` tell what was assumed or left out, as (code, facts): nothing is wrong with them.
    """

    format: str
    document: Mapping[str, Any]
    locate: Callable[[str], Place] = Place
    faults: tuple[Fault, ...] = ()
    notes: tuple[tuple[str, Mapping[str, Any]], ...] = ()
