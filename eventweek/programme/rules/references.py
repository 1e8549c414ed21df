"""What the values of a subject refer to (pure)."""

from collections.abc import Mapping
from typing import Any

from eventweek.programme.rules.subjects import Subject
from eventweek.programme.rules.values import Ref, Rows, Several


def references(subject: Subject, values: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return (path, subject, reference) for everything that clean values refer to."""
    found: list[tuple[str, str, str]] = []
    for name in subject.referring:
        type_, value = subject.fields[name], values.get(name)
        if not value:
            continue
        if isinstance(type_, Ref):
            found.append((name, type_.subject, value))
        elif isinstance(type_, Several) and isinstance(type_.of, Ref):
            found += [(f"{name}.{n}", type_.of.subject, one) for n, one in enumerate(value)]
        elif isinstance(type_, Rows):
            others = {part: own.subject for part, own in type_.fields.items() if isinstance(own, Ref)}
            found += [
                (f"{name}.{n}.{part}", to, row[part]) for n, row in enumerate(value) for part, to in others.items()
            ]
    return found
