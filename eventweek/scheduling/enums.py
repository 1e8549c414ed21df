"""Fixed choices of plans and releases."""

from enum import StrEnum


class Action(StrEnum):
    """What a release does to a session; UNPLACED only warns: the public keeps what was published."""

    NEW = "new"
    CHANGED = "changed"
    MOVED = "moved"
    CANCELLED = "cancelled"
    RESTORED = "restored"
    UNPLACED = "unplaced"


class Level(StrEnum):
    """How grave a problem of the plan is: BLOCK stops a release, WARN is shown."""

    BLOCK = "block"
    WARN = "warn"
