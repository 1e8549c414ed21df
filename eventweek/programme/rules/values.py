"""The types of the values that an editor sends: each cleans one value or says what is wrong with it (pure)."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from eventweek.kernel.errors import FieldError, Refusal
from eventweek.kernel.text import clean_line, clean_text

Schema = dict[str, Any]
_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


class Wrong(Exception):
    """A value cannot be used: the stable code, its facts, and where inside the value."""

    def __init__(self, code: str, at: str = "", **facts: Any) -> None:
        super().__init__(code)
        self.error = FieldError(at, code, facts)


class Type(Protocol):
    """One kind of value; `default` stands where nothing is given, `required` forbids an empty one."""

    @property
    def default(self) -> Any:
        """Give the value of a field that is left out."""

    @property
    def required(self) -> bool:
        """Say whether the field must be filled."""

    def clean(self, value: object) -> Any:
        """Return the clean value.

        Raises: Wrong.
        """

    def schema(self) -> Schema:
        """Describe the value in JSON Schema (2020-12)."""


@dataclass(frozen=True)
class Line:
    """One line of at most `longest` characters; `shape` is a pattern it must match whole."""

    longest: int
    required: bool = False
    shape: str = ""
    default: str = ""

    def clean(self, value: object) -> str:
        """Raises: Wrong value.type, text.too_long, value.shape."""
        text = _shortened(clean_line, value, self.longest)
        if text and self.shape and not re.fullmatch(self.shape, text):
            raise Wrong("value.shape")
        return text

    def schema(self) -> Schema:
        """Describe a string."""
        extra = {"pattern": f"^({self.shape})?$"} if self.shape else {}
        return {"type": "string", "maxLength": self.longest, **extra}


@dataclass(frozen=True)
class Prose:
    """Several lines of at most `longest` characters, such as Markdown."""

    longest: int
    required: bool = False
    default: str = ""

    def clean(self, value: object) -> str:
        """Raises: Wrong value.type, text.too_long."""
        return _shortened(clean_text, value, self.longest)

    def schema(self) -> Schema:
        """Describe a string."""
        return {"type": "string", "maxLength": self.longest}


@dataclass(frozen=True)
class Whole:
    """A whole number between `least` and `most`; a string of digits is read as one."""

    least: int
    most: int
    default: int | None = None
    required: bool = False

    def clean(self, value: object) -> int | None:
        """Raises: Wrong value.type, number.range."""
        if value is None or value == "":
            return self.default
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,9}", value.strip()):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise Wrong("number.whole", least=self.least, most=self.most)
        if not self.least <= value <= self.most:
            raise Wrong("number.range", least=self.least, most=self.most)
        return value

    def schema(self) -> Schema:
        """Describe an integer."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True)
class Degrees:
    """A finite number of degrees between -`most` and `most`, or nothing."""

    most: int
    required: bool = False
    default: None = None

    def clean(self, value: object) -> float | None:
        """Raises: Wrong number.range."""
        if value is None or value == "":
            return None
        try:
            number = math.nan if isinstance(value, bool) else float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if not -self.most <= number <= self.most:
            raise Wrong("number.range", least=-self.most, most=self.most)
        return number

    def schema(self) -> Schema:
        """Describe a number."""
        return {"type": ["number", "null"], "minimum": -self.most, "maximum": self.most}


