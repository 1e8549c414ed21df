"""A plan from the planner, as the week takes it in (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Solved:
    """Where sessions are to stand: code, code of the room, minute of the event; and who is to have no place.

    `event` and `start`: the code of the week and the first day for which it was found, empty where it does not say.
    """

    places: tuple[tuple[str, str, int], ...]
    left: tuple[str, ...] = ()
    event: str = ""
    start: str = ""

    @classmethod
    def of(cls, solution: Mapping[str, Any]) -> "Solved":
        """Return what a solution says that the planner has written (docs/planner-format.md)."""
        log = solution["log"]
        return cls(
            tuple((one["session"], one["room"], one["start"]) for one in solution["assignments"]),
            tuple(one["id"] for one in solution["unplaced"]),
            log["event"],
            log["start"],
        )
