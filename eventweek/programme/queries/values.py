"""Read a row as the values that an editor sends: the same names, the same shapes."""

from collections.abc import Iterable
from typing import Any

from eventweek.programme.models.bindings import BINDINGS, Other, Own
from eventweek.programme.queries.directory import Directory
from eventweek.programme.rules.subjects import Subject
from eventweek.programme.rules.values import sorting


def values_of(
    subject: Subject, row: Any, directory: Directory | None = None, names: Iterable[str] | None = None
) -> dict[str, Any]:
    """Return these fields of the row (None: every); other rows by what the directory calls them (default: code)."""
    called = directory or Directory()
    bindings = BINDINGS.get(subject.name, {})
    return {
        name: _value(row, name, bindings.get(name), called) for name in (subject.fields if names is None else names)
    }


def _value(row: Any, name: str, binding: Other | Own | None, called: Directory) -> Any:
    value = getattr(row, name)
    if binding is None:
        return list(value) if isinstance(value, list) else value
    if isinstance(binding, Own):
        return _rows(value, binding, called)
    if binding.many:
        return sorted(called.reference(binding.subject, one) for one in value)
    return called.reference(binding.subject, value) if value is not None else None


def _rows(rows: list[Any], own: Own, called: Directory) -> list[Any]:
    result = [{name: _part(row, name, own, called) for name in own.fields} for row in rows]
    if not own.numbered:
        result.sort(key=sorting(own.key))
    return [entry[own.fields[0]] for entry in result] if own.single else result


def _part(row: Any, name: str, own: Own, called: Directory) -> Any:
    value = getattr(row, name)
    return called.reference(own.others[name], value) if name in own.others else value
