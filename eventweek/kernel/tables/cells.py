"""Cells as text: numbers, days and times in one spelling, texts trimmed; what cannot be trusted is a fault."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

MOST_ROWS = 20_000
_EXACT = 10**15
_SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?[Ee]\+?\d{1,3}")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_ACTIVE = re.compile(r"'*[=+\-@\t\r]")


@dataclass(frozen=True)
class Fault:
    """A cell (row and column from 1) that cannot be taken as it stands, with the facts of its sentence."""

    row: int
    column: int
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Sheet:
    """The rows that hold something, each with its number from 1, and the cells that cannot be trusted."""

    name: str
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class Distrusted(Exception):
    """A value has lost something before it came here: the code of the fault."""


def text_of(value: Any) -> str:
    """Return a cell's value as text.

    Raises: Distrusted table.long_number, table.scientific.
    """
    if isinstance(value, str):
        return _plain(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(float(value))
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    return _moment(value)


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; `text_of` gives the text itself back."""
    return f"'{text}" if _ACTIVE.match(text) else text


def column_letters(column: int) -> str:
    """Return a column's letters: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """Return a cell's name, such as B7."""
    return f"{column_letters(column)}{row}"


def _plain(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if _SCIENTIFIC.fullmatch(text):
        raise Distrusted("table.scientific")
    return text[1:] if _GUARDED.match(text) else text


def _number(number: float) -> str:
    if not math.isfinite(number) or abs(number) >= _EXACT:
        raise Distrusted("table.long_number")
    return str(int(number)) if number.is_integer() else format(number, ".15g")


def _moment(value: date | datetime | time) -> str:
    if isinstance(value, datetime):
        return (value + timedelta(seconds=30)).strftime("%Y-%m-%d %H:%M")  # a day's fraction is a moment too early
    return value.strftime("%H:%M") if isinstance(value, time) else value.isoformat()
