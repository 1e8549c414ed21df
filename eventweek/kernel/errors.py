"""Refusal: the only "no" that a room may say."""


class Refusal(Exception):
    """A stable code such as `week.not_found` and the facts its sentence needs."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
