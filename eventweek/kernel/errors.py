"""Refusal: the only "no" that a room may say."""

import dataclasses
from dataclasses import dataclass
from typing import Any


class Refusal(Exception):
    """A stable code such as `week.not_found` and the facts its sentence needs."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field of the input: its name, a stable code, and the facts of the sentence."""

    field: str
    code: str
    facts: dict[str, Any] = dataclasses.field(default_factory=dict)


class Invalid(Refusal):
    """`input.invalid`: several fields at once, so that a form shows every sentence at its field."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__("input.invalid")
        self.errors = errors
