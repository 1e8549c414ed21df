"""The people of a unit who are registered at once, as a leader types, pastes or sends them (pure)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from eventweek.kernel.errors import Refusal
from eventweek.kernel.tables.cells import Sheet
from eventweek.registration.rosters import PEOPLE, find_table

MOST_MEMBERS = 100
_BREAK = re.compile(r"[,，;；\t]")


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
    table = find_table(sheets, PEOPLE, ("name",))
    if table is None:
        raise Refusal("group.no_heads")
    return _few([Member(number, **own) for number, own in table.rows if own["name"] != sample])


def lines_of(members: Sequence[Member]) -> str:
    """Return people as the lines that `read_lines` takes."""
    return "\n".join("，".join(part for part in (own.name, own.phone, own.email) if part) for own in members)


def _member(number: int, parts: list[str]) -> Member:
    found = {"name": parts[0]}
    for part in parts[1:]:
        found |= {"email" if "@" in part else "phone": part} if part else {}
    return Member(number, **found)


def _few(members: list[Member]) -> list[Member]:
    if len(members) > MOST_MEMBERS:
        raise Refusal("group.too_many", most=MOST_MEMBERS)
    return members
