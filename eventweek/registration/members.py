"""The people of a unit who are registered at once, as a leader types, pastes or sends them (pure)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from eventweek.kernel.errors import Refusal
from eventweek.kernel.tables.cells import Sheet

MOST_MEMBERS = 100
_BREAK = re.compile(r"[,，;；\t]")
HEADS = {
    "name": ("姓名", "name"),
    "phone": ("手机号", "手机", "电话", "phone", "mobile"),
    "email": ("邮箱", "电子邮箱", "email", "e-mail"),
}
"""How the columns of a sheet are headed, in lower case; the first is what our template says."""


@dataclass(frozen=True)
class Member:
    """One person as written, unchecked; `row`: the number of the line or of the sheet's row."""

    row: int
    name: str = ""
    phone: str = ""
    email: str = ""


def read_lines(text: str) -> list[Member]:
    """Return the people of a pasted text, a line each: name, phone or e-mail, in any order after the name.

    Raises: Refusal group.too_many.
    """
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    return _few([_member(number, [part.strip() for part in _BREAK.split(line)]) for number, line in lines])


def read_sheet(sheets: Sequence[Sheet], sample: str) -> list[Member]:
    """Return the people of a workbook's first sheet that has a column of names; `sample`: the template's own name.

    Raises: Refusal group.no_heads, group.too_many.
    """
    for sheet in sheets:
        for start, (_number, cells) in enumerate(sheet.rows[:5]):
            places = _places(cells)
            if "name" in places:
                rows = [(number, _cells(places, own)) for number, own in sheet.rows[start + 1 :]]
                return _few([Member(n, **own) for n, own in rows if any(own.values()) and own["name"] != sample])
    raise Refusal("group.no_heads")


def lines_of(members: Sequence[Member]) -> str:
    """Return people as the lines that `read_lines` takes."""
    return "\n".join("，".join(part for part in (own.name, own.phone, own.email) if part) for own in members)


def _member(number: int, parts: list[str]) -> Member:
    found = {"name": parts[0]}
    for part in parts[1:]:
        found |= {"email" if "@" in part else "phone": part} if part else {}
    return Member(number, **found)


def _places(cells: Sequence[str]) -> dict[str, int]:
    """Return where the columns stand whose heads are known."""
    said = [re.sub(r"[\s*＊]", "", cell).lower() for cell in cells]
    return {name: said.index(head) for name, heads in HEADS.items() for head in heads if head in said}


def _cells(places: dict[str, int], cells: Sequence[str]) -> dict[str, str]:
    return {name: cells[at].strip() if at < len(cells) else "" for name, at in places.items()} | {
        name: "" for name in HEADS if name not in places
    }


def _few(members: list[Member]) -> list[Member]:
    if len(members) > MOST_MEMBERS:
        raise Refusal("group.too_many", most=MOST_MEMBERS)
    return members
