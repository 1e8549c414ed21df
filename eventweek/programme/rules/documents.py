"""The programme as a JSON document (docs/programme-format.md): its sections, how it is read, its JSON Schema (pure)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from eventweek.kernel.errors import Refusal
from eventweek.programme.rules import subjects
from eventweek.programme.rules.subjects import CODE, Subject
from eventweek.programme.rules.values import Flag, Line, Moment, Ref, Rows, Type, Whole, record_schema, shown

FORMAT = "eventweek-programme/1"
LARGEST = 20_000_000
LONGEST = 20_000
ID = r"[A-Za-z0-9][A-Za-z0-9._:-]*"
TRAVEL = Subject(
    "travel_time",
    {"from": Ref("city", required=True), "to": Ref("city", required=True), "minutes": Whole(0, 1440, required=True)},
    named=(),
)
PLACEMENT = Subject(
    "placement",
    {
        "session": Ref("session", required=True),
        "start": Moment(required=True),
        "room": Ref("room", required=True),
        "pin_time": Flag(),
        "pin_room": Flag(),
    },
    named=(),
)


def _bare(subject: Subject) -> Subject:
    """Return the subject without its files, which no document carries: what a row has of them, it keeps."""
    return replace(subject, fields={name: own for name, own in subject.fields.items() if not _holds_files(own)})


def _holds_files(own: Type) -> bool:
    if isinstance(own, Rows):
        return any(_holds_files(part) for part in own.fields.values())
    return isinstance(own, Ref) and own.subject in ("picture", "attachment")


WEEK = _bare(subjects.WEEK)
SECTIONS: dict[str, Subject] = {
    "cities": subjects.CITY,
    "travel_minutes": TRAVEL,
    "features": subjects.FEATURE,
    "holidays": subjects.HOLIDAY,
    "venues": _bare(subjects.VENUE),
    "rooms": subjects.ROOM,
    "organisations": _bare(subjects.ORGANISATION),
    "people": _bare(subjects.PERSON),
    "kinds": subjects.KIND,
    "tag_sets": subjects.TAG_SET,
    "tags": subjects.TAG,
    "tracks": subjects.TRACK,
    "sessions": _bare(subjects.SESSION),
    "series": subjects.SERIES,
    "pages": subjects.PAGE,
    "notices": subjects.NOTICE,
    "placements": PLACEMENT,
}
"""In the order in which they are taken in: what is referred to comes first."""
WITH_ID = ("venues", "rooms", "organisations", "people", "sessions", "notices")
OF_WEEK = ("kinds", "tag_sets", "tags", "tracks", "sessions", "series", "pages", "notices", "placements")
IDENTITY = Line(60, required=True, shape=ID)
SOURCE = Line(16, required=True, shape=CODE)
UID = Line(120, shape=r"[\x21-\x7e]+")


def read_document(content: bytes) -> dict[str, Any]:
    """Read a document that comes from outside.

    Raises: Refusal import.format with `wanted`, and what `load_json` raises.
    """
    return checked(load_json(content))


def checked(document: object) -> dict[str, Any]:
    """Return what was loaded if it says that it is a document of ours.

    Raises: Refusal import.format with `wanted`.
    """
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise Refusal("import.format", wanted=FORMAT)
    return document


def load_json(content: bytes) -> Any:
    """Read JSON that comes from outside.

    Raises: Refusal import.too_large, import.not_utf8, import.not_json with `line` and `column`, import.too_deep,
        import.twice with `name`, import.number.
    """
    if len(content) > LARGEST:
        raise Refusal("import.too_large", longest=LARGEST // 1_000_000)
    try:
        text = content.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except UnicodeDecodeError:
        raise Refusal("import.not_utf8") from None
    except json.JSONDecodeError as error:
        raise Refusal("import.not_json", line=error.lineno, column=error.colno) from None
    except RecursionError:
        raise Refusal("import.too_deep") from None
    except ValueError:
        raise Refusal("import.number") from None


def bracketed(path: str) -> str:
    """Return `people.0.role` as `people[0].role`."""
    parts = path.split(".")
    return "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in parts).removeprefix(".")


def value_at(entry: object, path: str) -> str:
    """Return what stands at a path of an entry, shortened, as JSON; empty where nothing does."""
    for part in filter(None, path.split(".")):
        if isinstance(entry, Mapping) and part in entry:
            entry = entry[part]
        elif isinstance(entry, list) and part.isdigit() and int(part) < len(entry):
            entry = entry[int(part)]
        else:
            return ""
    text = json.dumps(entry, ensure_ascii=True)
    return text if len(text) <= 60 else f"{text[:57]}..."


def parted(entry: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a row says of itself, and the same with what it says under `new`, which only a new row takes."""
    given = {name: value for name, value in entry.items() if name != "new" or not isinstance(value, Mapping)}
    first = entry.get("new")
    return given, {**first, **given} if isinstance(first, Mapping) else given


def key_of(section: str, entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Return by what an entry of a section is told from the others."""
    names = {
        "travel_minutes": ("from", "to"),
        "holidays": ("day",),
        "placements": ("session",),
        "tags": ("set", "code"),
    }
    own = names.get(section, ("id",) if section in WITH_ID else ("code",))
    return tuple(shown(entry.get(name)) for name in own)


def reference_of(section: str, entry: Mapping[str, Any]) -> str:
    """Return by what other entries name one of a section."""
    return ":".join(key_of(section, entry))


def document_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the document."""
    sections = {name: {"type": "array", "maxItems": LONGEST, "items": _entry(name)} for name in SECTIONS}
    week = _known_by(record_schema(WEEK.fields), "code")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "eventweek programme",
        "type": "object",
        "properties": {
            "format": {"const": FORMAT},
            "source": SOURCE.schema(),
            "whole": Flag().schema(),
            "week": week,
            **sections,
        },
        "required": ["format", "source"],
        "additionalProperties": False,
    }


def _entry(section: str) -> dict[str, Any]:
    identity = {"id": IDENTITY} if section in WITH_ID else {}
    uid = {"uid": UID} if section == "sessions" else {}
    schema = record_schema({**identity, **uid, **SECTIONS[section].fields})
    if section in ("travel_minutes", "holidays", "placements"):
        return schema
    return _known_by(schema, *(("set", "code") if section == "tags" else ("id",) if identity else ("code",)))


def _known_by(schema: dict[str, Any], *names: str) -> dict[str, Any]:
    """Require only what finds a row again; `new` holds what a row takes when it is not there yet."""
    fields = {name: own for name, own in schema["properties"].items() if name not in names}
    new = {"type": "object", "properties": fields, "additionalProperties": False}
    return schema | {"properties": schema["properties"] | {"new": new}, "required": list(names)}


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, value in pairs:
        if name in result:
            raise Refusal("import.twice", name=name.encode("ascii", "backslashreplace").decode()[:60])
        result[name] = value
    return result


def _no_number(_name: str) -> float:
    raise ValueError
