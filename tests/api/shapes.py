"""Compare a value with a JSON Schema, as far as our description uses it."""

import re
from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
FORMATS = {"date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "date": r"\d{4}-\d\d-\d\d"}


def complaints(spec: dict[str, Any], schema: dict[str, Any], value: Any, at: str = "$") -> list[str]:
    """Return what does not fit: a missing or unknown field, a wrong type, format or choice."""
    if "$ref" in schema:
        node: Any = spec
        for step in schema["$ref"].removeprefix("#/").split("/"):
            node = node[step]
        return complaints(spec, node, value, at)
    if options := schema.get("anyOf") or schema.get("oneOf"):
        tried = [complaints(spec, option, value, at) for option in options]
        return [] if [] in tried else tried[0]
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    allowed = {one for kind in kinds for one in TYPES[kind]}
    if type(value) not in allowed:
        return [f"{at}: {type(value).__name__} is not {kinds}"]
    found = _inside(spec, schema, value, at)
    if isinstance(value, str) and not re.fullmatch(FORMATS.get(schema.get("format", ""), r"(?s).*"), value):
        found.append(f"{at}: {value!r} is no {schema['format']}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: {value!r} is none of {schema['enum']}")
    return found


def _inside(spec: dict[str, Any], schema: dict[str, Any], value: Any, at: str) -> list[str]:
    found: list[str] = []
    if isinstance(value, list):
        for number, one in enumerate(value):
            found += complaints(spec, schema["items"], one, f"{at}[{number}]")
    if isinstance(value, dict) and "properties" in schema:
        known = schema["properties"]
        found += [f"{at}: lacks {name}" for name in schema.get("required", []) if name not in value]
        found += [f"{at}: has an undescribed {name}" for name in value if name not in known]
        for name, one in value.items():
            if name in known:
                found += complaints(spec, known[name], one, f"{at}.{name}")
    return found
