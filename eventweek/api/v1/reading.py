"""Read an OpenAPI description for people: operations by tag, and shapes as rows (pure)."""

from dataclasses import dataclass
from typing import Any

Node = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One field: its name, type in words, whether it must be there, and what it means."""

    name: str
    type: str
    required: bool
    about: str


@dataclass(frozen=True)
class Shape:
    """A named object."""

    name: str
    about: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Operation:
    """One method of one address. `body`: the shape that is sent; `answers`: (status, words, shape)."""

    method: str
    path: str
    title: str
    about: str
    parameters: tuple[Row, ...]
    body: str
    answers: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Reading:
    """The whole description."""

    title: str
    about: str
    groups: tuple[tuple[str, str, tuple[Operation, ...]], ...]
    shapes: tuple[Shape, ...]


def read(spec: Node) -> Reading:
    """Return the description in reading order: groups as tagged, operations as declared, shapes by name."""
    groups = []
    for tag in spec.get("tags", []):
        own = [
            _operation(spec, path, method, node, item.get("parameters", []))
            for path, item in spec["paths"].items()
            for method, node in item.items()
            if method != "parameters" and tag["name"] in node.get("tags", [])
        ]
        groups.append((tag["name"], tag.get("description", ""), tuple(own)))
    schemas = spec.get("components", {}).get("schemas", {})
    shapes = tuple(_shape(name, schemas[name]) for name in sorted(schemas))
    return Reading(spec["info"]["title"], spec["info"].get("description", ""), tuple(groups), shapes)


def _operation(spec: Node, path: str, method: str, node: Node, shared: list[Node]) -> Operation:
    parameters = [_resolved(spec, one) for one in [*shared, *node.get("parameters", [])]]
    rows = tuple(
        Row(one["name"], f"{one['in']}, {_type(one.get('schema', {}))}", one.get("required", False), _about(one))
        for one in parameters
    )
    answers = tuple(
        (str(status), _resolved(spec, answer).get("description", ""), _content(_resolved(spec, answer)))
        for status, answer in node.get("responses", {}).items()
    )
    body = _content(node.get("requestBody", {}))
    return Operation(method.upper(), path, node.get("summary", ""), node.get("description", ""), rows, body, answers)


def _shape(name: str, node: Node) -> Shape:
    needed = node.get("required", [])
    rows = tuple(Row(key, _type(one), key in needed, _about(one)) for key, one in node.get("properties", {}).items())
    return Shape(name, node.get("description", ""), rows)


def _resolved(spec: Node, node: Node) -> Node:
    if "$ref" not in node:
        return node
    found: Any = spec
    for step in node["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def _content(node: Node) -> str:
    return next((_type(one.get("schema", {})) for one in node.get("content", {}).values()), "")


def _type(node: Node) -> str:
    """Return a type in words: `Session`, `list of Tag`, `string (date-time)`, `Named or null`."""
    if "$ref" in node:
        return str(node["$ref"].rsplit("/", 1)[1])
    options = node.get("anyOf") or node.get("oneOf") or node.get("allOf")
    if options:
        return " or ".join(_type(one) for one in options)
    kind = node.get("type", "any")
    if isinstance(kind, list):
        return " or ".join(kind)
    if kind == "array":
        return f"list of {_type(node.get('items', {}))}"
    return f"{kind} ({node['format']})" if node.get("format") else str(kind)


def _about(node: Node) -> str:
    """Return meaning and limits: `UTC`, `one of a, b`, `at most 80 characters`, `1 to 200`, `default 50`."""
    inner = node.get("schema", node)
    parts = [node.get("description", "")]
    if inner.get("enum"):
        parts.append("one of " + ", ".join(str(value) for value in inner["enum"]))
    if "maxLength" in inner:
        parts.append(f"at most {inner['maxLength']} characters")
    if "minimum" in inner and "maximum" in inner:
        parts.append(f"{inner['minimum']} to {inner['maximum']}")
    if "default" in inner:
        parts.append(f"default {inner['default']}")
    return "; ".join(part for part in parts if part)
