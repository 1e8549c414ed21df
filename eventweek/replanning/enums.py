"""Fixed choices of re-planning."""

from enum import StrEnum


class Choice(StrEnum):
    """What somebody wants who is affected by a release; all but OPEN are answers."""

    OPEN = "open"
    KEPT = "kept"
    CHANGED = "changed"
    CANCELLED = "cancelled"


class Shifting(StrEnum):
    """What a release does to a session for those who are registered for it."""

    MOVED = "moved"
    CANCELLED = "cancelled"
    RESTORED = "restored"


class Settling(StrEnum):
    """What the organiser decides where a smaller room has not enough seats."""

    OVERBOOK = "overbook"
    REQUEUE = "requeue"
