"""One value as the text of a cell and back: what is written is always read as the same value (pure)."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from eventweek.programme.rules.values import (
    Choice,
    Day,
    Degrees,
    Flag,
    Hour,
    Line,
    Moment,
    Ref,
    Rows,
    Several,
    Type,
    Whole,
    Wrong,
)
from eventweek.scheduling.formats.sheets.names import Names
from eventweek.scheduling.formats.sheets.tongue import Tongue, Tongues

_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+0?0:00(?::00)?)?")
_HOUR = re.compile(r"(\d{1,2})[:点时](\d{2})(?::00)?分?")
_SERIAL = re.compile(r"[3-7]\d{4}")
_FRACTION = re.compile(r"0?\.\d+")
_EPOCH = date(1899, 12, 30)
_APART = re.compile(r"[、；;，,\n]")
_YES = {"是", "yes", "y", "true", "1", "√", "✓"}
_NO = {"否", "no", "n", "false", "0", "×"}
EVERY_DAY = "*"


class Misread(Exception):
    """A cell says nothing that its column can hold: the code and the facts of the sentence."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


@dataclass(frozen=True)
class Cells:
    """Reads and writes the cells of one file: the words it may hold, the language it is written in, the rows known."""

    tongues: Tongues = field(default_factory=Tongues)
    names: Names = field(default_factory=Names)
    tongue: Tongue = field(default_factory=Tongue)

    def read(self, type_: Type, text: str, choice: str = "") -> Any:
        """Return what a cell says, for the import to check; `choice` names the words of an open choice.

        Raises: Misread sheet.flag, sheet.choice, sheet.ambiguous.
        """
        if isinstance(type_, Choice | Line) and (choice or isinstance(type_, Choice)):
            return self._code(type_, text, choice)
        if isinstance(type_, Ref):
            return self._reference(type_.subject, text)
        if isinstance(type_, Several):
            return self._several(type_, text)
        if isinstance(type_, Rows):
            return self._rows(type_, text)
        return _simple(type_, text)

    def write(self, type_: Type, value: Any, choice: str = "") -> str | int | float:
        """Return a value, as the document holds it, as the cell that `read` takes for the same."""
        if isinstance(value, bool):
            return self.tongue.word("flag", "yes" if value else "no")
        if isinstance(value, int | float):
            return value
        if isinstance(type_, Choice) or choice:
            return self.tongue.word(choice or choice_of(type_), str(value))
        if isinstance(type_, Ref):
            return self.names.label(type_.subject, value)
        if isinstance(type_, Several | Rows):
            return self._told(type_, value)
        return str(value).replace("T", " ") if isinstance(type_, Moment) else str(value)

    def _told(self, type_: Several | Rows, value: list[Any]) -> str:
        if isinstance(type_, Several):
            text = "、".join(str(self.write(type_.of, one)) for one in value)
        else:
            text = "、".join(self._row(type_, row) for row in value)
        try:
            same = type_.clean(self.read(type_, text)) == type_.clean(value)
        except (Misread, Wrong):
            same = False
        return text if same else json.dumps(value, ensure_ascii=False)

    def _row(self, type_: Rows, row: Mapping[str, Any]) -> str:
        parts = [
            str(self.write(own, row[n])) if row.get(n) not in (None, "") else "" for n, own in type_.fields.items()
        ]
        while len(parts) > 1 and not parts[-1]:
            parts.pop()
        rest = "，".join(parts[1:])
        return f"{parts[0] or EVERY_DAY}（{rest}）" if rest else parts[0]

    def _several(self, type_: Several, text: str) -> Any:
        if text.startswith("["):
            return _json(text)
        return [self.read(type_.of, one.strip()) for one in _APART.split(text) if one.strip()]

    def _rows(self, type_: Rows, text: str) -> Any:
        if text.startswith("["):
            return _json(text)
        return [self._entry(type_, one) for one in _entries(text)]

    def _entry(self, type_: Rows, text: str) -> dict[str, Any]:
        head, _open, rest = text.partition("（")
        parts = [head.strip(), *(part.strip() for part in re.split("[，,]", rest.rstrip("）")) if rest)]
        own = list(type_.fields.items())
        if len(parts) > len(own):
            raise Misread("sheet.parts", text=text[:60], most=len(own))
        return {
            name: self.read(part_type, part)
            for (name, part_type), part in zip(own, parts, strict=False)
            if part and part != EVERY_DAY
        }

    def _code(self, type_: Type, text: str, choice: str) -> str:
        code = self.tongues.code(choice or choice_of(type_), text)
        if code is None and not choice:
            words = self.tongue.choices.get(choice_of(type_), {})
            raise Misread("sheet.choice", choices="、".join(words.values()))
        return text if code is None else code

    def _reference(self, subject: str, text: str) -> str:
        found = self.names.find(subject, text)
        if len(found) > 1:
            raise Misread("sheet.ambiguous", name=text[:60], codes="、".join(found[:5]))
        return found[0] if found else text


def choice_of(type_: Type) -> str:
    """Return under which name the words of a choice are kept."""
    return type_.options.__name__ if isinstance(type_, Choice) else ""


def _simple(type_: Type, text: str) -> Any:
    plain = unicodedata.normalize("NFKC", text).strip()
    if isinstance(type_, Flag):
        return _flag(plain)
    if isinstance(type_, Whole):
        return plain.replace(",", "")
    if isinstance(type_, Degrees):
        return plain
    if isinstance(type_, Day):
        return _day(plain)
    if isinstance(type_, Hour):
        return _hour(plain)
    if isinstance(type_, Moment):
        day, _space, hour = plain.replace("T", " ").rpartition(" ")
        return f"{_day(day)}T{_hour(hour)}"
    return text


def _flag(text: str) -> bool:
    if text.casefold() in _YES | _NO:
        return text.casefold() in _YES
    raise Misread("sheet.flag")


def _day(text: str) -> str:
    if _SERIAL.fullmatch(text):
        return (_EPOCH + timedelta(days=int(text))).isoformat()
    found = _DAY.fullmatch(text)
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else text


def _hour(text: str) -> str:
    if _FRACTION.fullmatch(text):
        minutes = round(float(text) * 24 * 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    found = _HOUR.fullmatch(text)
    return f"{int(found[1]):02}:{found[2]}" if found else text


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _entries(text: str) -> list[str]:
    """Split at the separators that stand outside parentheses."""
    plain = text.replace("(", "（").replace(")", "）")
    return [one.strip() for one in re.split(r"[、；;，,\n](?![^（）]*）)", plain) if one.strip()]
