"""Lists of people (名单) as somebody brings them: where their columns stand, and what each row says (pure)."""

import dataclasses
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eventweek.kernel.errors import Refusal
from eventweek.kernel.tables.cells import Sheet

MOST_LINES = 1000
MOST_CHOICES = 20
LARGEST = 5_000_000
Heads = Mapping[str, tuple[str, ...]]
PEOPLE: Heads = {
    "name": ("姓名", "name"),
    "phone": ("手机号", "手机", "手机号码", "电话", "mobilenumber", "phone", "mobile"),
    "email": ("邮箱", "电子邮箱", "email", "e-mail"),
}
"""How the columns of people are headed, in lower case."""
HEADS: Heads = {
    **PEOPLE,
    "organisation": ("所在单位", "单位", "工作单位", "organisation", "organization", "company"),
    "offerings": ("报名项", "场次", "活动", "offering", "offerings", "session", "sessions"),
}
"""How the columns of a list for several offerings are headed; spaces and stars do not count."""
_LONGEST = {"name": 200, "phone": 60, "email": 300, "organisation": 200, "offerings": 1000}
_COMMENT = ("#", "＃")
_DEEPEST = 8
_BREAK = re.compile(r"[;；\n]")


@dataclass(frozen=True)
class Blemish:
    """A cell that cannot be taken as it stands: its field, the code and the facts of its sentence."""

    field: str
    code: str
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One row as it was written, unchecked; `row`: its number in the sheet."""

    row: int
    name: str = ""
    phone: str = ""
    email: str = ""
    organisation: str = ""
    offerings: str = ""
    blemishes: tuple[Blemish, ...] = ()


@dataclass(frozen=True)
class Table:
    """The first sheet whose heads are known: where its columns stand (from 0), and the rows below its heads."""

    sheet: Sheet
    places: Mapping[str, int]
    rows: Sequence[tuple[int, dict[str, str]]]


def find_table(sheets: Sequence[Sheet], heads: Heads, needed: Collection[str]) -> Table | None:
    """Return the first sheet that has the needed columns among its first rows; empty rows below are passed over."""
    for sheet in sheets:
        for start, (_number, cells) in enumerate(sheet.rows[:_DEEPEST]):
            places = _places(cells, heads)
            if places.keys() >= set(needed):
                rows = [(number, _cells(places, own, heads)) for number, own in sheet.rows[start + 1 :]]
                return Table(sheet, places, [(number, own) for number, own in rows if any(own.values())])
    return None


def read_roster(sheets: Sequence[Sheet]) -> list[Line]:
    """Return the rows of a list, without those that begin with #; columns that nobody asks for are left behind.

    Raises: Refusal roster.no_heads, roster.empty, roster.too_many with `most`.
    """
    table = find_table(sheets, HEADS, ("name", "offerings"))
    if table is None or not table.places.keys() & {"phone", "email"}:
        raise Refusal("roster.no_heads")
    rows = [(number, own) for number, own in table.rows if not own["name"].startswith(_COMMENT)]
    if not rows:
        raise Refusal("roster.empty")
    if len(rows) > MOST_LINES:
        raise Refusal("roster.too_many", most=MOST_LINES)
    faults: dict[int, list[Blemish]] = {}
    fields = {at + 1: name for name, at in table.places.items()}
    for fault in table.sheet.faults:
        if fault.column in fields:
            faults.setdefault(fault.row, []).append(Blemish(fields[fault.column], fault.code, fault.facts))
    return [_line(number, own, faults.get(number, [])) for number, own in rows]


def list_wanted(text: str, catalogue: Mapping[str, Collection[str]]) -> list[tuple[str, Collection[str]]]:
    """Return the offerings that a cell names, each with the codes that it can mean.

    The whole cell is one name if it is known, else its parts between semicolons or line ends; what begins with a code
    is that one. `catalogue`: codes by the names as `spelt` spells them.
    """
    whole = catalogue.get(spelt(text))
    if whole:
        return [(text, whole)]
    parts = [part.strip() for part in _BREAK.split(text) if part.strip()]
    return [(part, catalogue.get(spelt(part)) or catalogue.get(spelt(part).partition(" ")[0], ())) for part in parts]


def spelt(text: str) -> str:
    """Return a name in the spelling in which names are compared."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _line(row: int, cells: Mapping[str, str], faults: Sequence[Blemish]) -> Line:
    long = [name for name, most in _LONGEST.items() if len(cells[name]) > most]
    told = [Blemish(name, "text.too_long", {"longest": _LONGEST[name], "length": len(cells[name])}) for name in long]
    kept = {name: cells[name][: _LONGEST[name]] for name in _LONGEST}
    return Line(row, **kept, blemishes=(*faults, *told))


def _places(cells: Sequence[str], heads: Heads) -> dict[str, int]:
    said = [re.sub(r"[\s*＊]", "", cell).lower() for cell in cells]
    return {name: said.index(word) for name, words in heads.items() for word in words[::-1] if word in said}


def _cells(places: Mapping[str, int], cells: Sequence[str], heads: Heads) -> dict[str, str]:
    read = {name: cells[at].strip() if at < len(cells) else "" for name, at in places.items()}
    return {name: "" for name in heads if name not in places} | read