@dataclass(frozen=True)
class Flag:
    """Yes or no."""

    default: bool = False
    required: bool = False

    def clean(self, value: object) -> bool:
        """Raises: Wrong value.type."""
        if not isinstance(value, bool):
            raise Wrong("value.type")
        return value

    def schema(self) -> Schema:
        """Describe a boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True)
class Day:
    """A day, as a date or as `YYYY-MM-DD`, of this century."""

    required: bool = False
    default: None = None

    def clean(self, value: object) -> date | None:
        """Raises: Wrong day.unknown."""
        if value is None or value == "":
            return None
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            try:
                value = date.fromisoformat(value)
            except ValueError:
                raise Wrong("day.unknown") from None
        if not isinstance(value, date) or isinstance(value, datetime) or not 2000 <= value.year <= 2099:
            raise Wrong("day.unknown")
        return value

    def schema(self) -> Schema:
        """Describe a date string."""
        return {"type": ["string"] if self.required else ["string", "null"], "format": "date"}


@dataclass(frozen=True)
class Hour:
    """A local time `HH:MM` (24:00 is the day's end), or nothing."""

    required: bool = False
    default: str = ""

    def clean(self, value: object) -> str:
        """Raises: Wrong hour.unknown."""
        if value is None or value == "":
            return ""
        if not isinstance(value, str) or not _HOUR.fullmatch(value):
            raise Wrong("hour.unknown")
        return value

    def schema(self) -> Schema:
        """Describe an `HH:MM` string."""
        return {"type": "string", "pattern": f"^({_HOUR.pattern})?$"}


@dataclass(frozen=True)
class Moment:
    """An instant, as an aware datetime or as ISO text; without an offset it is on the week's own clock."""

    required: bool = False
    default: None = None

    def clean(self, value: object) -> datetime | None:
        """Raises: Wrong moment.unknown."""
        if value is None or value == "":
            return None
        if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d", value, re.ASCII):
            try:
                value = datetime.fromisoformat(value)
            except ValueError:
                raise Wrong("moment.unknown") from None
        if not isinstance(value, datetime) or not 2000 <= value.year <= 2099 or value.second or value.microsecond:
            raise Wrong("moment.unknown")
        return value

    def schema(self) -> Schema:
        """Describe a date and time."""
        return {"type": ["string", "null"], "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d"}


@dataclass(frozen=True)
class Choice:
    """One of a fixed set of codes."""

    options: type[StrEnum]
    default: str = ""
    required: bool = False

    def clean(self, value: object) -> str:
        """Raises: Wrong choice.unknown with the codes that exist."""
        if not isinstance(value, str) or value not in {str(option) for option in self.options}:
            if value in ("", None) and not self.required:
                return self.default
            raise Wrong("choice.unknown", choices=_codes(self.options))
        return str(value)

    def schema(self) -> Schema:
        """Describe an enumeration."""
        return {"enum": [str(option) for option in self.options]}


@dataclass(frozen=True)
class Ref:
    """The code of something of that subject, or nothing."""

    subject: str
    required: bool = False
    default: None = None

    def clean(self, value: object) -> str | None:
        """Raises: Wrong value.type, text.too_long."""
        return _shortened(clean_line, value, 120) or None if value is not None else None

    def schema(self) -> Schema:
        """Describe a code."""
        return {"type": ["string"] if self.required else ["string", "null"], "description": f"id of a {self.subject}"}


@dataclass(frozen=True)
class Several:
    """A list without repeats of one type of value; its order counts only where `ordered`."""

    of: Type
    ordered: bool = False
    longest: int = 500
    required: bool = False
    default: tuple[Any, ...] = ()

    def clean(self, value: object) -> list[Any]:
        """Raises: Wrong value.type, list.too_long, list.twice, or what the type says."""
        result: list[Any] = []
        for n, entry in enumerate(_entries(value, self.longest)):
            clean = _inside(str(n), self.of.clean, entry)
            if clean in ("", None):
                raise Wrong("field.required", str(n))
            if clean in result:
                raise Wrong("list.twice", str(n), value=str(clean))
            result.append(clean)
        return result

    def schema(self) -> Schema:
        """Describe an array."""
        return {"type": "array", "items": self.of.schema(), "uniqueItems": True, "maxItems": self.longest}


@dataclass(frozen=True)
class Rows:
    """A list of small records; no two agree in all of `key`; its order counts only where `ordered`."""

    fields: Mapping[str, Type]
    key: tuple[str, ...]
    ordered: bool = False
    longest: int = 500
    required: bool = False
    default: tuple[Any, ...] = field(default=())

    def clean(self, value: object) -> list[dict[str, Any]]:
        """Raises: Wrong value.type, list.too_long, list.twice, field.unknown, field.required, or what a type says."""
        result: list[dict[str, Any]] = []
        seen: set[tuple[Any, ...]] = set()
        for n, entry in enumerate(_entries(value, self.longest)):
            row = self._row(n, entry)
            own = tuple(row[name] for name in self.key)
            if own in seen:
                raise Wrong("list.twice", str(n), value=" ".join(str(part) for part in own))
            seen.add(own)
            result.append(row)
        return result

    def _row(self, n: int, entry: object) -> dict[str, Any]:
        if not isinstance(entry, Mapping):
            raise Wrong("value.type", str(n))
        for name in entry:
            if name not in self.fields:
                raise Wrong("field.unknown", f"{n}.{shown(name)}", name=shown(name))
        row: dict[str, Any] = {}
        for name, type_ in self.fields.items():
            row[name] = _inside(f"{n}.{name}", type_.clean, entry[name]) if name in entry else type_.default
            if type_.required and row[name] in ("", None):
                raise Wrong("field.required", f"{n}.{name}")
        return row

    def schema(self) -> Schema:
        """Describe an array of objects."""
        return {"type": "array", "items": record_schema(self.fields), "maxItems": self.longest}


def same(type_: Type, one: Any, two: Any) -> bool:
    """Say whether two clean values say the same."""
    if isinstance(type_, Rows) and not type_.ordered:
        by_key = sorting(type_.key)
        return sorted(one, key=by_key) == sorted(two, key=by_key)
    if isinstance(type_, Several) and not type_.ordered:
        return sorted(one) == sorted(two)
    return bool(one == two)


def plain(value: Any) -> Any:
    """Return a value as JSON holds it: days and instants as ISO text."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return {name: plain(one) for name, one in value.items()} if isinstance(value, dict) else value


def sorting(key: Sequence[str]) -> Callable[[Mapping[str, Any]], list[str]]:
    """Return the order of rows that have none of their own."""
    return lambda row: [str(row[name] or "") for name in key]


def record_schema(fields: Mapping[str, Type], required: Sequence[str] = ()) -> Schema:
    """Describe an object of these fields that knows no others."""
    must = [*required, *(name for name, type_ in fields.items() if type_.required)]
    properties = {name: type_.schema() for name, type_ in fields.items()}
    return {"type": "object", "properties": properties, "required": must, "additionalProperties": False}


def shown(name: object) -> str:
    """Return an unknown field's name in a form that can be repeated safely."""
    return clean_line(str(name)[:60], 60)


def _entries(value: object, longest: int) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise Wrong("value.type")
    if len(value) > longest:
        raise Wrong("list.too_long", longest=longest)
    return list(value)


def _inside(at: str, clean: Any, value: object) -> Any:
    try:
        return clean(value)
    except Wrong as wrong:
        own = wrong.error
        raise Wrong(own.code, f"{at}.{own.field}" if own.field else at, **own.facts) from None


def _shortened(clean: Any, value: object, longest: int) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Wrong("value.type")
    try:
        return str(clean(value, longest))
    except Refusal as refusal:
        raise Wrong(refusal.code, **refusal.facts) from None


def _codes(options: type[StrEnum]) -> str:
    return ", ".join(str(option) for option in options if option)
